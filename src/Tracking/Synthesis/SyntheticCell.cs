namespace Cellpose3D.Tracking.Synthesis;

/// <summary>A cell of a synthetic frame.</summary>
/// <param name="Label">Its track.</param>
/// <param name="Parent">Where this is the track's first frame, the track it comes from, or 0.</param>
/// <param name="ParentFrame">The last frame of <paramref name="Parent"/>, or -1.</param>
/// <param name="Phase">What it is doing.</param>
/// <param name="Z">Centre of the cell's body, in planes; parts of it may lie outside of the image.</param>
/// <param name="Y">The same, in rows.</param>
/// <param name="X">The same, in columns.</param>
public readonly record struct SyntheticCell(int Label, int Parent, int ParentFrame, CellPhase Phase, double Z, double Y, double X);
