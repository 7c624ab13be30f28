using Cellpose3D.Core2D;

namespace Cellpose3D.IO;

/// <summary>What the headers of an image file say, and how they were read.</summary>
public sealed record ImageInfo
{
    /// <summary>The file, as it was named by the caller.</summary>
    public required string Path { get; init; }

    /// <summary>"TIFF", "BigTIFF", "PNG", "JPEG", "npy", "npz", "HDF5", "Imaris", "BigDataViewer HDF5", "OME-Zarr" or "Zarr" with its version.</summary>
    public required string Format { get; init; }

    /// <summary>Letters of T, C, Z, Y, X in the order of the file, slowest first; samples of a pixel (RGB) count as C.</summary>
    /// <remarks>Axes of length 1 other than Y and X are left out, unless the caller named them.</remarks>
    public required string Axes { get; init; }

    /// <summary>Length of each axis of <see cref="Axes"/>.</summary>
    public required int[] Shape { get; init; }

    /// <summary>How samples are stored; palette images count as the 8-bit RGB they are expanded to.</summary>
    public required PixelType PixelType { get; init; }

    /// <summary>Why these axes: the metadata or the rule they come from.</summary>
    public required string AxesSource { get; init; }

    /// <summary>Voxel size in micrometres.</summary>
    public VoxelSize VoxelSizeUm { get; init; }

    /// <summary>Seconds between time points; null when unknown.</summary>
    public double? FrameIntervalS { get; init; }

    /// <summary>Names of channels; empty when the file has none.</summary>
    public IReadOnlyList<string> ChannelNames { get; init; } = [];

    /// <summary>Name of the compression, "none" for plain samples.</summary>
    public string Compression { get; init; } = "none";

    /// <summary>Number of pages of a TIFF (planes of a contiguous ImageJ stack count), 1 elsewhere.</summary>
    public long Pages { get; init; } = 1;

    /// <summary>Whether the file is a TIFF with 64-bit offsets.</summary>
    public bool IsBigTiff { get; init; }

    /// <summary>Whether the file is a TIFF of tiles rather than strips.</summary>
    public bool IsTiled { get; init; }

    /// <summary>The axes present in the project's order, T, C, Z, Y, X: those of the arrays that readers return.</summary>
    public string CanonicalAxes => AxisOrder.Sorted(Axes);

    /// <summary>Length of one axis, 1 when it is absent.</summary>
    /// <param name="axis">One of T, C, Z, Y, X.</param>
    public int Length(char axis) => Axes.IndexOf(axis, StringComparison.Ordinal) is int i and >= 0 ? Shape[i] : 1;
}
