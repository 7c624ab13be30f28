using Cellpose3D.Viewer.Contexts;
using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>Owns the buffers a picture is drawn through: id, surface, depth and glass; light; openness; colour; the picture itself.</summary>
internal sealed class PictureTargets : IDisposable
{
    public PictureTargets(GlDevice device, int width, int height, int factor)
    {
        (Width, Height, Factor) = (width, height, factor);
        int w = width * factor, h = height * factor;
        Id = GlTexture.Picture(device, w, h, InternalFormat.R32ui, PixelFormat.RedInteger, PixelType.UnsignedInt);
        Surface = GlTexture.Picture(device, w, h, InternalFormat.Rgba16f, PixelFormat.Rgba, PixelType.HalfFloat);
        Depth = GlTexture.Picture(device, w, h, InternalFormat.R32f, PixelFormat.Red, PixelType.Float);
        Glass = GlTexture.Picture(device, w, h, InternalFormat.Rgba16f, PixelFormat.Rgba, PixelType.HalfFloat);
        Light = GlTexture.Picture(device, w, h, InternalFormat.Rgba16f, PixelFormat.Rgba, PixelType.HalfFloat);
        Open = GlTexture.Picture(device, w, h, InternalFormat.R8, PixelFormat.Red, PixelType.UnsignedByte);
        Color = GlTexture.Picture(device, w, h, InternalFormat.Rgba16f, PixelFormat.Rgba, PixelType.HalfFloat);
        Picture = GlTexture.Picture(device, width, height, InternalFormat.Rgba8, PixelFormat.Rgba, PixelType.UnsignedByte);
        SurfaceBuffer = new GlFramebuffer(device, hasDepth: true, Id, Surface, Depth, Glass);
        LightBuffer = new GlFramebuffer(device, hasDepth: false, Light);
        OpenBuffer = new GlFramebuffer(device, hasDepth: false, Open);
        ColorBuffer = new GlFramebuffer(device, hasDepth: false, Color);
        PictureBuffer = new GlFramebuffer(device, hasDepth: false, Picture);
    }

    /// <summary>Pixels of the picture.</summary>
    public int Width { get; }

    /// <summary>Pixels of the picture.</summary>
    public int Height { get; }

    /// <summary>Pixels drawn for one of the picture, along each side.</summary>
    public int Factor { get; }

    public GlTexture Id { get; }

    public GlTexture Surface { get; }

    public GlTexture Depth { get; }

    public GlTexture Glass { get; }

    public GlTexture Light { get; }

    public GlTexture Open { get; }

    public GlTexture Color { get; }

    public GlTexture Picture { get; }

    public GlFramebuffer SurfaceBuffer { get; }

    public GlFramebuffer LightBuffer { get; }

    public GlFramebuffer OpenBuffer { get; }

    public GlFramebuffer ColorBuffer { get; }

    public GlFramebuffer PictureBuffer { get; }

    public void Dispose()
    {
        foreach (GlObject owned in (GlObject[])[SurfaceBuffer, LightBuffer, OpenBuffer, ColorBuffer, PictureBuffer, Id, Surface, Depth, Glass, Light, Open, Color, Picture])
            owned.Dispose();
    }
}
