using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Contexts;

/// <summary>OpenGL's functions on the thread that owns the context, its limits, and a count of the objects that live on it.</summary>
public sealed class GlDevice
{
    private int _live;

    internal GlDevice(GL gl, string origin)
    {
        Gl = gl;
        Origin = origin;
        Renderer = gl.GetStringS(StringName.Renderer) ?? "unknown";
        Version = gl.GetStringS(StringName.Version) ?? "unknown";
        LargestVolume = gl.GetInteger(GetPName.Max3DTextureSize);
        LargestPicture = gl.GetInteger(GetPName.MaxTextureSize);
    }

    /// <summary>How the context was come by.</summary>
    public string Origin { get; }

    /// <summary>The driver's name for what draws, for example <c>llvmpipe (LLVM 15.0.6, 256 bits)</c>.</summary>
    public string Renderer { get; }

    /// <summary>The version of OpenGL.</summary>
    public string Version { get; }

    /// <summary>The longest side of a volume that one texture holds, in voxels.</summary>
    public int LargestVolume { get; }

    /// <summary>The longest side of a picture that one texture holds, in pixels.</summary>
    public int LargestPicture { get; }

    /// <summary>Textures, buffers, programs and framebuffers made and not yet disposed.</summary>
    public int LiveObjects => _live;

    internal GL Gl { get; }

    internal void Count(int change) => Interlocked.Add(ref _live, change);

    /// <summary>Turns OpenGL's error state into an exception.</summary>
    /// <param name="what">What was tried.</param>
    /// <exception cref="GlContextException">There was an error, or the device's memory is spent.</exception>
    internal void Check(string what)
    {
        GLEnum error = Gl.GetError();
        if (error == GLEnum.OutOfMemory)
            throw new GlContextException($"{what}: {Renderer} has no memory left; allow less (--max-memory), or draw a smaller picture.");
        if (error != GLEnum.NoError)
            throw new GlContextException($"{what}: OpenGL says {error} on {Renderer}.");
    }
}
