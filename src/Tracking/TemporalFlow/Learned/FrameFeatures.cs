namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>The planes of a frame, by orientation: one plane of a 2D frame, three sets of planes of a volume.</summary>
/// <param name="ByAxis">For each orientation the axis that is cut (0 = z, 1 = y, 2 = x) and the planes in order.</param>
internal sealed record FrameFeatures(IReadOnlyList<(int Axis, IReadOnlyList<PlaneFeatures> Planes)> ByAxis) : IDisposable
{
    public void Dispose()
    {
        foreach (PlaneFeatures plane in ByAxis.SelectMany(a => a.Planes))
        {
            plane.Stem.Dispose();
            plane.Embedding.Dispose();
        }
    }
}
