using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>What a temporal flow says of two frames.</summary>
/// <param name="Links">Candidate links, by target, then by source.</param>
/// <param name="Divisions">Cells of the earlier frame that may divide; empty over a gap.</param>
public sealed record FlowLinks(IReadOnlyList<ScoredLink> Links, IReadOnlyList<ScoredDivision> Divisions);
