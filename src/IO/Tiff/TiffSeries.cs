using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Tiff;

/// <summary>How the planes of a TIFF make up an image.</summary>
internal sealed record TiffSeries
{
    /// <summary>Axes over planes, slowest first, without those of the page itself.</summary>
    public required string PlaneAxes { get; init; }

    public required int[] PlaneShape { get; init; }

    public required string Source { get; init; }

    /// <summary>Page of each plane; null when they lie in order.</summary>
    public int[]? PageOfPlane { get; init; }

    /// <summary>Whether one header stands for planes that follow each other in one piece.</summary>
    public bool IsContiguous { get; init; }

    public VoxelSize VoxelSizeUm { get; init; }

    public double? FrameIntervalS { get; init; }

    public IReadOnlyList<string> ChannelNames { get; init; } = [];

    public long Planes => PlaneShape.Aggregate(1L, (n, length) => n * length);
}
