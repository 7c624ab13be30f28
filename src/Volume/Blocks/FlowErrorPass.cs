using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Flows;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Measures how far the flows of each cell's mask are from the network's, whatever blocks the cell spans.</summary>
internal static class FlowErrorPass
{
    /// <summary>Voxels of the largest box of a cell that is measured: 256 cubed, 700 MB while it is worked on.</summary>
    /// <remarks>A constant, so that no cap on memory decides which cells have an error.</remarks>
    public const long LargestBox = 1 << 24;

    private const int ScratchBytes = 25;          // a voxel of one cell's box in one thread

    /// <summary>Measures cells.</summary>
    /// <param name="cells">The cells, ascending by label.</param>
    /// <param name="labels">The labels; borrowed.</param>
    /// <param name="flows">Flow along Z, Y and X; borrowed.</param>
    /// <param name="blocks">Decides which cells are measured together.</param>
    /// <param name="memoryBytes">Bytes a group of cells may take.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between cells.</param>
    /// <returns>Error by label; NaN where the cell's box is larger than <see cref="LargestBox"/>.</returns>
    public static Dictionary<int, double> Run(
        IReadOnlyCollection<CellExtent> cells, IVolumeStore<int> labels, IVolumeStore<float> flows, BlockGrid blocks, long memoryBytes, int threads,
        CancellationToken cancellationToken)
    {
        var errors = new Dictionary<int, double>();
        foreach (CellExtent cell in cells.Where(c => c.Box.Count > LargestBox))
            errors[cell.Label] = double.NaN;
        long limit = Math.Max(1, memoryBytes / (sizeof(int) + 3 * sizeof(float)));
        var dropped = new DroppedArrays();
        foreach (CellGroup group in CellGroup.Of(cells.Where(c => c.Box.Count <= LargestBox), blocks, limit))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (FlowError error in Measure(group, labels, flows, memoryBytes, threads, cancellationToken))
                errors[error.Label] = error.Error;
            dropped.Collect();
        }
        return errors;
    }

    private static FlowError[] Measure(
        CellGroup group, IVolumeStore<int> labels, IVolumeStore<float> flows, long memoryBytes, int threads, CancellationToken cancellationToken)
    {
        VolumeBox window = group.Window;
        var own = new NdArray<int>(window.Depth, window.Height, window.Width);
        labels.Read(0, window, own.Span);
        var predicted = new NdArray<float>(3, window.Depth, window.Height, window.Width);
        for (int k = 0; k < 3; k++)
            flows.Read(k, window, predicted.Plane(k));
        CellBox[] boxes = Array.ConvertAll(group.Cells, c => c.In(window));
        long largest = group.Cells.Max(c => c.Box.Count);
        int workers = (int)Math.Clamp(memoryBytes / (largest * ScratchBytes), 1, ThreadCount.Of(threads));
        return FlowError.PerCell(own, predicted, boxes, workers, null, cancellationToken);
    }
}
