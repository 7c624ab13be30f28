namespace Cellpose3D.Core2D.Metrics;

/// <summary>A true and a predicted cell that share at least one pixel.</summary>
/// <param name="True">Index into <see cref="LabelOverlap.TrueLabels"/>.</param>
/// <param name="Pred">Index into <see cref="LabelOverlap.PredLabels"/>.</param>
/// <param name="Pixels">Number of pixels both cover.</param>
/// <param name="Iou">Shared pixels over the pixels of either, in (0, 1].</param>
public readonly record struct OverlapPair(int True, int Pred, long Pixels, double Iou);
