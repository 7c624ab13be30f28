using Cellpose3D.Core2D;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>What a written volume says beside its voxels, and how they are laid out.</summary>
public sealed record VolumeWriteOptions
{
    /// <summary>Voxel size in micrometres; unknown edges are left out.</summary>
    public VoxelSize VoxelSizeUm { get; init; }

    /// <summary>Seconds between time points; null when unknown.</summary>
    public double? FrameIntervalS { get; init; }

    /// <summary>Names of channels; empty when they have none.</summary>
    public IReadOnlyList<string> ChannelNames { get; init; } = [];

    /// <summary>Number of time points. Default 1.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Number of channels. Default 1.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>How samples are stored: uint8, uint16, uint32 or float32; null, the default, is float32, and uint32 for labels (uint16 in TIFF and HDF5 where it holds them all).</summary>
    public PixelType? Type { get; init; }

    /// <summary>Lengths of a piece, for formats that have some; null, the default, is 64 x 128 x 128: one to four megabytes.</summary>
    public VolumeShape? Chunk { get; init; }

    /// <summary>Compression. Default: the format's usual one.</summary>
    public VolumeCompression Compression { get; init; }

    /// <summary>Which OME-Zarr. Default 0.4, which more programs read.</summary>
    public OmeZarrVersion ZarrVersion { get; init; }

    /// <summary>Number of resolutions in OME-Zarr; null, the default, halves until a plane has at most 256 pixels a side.</summary>
    public int? Levels { get; init; }

    /// <summary>Colours and facts about labels, written with OME-Zarr labels; empty for none.</summary>
    public IReadOnlyList<LabelDescription> LabelDescriptions { get; init; } = [];

    /// <summary>Path of the array inside an HDF5 file; null, the default, is <c>raw</c>, and <c>label</c> for labels.</summary>
    public string? Dataset { get; init; }

    /// <summary>The chunk to use for a volume.</summary>
    internal VolumeShape ChunkFor(VolumeShape shape) => ChunkGrid.Clip(Chunk ?? new VolumeShape(64, 128, 128), shape);

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">A number below 1, or a type that is not written.</exception>
    public void Validate()
    {
        if (Times < 1 || Channels < 1)
            throw new ArgumentException($"time points and channels must be 1 or more; got {Times} and {Channels}.");
        if (Levels is < 1 or > 30)
            throw new ArgumentException($"levels must be 1 to 30; got {Levels}.");
        if (Chunk is { } chunk && (chunk.Z < 1 || chunk.Y < 1 || chunk.X < 1 || chunk.Count > 1 << 28))
            throw new ArgumentException($"chunk must be 1 x 1 x 1 or longer, with at most {1 << 28} voxels; got {chunk}.");
        if (Type is not (null or PixelType.UInt8 or PixelType.UInt16 or PixelType.UInt32 or PixelType.Float32))
            throw new ArgumentException($"type must be uint8, uint16, uint32 or float32; got {Type.Value.Name()}.");
    }
}
