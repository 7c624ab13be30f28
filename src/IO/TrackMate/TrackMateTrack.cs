namespace Cellpose3D.IO.TrackMate;

/// <summary>A track, which is TrackMate's word for a family: everything that links connect.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Features">Its other features.</param>
/// <param name="Edges">Its links.</param>
public sealed record TrackMateTrack(int Id, string Name, IReadOnlyDictionary<string, double> Features, IReadOnlyList<TrackMateEdge> Edges);
