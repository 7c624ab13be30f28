namespace Cellpose3D.Core2D;

/// <summary>How far one cell can be trusted.</summary>
/// <param name="Label">The cell's label, 1 or more.</param>
/// <param name="Area">Pixels (voxels in 3D).</param>
/// <param name="FlowError">Mean squared difference between the network's flows and those the finished mask would have; 0 is perfect, masks above the flow threshold were removed.</param>
/// <param name="MeanProbability">Mean cell probability over the mask, 0..1 (the sigmoid of the logit).</param>
/// <param name="TouchesBorder">Whether a pixel lies on the image's border, so that the cell may be cut.</param>
public sealed record CellQuality(int Label, long Area, double FlowError, double MeanProbability, bool TouchesBorder);
