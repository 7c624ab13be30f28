using System.Numerics;
using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Contexts;

/// <summary>Owns a program of a vertex and a fragment shader, and sets its uniforms by name.</summary>
internal sealed class GlProgram : GlObject
{
    private readonly Dictionary<string, int> _locations = new(StringComparer.Ordinal);

    internal GlProgram(GlDevice device, string name, string vertex, string fragment)
        : base(device)
    {
        GL gl = device.Gl;
        Handle = gl.CreateProgram();
        try
        {
            uint v = Compile(gl, ShaderType.VertexShader, name, vertex), f = Compile(gl, ShaderType.FragmentShader, name, fragment);
            gl.AttachShader(Handle, v);
            gl.AttachShader(Handle, f);
            gl.LinkProgram(Handle);
            gl.DeleteShader(v);
            gl.DeleteShader(f);
            if (gl.GetProgram(Handle, ProgramPropertyARB.LinkStatus) == 0)
                throw new GlContextException($"shader '{name}' is not linked by {device.Renderer}: {gl.GetProgramInfoLog(Handle).Trim()}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal uint Handle { get; }

    /// <summary>Makes it the program that draws.</summary>
    internal void Use() => Device.Gl.UseProgram(Handle);

    internal void Set(string name, int value) => Device.Gl.Uniform1(At(name), value);

    internal void Set(string name, uint value) => Device.Gl.Uniform1(At(name), value);

    internal void Set(string name, float value) => Device.Gl.Uniform1(At(name), value);

    internal void Set(string name, Vector2 value) => Device.Gl.Uniform2(At(name), value.X, value.Y);

    internal void Set(string name, Vector3 value) => Device.Gl.Uniform3(At(name), value.X, value.Y, value.Z);

    internal void Set(string name, Vector4 value) => Device.Gl.Uniform4(At(name), value.X, value.Y, value.Z, value.W);

    internal void Set(string name, int x, int y, int z) => Device.Gl.Uniform3(At(name), x, y, z);

    internal unsafe void Set(string name, ReadOnlySpan<Vector4> values)
    {
        fixed (Vector4* first = values)
            Device.Gl.Uniform4(At(name), (uint)values.Length, (float*)first);
    }

    private protected override void Delete() => Device.Gl.DeleteProgram(Handle);

    private int At(string name)
    {
        if (!_locations.TryGetValue(name, out int location))
            _locations[name] = location = Device.Gl.GetUniformLocation(Handle, name);     // -1, which is ignored, where the compiler left it out
        return location;
    }

    private static uint Compile(GL gl, ShaderType type, string name, string source)
    {
        uint shader = gl.CreateShader(type);
        gl.ShaderSource(shader, source);
        gl.CompileShader(shader);
        if (gl.GetShader(shader, ShaderParameterName.CompileStatus) != 0)
            return shader;
        string log = gl.GetShaderInfoLog(shader).Trim();
        gl.DeleteShader(shader);
        throw new GlContextException($"shader '{name}' is not compiled: {log}");
    }
}
