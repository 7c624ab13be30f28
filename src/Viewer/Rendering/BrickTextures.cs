using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;
using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>Owns the textures of bricks that can be jumped over.</summary>
internal sealed class BrickTextures : IDisposable
{
    private readonly GlTexture _fine, _coarse;

    public BrickTextures(GlDevice device, Occupancy occupancy)
    {
        _fine = Upload(device, occupancy.FineShape, occupancy.FineBricks);
        _coarse = Upload(device, occupancy.CoarseShape, occupancy.CoarseBricks);
    }

    /// <summary>Binds both, to a texture unit and the next.</summary>
    public void Bind(GlProgram program, int unit, bool skip)
    {
        _fine.Bind(unit);
        program.Set("u_fine", unit);
        _coarse.Bind(unit + 1);
        program.Set("u_coarse", unit + 1);
        program.Set("u_skip", skip ? 1 : 0);
    }

    public void Dispose()
    {
        _fine.Dispose();
        _coarse.Dispose();
    }

    private static GlTexture Upload(GlDevice device, VolumeShape shape, ushort[] bricks)
    {
        GlTexture texture = GlTexture.Volume(device, shape.X, shape.Y, shape.Z, InternalFormat.R16ui, PixelFormat.RedInteger, PixelType.UnsignedShort);
        texture.WritePlanes<ushort>(0, bricks, PixelFormat.RedInteger, PixelType.UnsignedShort);
        return texture;
    }
}
