using Cellpose3D.Volume.Sources;
using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Contexts;

/// <summary>Owns a texture of two or three dimensions.</summary>
internal sealed class GlTexture : GlObject
{
    private readonly TextureTarget _target;

    private GlTexture(GlDevice device, TextureTarget target, int width, int height, int depth)
        : base(device)
    {
        (_target, Width, Height, Depth) = (target, width, height, depth);
        Handle = device.Gl.GenTexture();
    }

    /// <summary>Texels along x.</summary>
    public int Width { get; }

    /// <summary>Texels along y.</summary>
    public int Height { get; }

    /// <summary>Texels along z; 1 for a picture.</summary>
    public int Depth { get; }

    internal uint Handle { get; }

    /// <summary>Makes a picture, its content undefined.</summary>
    internal static unsafe GlTexture Picture(GlDevice device, int width, int height, InternalFormat format, PixelFormat layout, PixelType type, bool linear = false)
    {
        var texture = new GlTexture(device, TextureTarget.Texture2D, width, height, 1);
        texture.Prepare(linear);
        device.Gl.TexImage2D(TextureTarget.Texture2D, 0, format, (uint)width, (uint)height, 0, layout, type, null);
        device.Check($"a texture of {width} x {height}");
        return texture;
    }

    /// <summary>Makes a volume, its content undefined.</summary>
    internal static unsafe GlTexture Volume(GlDevice device, int width, int height, int depth, InternalFormat format, PixelFormat layout, PixelType type, bool linear = false)
    {
        var texture = new GlTexture(device, TextureTarget.Texture3D, width, height, depth);
        texture.Prepare(linear);
        device.Gl.TexImage3D(TextureTarget.Texture3D, 0, format, (uint)width, (uint)height, (uint)depth, 0, layout, type, null);
        device.Check($"a texture of {width} x {height} x {depth}");
        return texture;
    }

    /// <summary>Fills a picture.</summary>
    internal unsafe void Write<T>(ReadOnlySpan<T> texels, PixelFormat layout, PixelType type)
        where T : unmanaged
    {
        BindToFill();
        fixed (T* first = texels)
            Device.Gl.TexSubImage2D(TextureTarget.Texture2D, 0, 0, 0, (uint)Width, (uint)Height, layout, type, first);
        Device.Check("filling a texture");
    }

    /// <summary>Fills planes of a volume.</summary>
    /// <param name="z">First plane.</param>
    /// <param name="texels">[planes, y, x].</param>
    /// <param name="layout">Components of a texel.</param>
    /// <param name="type">Type of a component.</param>
    internal unsafe void WritePlanes<T>(int z, ReadOnlySpan<T> texels, PixelFormat layout, PixelType type)
        where T : unmanaged
    {
        int planes = texels.Length / (Width * Height);
        BindToFill();
        fixed (T* first = texels)
            Device.Gl.TexSubImage3D(TextureTarget.Texture3D, 0, 0, 0, z, (uint)Width, (uint)Height, (uint)planes, layout, type, first);
        Device.Check("filling a volume's texture");
    }

    /// <summary>Fills a box of a volume.</summary>
    /// <param name="box">In texels.</param>
    /// <param name="texels">[depth, height, width] of the box.</param>
    /// <param name="layout">Components of a texel.</param>
    /// <param name="type">Type of a component.</param>
    internal unsafe void WriteBox<T>(VolumeBox box, ReadOnlySpan<T> texels, PixelFormat layout, PixelType type)
        where T : unmanaged
    {
        BindToFill();
        fixed (T* first = texels)
            Device.Gl.TexSubImage3D(TextureTarget.Texture3D, 0, box.X, box.Y, box.Z, (uint)box.Width, (uint)box.Height, (uint)box.Depth, layout, type, first);
        Device.Check("filling a part of a volume's texture");
    }

    /// <summary>Binds it for a shader to read.</summary>
    /// <param name="unit">Counted from 0.</param>
    internal void Bind(int unit)
    {
        Device.Gl.ActiveTexture(TextureUnit.Texture0 + unit);
        Device.Gl.BindTexture(_target, Handle);
    }

    private protected override void Delete() => Device.Gl.DeleteTexture(Handle);

    // on a unit that no shader reads, so that what is bound for drawing stays
    private void BindToFill()
    {
        Device.Gl.ActiveTexture(TextureUnit.Texture15);
        Device.Gl.BindTexture(_target, Handle);
    }

    private void Prepare(bool linear)
    {
        int filter = linear ? (int)GLEnum.Linear : (int)GLEnum.Nearest;
        GL gl = Device.Gl;
        BindToFill();
        gl.TexParameter(_target, TextureParameterName.TextureMinFilter, filter);
        gl.TexParameter(_target, TextureParameterName.TextureMagFilter, filter);
        foreach (TextureParameterName axis in (TextureParameterName[])[TextureParameterName.TextureWrapS, TextureParameterName.TextureWrapT, TextureParameterName.TextureWrapR])
            gl.TexParameter(_target, axis, (int)GLEnum.ClampToEdge);
        gl.PixelStore(PixelStoreParameter.UnpackAlignment, 1);
        gl.PixelStore(PixelStoreParameter.PackAlignment, 1);
    }
}
