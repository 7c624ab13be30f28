using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.Lineages;

/// <summary>A tracked movie as files hold it: cells and links, and what turns voxels and frames into micrometres and seconds.</summary>
/// <remarks>Every reader of tracks makes one and every writer takes one, so that any format can be turned into any other.</remarks>
public sealed record TrackedMovie
{
    /// <summary>Cells, links and pins.</summary>
    public required TrackingSolution Solution { get; init; }

    /// <summary>Size of a voxel; 1 um where it is unknown.</summary>
    public SpacingUm Spacing { get; init; } = SpacingUm.Unit;

    /// <summary>Seconds between frames; null where unknown.</summary>
    public double? FrameSeconds { get; init; }

    /// <summary>Lengths of a frame's axes, <c>[(Z,) Y, X]</c>; empty where unknown.</summary>
    public IReadOnlyList<int> Shape { get; init; } = [];

    /// <summary>Ids of cells that nobody saw: masks that fill gaps.</summary>
    public IReadOnlySet<int> Interpolated { get; init; } = new HashSet<int>();

    /// <summary>Name of the image file, or empty.</summary>
    public string ImageName { get; init; } = "";

    /// <summary>Whether frames are volumes: by their shape, or where that is unknown, by cells off the first plane.</summary>
    public bool IsVolume
    {
        get
        {
            if (Shape.Count > 0)
                return Shape.Count == 3;
            foreach (Detection cell in Solution.Detections.All)
            {
                if (cell.Centroid.Z != 0)
                    return true;
            }
            return false;
        }
    }

    /// <summary>Number of frames, empty ones included.</summary>
    public int FrameCount => Solution.Detections.FrameCount;

    /// <summary>The tracks as they are now.</summary>
    /// <param name="splitAtGaps">Whether a skipped frame ends a track.</param>
    public TrackSet Tracks(bool splitAtGaps = false) => TrackSet.Build(Solution, splitAtGaps);
}
