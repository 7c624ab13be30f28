namespace Cellpose3D.Core2D.Measurements;

/// <summary>A cell's outline as a closed polygon through its border pixels.</summary>
/// <param name="Label">The cell's label.</param>
/// <param name="Points">Neighbours in the 8-connected sense, the first being that of the last; a pixel of a spur occurs once each way.</param>
public sealed record Outline(int Label, OutlinePoint[] Points);
