namespace Cellpose3D.Viewer.Segmenting;

/// <summary>What steers the way from the network's output to masks.</summary>
/// <param name="CellProb">Logit above which a pixel belongs to a cell. Default 0, a probability of one half.</param>
/// <param name="Flow">Masks whose flows differ from the network's by more are removed, 0 keeps all; null, the default: 0.4 in 2D and 2.5 in 3D.</param>
/// <param name="MinSize">Masks of fewer voxels are removed; 0 keeps all. Default 15.</param>
public sealed record MaskThresholds(float CellProb = 0, double? Flow = null, int MinSize = 15);
