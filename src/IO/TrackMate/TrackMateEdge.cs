namespace Cellpose3D.IO.TrackMate;

/// <summary>A link.</summary>
/// <param name="Source">Number of one spot, as a rule the earlier one.</param>
/// <param name="Target">Number of the other.</param>
/// <param name="Features">Its other features, among them LINK_COST.</param>
public sealed record TrackMateEdge(int Source, int Target, IReadOnlyDictionary<string, double> Features);
