namespace Cellpose3D.Volume.Blocks;

/// <summary>A cell as it was found.</summary>
/// <param name="Extent">Where it lies.</param>
/// <param name="FlowError">How far its flows are from the network's; NaN where that was not measured.</param>
/// <param name="Fate">Whether it stays.</param>
internal readonly record struct CellRow(CellExtent Extent, double FlowError, CellFate Fate);
