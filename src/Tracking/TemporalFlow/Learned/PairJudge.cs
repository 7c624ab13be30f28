using Cellpose3D.Tracking.Detections;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>Runs the head over two encoded frames and puts what it says of their planes together.</summary>
/// <remarks>
/// In a volume every plane gives motion along its two axes; a cell's component is the mean over all planes that cut the cell, weighted by
/// the inverse of the head's own variance, as flows of the three orientations are joined in segmentation. Probabilities are
/// means weighted by the area of the cut.
/// </remarks>
/// <param name="model">Borrowed.</param>
/// <param name="spacing">Size of a voxel.</param>
internal sealed class PairJudge(TemporalModel model, SpacingUm spacing)
{
    private const int PlanesAtOnce = 8;

    /// <summary>Judges two frames.</summary>
    /// <param name="earlier">Encoded; borrowed.</param>
    /// <param name="later">Encoded at the same scale; borrowed.</param>
    /// <param name="steps">Frames between them, 1 or more.</param>
    /// <param name="drift">From one to the other.</param>
    /// <param name="diameterUm">Micrometres of a mean diameter.</param>
    /// <param name="stride">Voxels between encoded planes, by the edge of a voxel along the axis that is cut.</param>
    /// <param name="cancellationToken">Checked between batches of planes.</param>
    public PairEvidence Judge(
        FrameFeatures earlier, FrameFeatures later, int steps, PointUm drift, double diameterUm, Func<double, int> stride, CancellationToken cancellationToken)
    {
        double[] edges = [spacing.Z, spacing.Y, spacing.X], shift = [drift.Z, drift.Y, drift.X];
        int sources = earlier.ByAxis[0].Planes[0].Cells.Count, targets = later.ByAxis[0].Planes[0].Cells.Count;
        bool isFlat = later.ByAxis.Count == 1;
        var sum = new EvidenceSum(sources, targets, keepSamples: isFlat);
        for (int a = 0; a < later.ByAxis.Count; a++)
        {
            int axis = later.ByAxis[a].Axis;
            (int rowAxis, int columnAxis) = FrameEncoder.Axes(axis);
            IReadOnlyList<PlaneFeatures> before = earlier.ByAxis[a].Planes, now = later.ByAxis[a].Planes;
            int lag = isFlat ? 0 : (int)Math.Round(shift[axis] / edges[axis] / stride(edges[axis]));
            int[] usable = [.. Enumerable.Range(0, now.Count).Where(n => n - lag >= 0 && n - lag < before.Count && now[n].Cells.EntryCell.Length > 0)];
            foreach (int[] chunk in usable.Chunk(PlanesAtOnce))
            {
                cancellationToken.ThrowIfCancellationRequested();
                using DisposeScope scope = NewDisposeScope();
                using IDisposable noGrad = no_grad();
                PlaneFeatures[] planes = [.. chunk.SelectMany(n => (PlaneFeatures[])[before[n - lag], now[n]])];
                FramePair[] pairs =
                [
                    .. chunk.Select((_, n) => new FramePair(2 * n, 2 * n + 1, steps, (float)(shift[rowAxis] / diameterUm), (float)(shift[columnAxis] / diameterUm))),
                ];
                PairGraph graph = PairGraph.Build([.. planes.Select(p => p.Cells)], pairs);
                HeadOutput output = model.Head.Relate(cat([.. planes.Select(p => p.Stem)], 0), cat([.. planes.Select(p => p.Embedding)], 0), graph);
                sum.Add(graph, output, rowAxis, columnAxis);
            }
        }
        return sum.Finish();
    }
}
