using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;
using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>Owns what the device knows of one channel: voxels, bricks, and its colour map.</summary>
internal sealed class ImageStore : IDisposable
{
    private readonly GlDevice _device;
    private readonly GlTexture _voxels;
    private readonly BrickTextures _bricks;
    private readonly GlTexture _lut;
    private string? _lutName;

    public ImageStore(GlDevice device, IntensityVolume volume)
    {
        (_device, Volume) = (device, volume);
        (int x, int y, int z) = (volume.Shape.X, volume.Shape.Y, volume.Shape.Z);
        _voxels = GlTexture.Volume(_device, x, y, z, InternalFormat.R16, PixelFormat.Red, PixelType.UnsignedShort, linear: true);
        for (int plane = 0; plane < z; plane++)
            _voxels.WritePlanes<ushort>(plane, volume.Voxels.AsSpan(plane * x * y, x * y), PixelFormat.Red, PixelType.UnsignedShort);
        _bricks = new BrickTextures(_device, Occupancy.Of(volume));
        _lut = GlTexture.Picture(_device, 256, 1, InternalFormat.Rgba8, PixelFormat.Rgba, PixelType.UnsignedByte, linear: true);
    }

    /// <summary>The channel as it is held.</summary>
    public IntensityVolume Volume { get; }

    /// <summary>Where an intensity lies between the volume's lowest and highest, 0 to 1.</summary>
    public float Share(double intensity) => (float)((intensity - Volume.Lowest) / ((double)Volume.Highest - Volume.Lowest));

    /// <summary>Binds voxels, bricks and colour map from a texture unit on, four units.</summary>
    public void Bind(GlProgram program, ImageLayer layer, int unit, bool skip)
    {
        if (_lutName != layer.Lut)
        {
            _lut.Write<byte>([.. ColorMap.Table(layer.Lut).SelectMany(c => (byte[])[c.Red, c.Green, c.Blue, 255])], PixelFormat.Rgba, PixelType.UnsignedByte);
            _lutName = layer.Lut;
        }
        _voxels.Bind(unit);
        program.Set("u_image", unit);
        _bricks.Bind(program, unit + 1, skip);
        _lut.Bind(unit + 3);
        program.Set("u_lut", unit + 3);
        program.Set("u_size", Volume.Shape.X, Volume.Shape.Y, Volume.Shape.Z);
    }

    public void Dispose()
    {
        _voxels.Dispose();
        _bricks.Dispose();
        _lut.Dispose();
    }
}
