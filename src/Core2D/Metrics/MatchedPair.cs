namespace Cellpose3D.Core2D.Metrics;

/// <summary>A true cell and the predicted cell it was matched with.</summary>
/// <param name="TrueLabel">Its label in the truth.</param>
/// <param name="PredLabel">Its label in the prediction.</param>
/// <param name="Pixels">Number of pixels both cover.</param>
/// <param name="Iou">Shared pixels over the pixels of either, in (0, 1].</param>
public readonly record struct MatchedPair(int TrueLabel, int PredLabel, long Pixels, double Iou);
