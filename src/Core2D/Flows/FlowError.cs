using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Flows;

/// <summary>How far the flows of a cell's mask are from the flows the network predicted there.</summary>
/// <param name="Label">The label, above 0.</param>
/// <param name="Error">Mean squared difference of the flow vectors; 0 is perfect, 0.4 is the customary limit.</param>
public readonly record struct FlowError(int Label, double Error)
{
    /// <summary>Computes the flow error of every cell, each in its own box: no flow field of the whole image is made.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</param>
    /// <param name="flows">float32 <c>[D, (Z,) Y, X]</c>, predicted, 5 times the unit flow; values that are not finite count as 0; borrowed.</param>
    /// <param name="threads">Number of threads, which never changes an error; 0 takes all processors.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between cells.</param>
    /// <returns>One error per label present, ascending by label; owned by the caller.</returns>
    /// <remarks>Reference: <c>metrics.flow_error</c>, its CPU flows.</remarks>
    /// <exception cref="ArgumentException">The shapes disagree, or a label is negative.</exception>
    public static FlowError[] PerCell(
        NdArray<int> labels, NdArray<float> flows, int threads = 0,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        VoxelGrid grid = VoxelGrid.OfFlows(flows, nameof(flows));
        grid.Require(labels.Shape, nameof(labels));
        return PerCell(labels, flows, CellBoxes.Find(labels, threads, cancellationToken), threads, progress, cancellationToken);
    }

    /// <summary>Computes the flow error of some cells.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>; borrowed.</param>
    /// <param name="flows">float32 <c>[D, (Z,) Y, X]</c>; borrowed.</param>
    /// <param name="boxes">The cells; borrowed.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between cells.</param>
    /// <returns>One error per box, in their order.</returns>
    internal static FlowError[] PerCell(
        NdArray<int> labels, NdArray<float> flows, CellBox[] boxes, int threads,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        VoxelGrid grid = VoxelGrid.OfFlows(flows, nameof(flows));
        var errors = new FlowError[boxes.Length];
        MasksToFlows.ForEach(labels, grid, boxes, null, threads,
            (i, box, cell) => errors[i] = new FlowError(box.Label, Measure(cell, grid, box, flows.Data, labels.Length)),
            progress, cancellationToken);
        return errors;
    }

    // Sums run in raster order of the cell, per axis, as the reference's label means do.
    private static double Measure(CellFlow cell, VoxelGrid grid, CellBox box, float[] flows, int count)
    {
        double error = 0;
        for (int k = 0; k < grid.Rank; k++)
        {
            ReadOnlySpan<double> component = cell.Component(k);
            double sum = 0;
            int at = 0;
            for (int z = box.Z0; z < box.Z1; z++)
            {
                for (int y = box.Y0; y < box.Y1; y++)
                {
                    long row = k * (long)count + (z * grid.Y + y) * grid.X;
                    for (int x = box.X0; x < box.X1; x++, at++)
                    {
                        if (!cell.Inside[at])
                            continue;
                        float predicted = flows[row + x] / FlowField.NetworkScale;
                        double difference = component[at] - (float.IsFinite(predicted) ? predicted : 0);
                        if (grid.Rank == 3)
                            difference = (float)difference;              // 3D flows are float32 in the reference
                        double square = difference * difference;
                        sum += grid.Rank == 3 ? (float)square : square;
                    }
                }
            }
            error += sum / box.Count;
        }
        return error;
    }
}
