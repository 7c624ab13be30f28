using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Flows;

/// <summary>Turns labels into the flows a network learns: unit vectors along which heat from each cell's centre came.</summary>
/// <remarks>
/// Paper: Stringer et al. 2021, Methods; reference: the CPU path of <c>masks_to_flows</c>. The centre is the cell's pixel
/// nearest the mean of its pixels. Parts of a label that do not touch the part with the centre (corners count as
/// touching) get zero flow, and so does a cell of one pixel.
/// </remarks>
public static class MasksToFlows
{
    /// <summary>Computes the flows of every cell.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; gaps in the numbers are fine; borrowed.</param>
    /// <param name="niter">Number of diffusion steps, or null for twice the half-perimeter of each cell's padded box.</param>
    /// <param name="threads">Number of threads, which never changes a flow; 0 takes all processors.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between cells.</param>
    /// <returns>
    /// float32 <c>[D, (Z,) Y, X]</c>, owned by the caller; unit length in 2D, in 3D the sum of the unit flows of the
    /// three planes through a voxel.
    /// </returns>
    /// <exception cref="ArgumentException">A label is negative, or the array has neither two nor three axes.</exception>
    public static NdArray<float> Compute(
        NdArray<int> labels, int? niter = null, int threads = 0,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        VoxelGrid grid = VoxelGrid.Of(labels.Shape, nameof(labels));
        var flows = new NdArray<float>([grid.Rank, .. labels.Shape]);
        ForEach(labels, grid, CellBoxes.Find(labels, threads, cancellationToken), niter, threads,
            (_, box, cell) => Copy(cell, grid, box, flows.Data, labels.Length), progress, cancellationToken);
        return flows;
    }

    /// <summary>The centre pixel of every cell of an image.</summary>
    /// <param name="labels">int32 <c>[Y, X]</c>, 0 = background; borrowed.</param>
    /// <returns>int32 <c>[N, 2]</c>, (y, x) of each label present, ascending by label; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The array has not two axes.</exception>
    public static NdArray<int> Centres(NdArray<int> labels)
    {
        VoxelGrid grid = VoxelGrid.Of(labels.Shape, nameof(labels));
        if (grid.Rank != 2)
            throw new ArgumentException($"labels must be [Y, X]; got {labels}.", nameof(labels));
        CellBox[] boxes = CellBoxes.Find(labels);
        var centres = new NdArray<int>(boxes.Length, 2);
        var cell = new CellFlow();
        for (int n = 0; n < boxes.Length; n++)
        {
            cell.Compute(labels, grid, boxes[n], niter: 0);
            centres.Data[2 * n] = boxes[n].Y0 + cell.Centre / boxes[n].Width;
            centres.Data[2 * n + 1] = boxes[n].X0 + cell.Centre % boxes[n].Width;
        }
        return centres;
    }

    /// <summary>Computes cells one by one on several threads and hands each, with its position, to <paramref name="use"/> while its buffers are valid.</summary>
    internal static void ForEach(
        NdArray<int> labels, VoxelGrid grid, CellBox[] boxes, int? niter, int threads, Action<int, CellBox, CellFlow> use,
        IProgress<float>? progress, CancellationToken cancellationToken)
    {
        if (niter is { } n)
            ArgumentOutOfRangeException.ThrowIfNegative(n, nameof(niter));
        ParallelWork.Run(boxes.Length, threads, () => new CellFlow(), (cell, i) =>
        {
            cell.Compute(labels, grid, boxes[i], niter);
            use(i, boxes[i], cell);
        }, progress, cancellationToken);
    }

    private static void Copy(CellFlow cell, VoxelGrid grid, CellBox box, float[] flows, int count)
    {
        for (int k = 0; k < grid.Rank; k++)
        {
            ReadOnlySpan<double> component = cell.Component(k);
            int at = 0;
            for (int z = box.Z0; z < box.Z1; z++)
            {
                for (int y = box.Y0; y < box.Y1; y++)
                {
                    long row = k * (long)count + (z * grid.Y + y) * grid.X;
                    for (int x = box.X0; x < box.X1; x++, at++)
                    {
                        if (cell.Inside[at])
                            flows[row + x] = (float)component[at];
                    }
                }
            }
        }
    }
}
