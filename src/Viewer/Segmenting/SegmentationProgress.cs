namespace Cellpose3D.Viewer.Segmenting;

/// <summary>How far a run is.</summary>
/// <param name="Fraction">What is done, 0 to 1.</param>
/// <param name="Step">What is being done, in a word or two.</param>
public readonly record struct SegmentationProgress(float Fraction, string Step);
