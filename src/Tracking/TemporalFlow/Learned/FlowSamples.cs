namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>Where samples of cells (their pixels, or in 3D the cells as a whole) are carried, in diameters, drift taken off.</summary>
/// <param name="Cell">[n] index of the sample's cell; ascending.</param>
/// <param name="Share">[n] share of the cell; sums to 1 for each.</param>
/// <param name="Motion">[n * 3] z, y, x from the cell's centre to its partner's.</param>
/// <param name="Scale">[n * 3] Laplace scales of that, above 0.</param>
internal sealed record FlowSamples(int[] Cell, float[] Share, float[] Motion, float[] Scale);
