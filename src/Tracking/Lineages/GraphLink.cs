namespace Cellpose3D.Tracking.Lineages;

/// <summary>A link between two cells as a file names them.</summary>
/// <param name="Source">Number of the earlier cell in the file.</param>
/// <param name="Target">Number of the later cell in the file.</param>
/// <param name="Probability">0 to 1; NaN where unknown.</param>
/// <param name="Margin">In nats; NaN where unknown.</param>
public readonly record struct GraphLink(long Source, long Target, float Probability = float.NaN, float Margin = float.NaN);
