namespace Cellpose3D.IO.TrackMate;

/// <summary>A detection.</summary>
/// <param name="Id">Its number, unique in the file.</param>
/// <param name="Name">Its name.</param>
/// <param name="Frame">The frame it is listed under.</param>
/// <param name="Features">Its features, among them POSITION_X, POSITION_Y, POSITION_Z and RADIUS, in the file's units.</param>
/// <param name="Roi">Outline in two dimensions: x and y of its points, relative to the centre, in the file's units; empty for none.</param>
public sealed record TrackMateSpot(int Id, string Name, int Frame, IReadOnlyDictionary<string, double> Features, IReadOnlyList<double> Roi);
