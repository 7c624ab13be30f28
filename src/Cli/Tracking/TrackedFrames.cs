using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Cli.Tracking;

/// <summary>A tracked movie as its results are made of it.</summary>
/// <param name="Movie">Cells, links, sizes.</param>
/// <param name="Tracks">The tracks, over gaps.</param>
/// <param name="SplitTracks">The tracks, ended by gaps.</param>
/// <param name="Colors">A colour for every track.</param>
/// <param name="VoxelSizeUm">Size of a voxel as far as it is known.</param>
/// <param name="ReadLabels">Reads a frame's masks, those that fill gaps among them: int32 [(Z,) Y, X], owned by the caller.</param>
/// <param name="ReadImage">Reads a frame's image, float32, shaped like its masks; null without images.</param>
internal sealed record TrackedFrames(
    TrackedMovie Movie, TrackSet Tracks, TrackSet SplitTracks, TrackColors Colors, VoxelSize VoxelSizeUm,
    Func<int, NdArray<int>> ReadLabels, Func<int, NdArray<float>>? ReadImage)
{
    /// <summary>Cells and links.</summary>
    public TrackingSolution Solution => Movie.Solution;

    /// <summary>Ids of cells that fill gaps.</summary>
    public IReadOnlySet<int> Interpolated => Movie.Interpolated;

    /// <summary>The cells.</summary>
    public DetectionTable Cells => Movie.Solution.Detections;

    /// <summary>Number of frames.</summary>
    public int FrameCount => Cells.FrameCount;
}
