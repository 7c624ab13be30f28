using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Cli.Tracking;

/// <summary>What came of tracking a movie.</summary>
/// <param name="Frames">The movie as it is written.</param>
/// <param name="Solved">The solution as it was solved, before gaps were filled.</param>
/// <param name="TrackOf">The track number of a cell of <paramref name="Solved"/>.</param>
/// <param name="Gaps">Links that skip frames.</param>
/// <param name="ReadMasks">Reads a frame's masks as they were tracked: int32 [(Z,) Y, X], owned by the caller.</param>
internal sealed record TrackResult(TrackedFrames Frames, TrackingSolution Solved, Func<int, int> TrackOf, int Gaps, Func<int, NdArray<int>> ReadMasks)
{
    /// <summary>The links to look at.</summary>
    public Link[] Doubtful { get; } = DoubtfulLinks.Of(Solved);
}
