using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Contexts;

/// <summary>Owns the vertex array that core profiles ask for; a triangle over the whole picture needs no vertices.</summary>
internal sealed class GlTriangle : GlObject
{
    private readonly uint _handle;

    internal GlTriangle(GlDevice device)
        : base(device) => _handle = device.Gl.GenVertexArray();

    /// <summary>Runs the current program on every pixel.</summary>
    internal void Draw() => Draw(3);

    /// <summary>Runs the current program on triangles whose corners it makes itself.</summary>
    internal void Draw(int corners)
    {
        Device.Gl.BindVertexArray(_handle);
        Device.Gl.DrawArrays(PrimitiveType.Triangles, 0, (uint)corners);
    }

    private protected override void Delete() => Device.Gl.DeleteVertexArray(_handle);
}
