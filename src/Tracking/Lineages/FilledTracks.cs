using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.Lineages;

/// <summary>A solution whose gaps were filled.</summary>
/// <param name="Solution">The solution, over a table of its own that holds the old cells and the new.</param>
/// <param name="NewIds">For each cell before, its id now.</param>
/// <param name="Interpolated">Ids of the cells that nobody saw.</param>
public sealed record FilledTracks(TrackingSolution Solution, IReadOnlyList<int> NewIds, IReadOnlySet<int> Interpolated);
