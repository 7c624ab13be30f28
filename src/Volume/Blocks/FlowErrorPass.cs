using System.Runtime.InteropServices;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Flows;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Measures how far the flows of each cell's mask are from the network's, whatever blocks the cell spans.</summary>
internal sealed class FlowErrorPass
{
    /// <summary>Voxels of the largest box of a cell that is measured: 256 cubed, 700 MB while it is worked on.</summary>
    /// <remarks>A constant, so that no cap on memory decides which cells have an error.</remarks>
    public const long LargestBox = 1 << 24;

    private const int ScratchBytes = 25;          // a voxel of one cell's box in one thread

    /// <summary>Measures the cells.</summary>
    /// <param name="cells">The cells, ascending by label.</param>
    /// <param name="labels">The labels; borrowed.</param>
    /// <param name="flows">Flow along Z, Y and X; borrowed.</param>
    /// <param name="blocks">Decides which cells are measured together.</param>
    /// <param name="memoryBytes">Bytes a group of cells may take.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    /// <param name="workspace">Holds the records.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between cells.</param>
    /// <returns>Error by label; NaN where the cell's box is larger than <see cref="LargestBox"/>.</returns>
    public static Dictionary<int, double> Run(
        CellExtent[] cells, IVolumeStore<int> labels, IVolumeStore<float> flows, BlockGrid blocks, long memoryBytes, int threads,
        IVolumeWorkspace workspace, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<int, double>();
        foreach (CellExtent cell in cells.Where(c => c.Box.Count > LargestBox))
            errors[cell.Label] = double.NaN;
        long limit = Math.Max(1, memoryBytes / (sizeof(int) + 3 * sizeof(float)));
        List<CellGroup> groups = CellGroup.Of(cells.Where(c => c.Box.Count <= LargestBox), blocks, limit);
        var dropped = new DroppedArrays();
        for (int n = 0; n < groups.Count; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string record = FormattableString.Invariant($"errors/{n}");
            byte[]? bytes = workspace.Load(record);
            if (bytes is null)
                workspace.Save(record, bytes = Measure(groups[n], labels, flows, memoryBytes, threads, cancellationToken));
            dropped.Collect();
            foreach (FlowError error in MemoryMarshal.Cast<byte, FlowError>(bytes))
                errors[error.Label] = error.Error;
            progress?.Report((n + 1f) / groups.Count);
        }
        return errors;
    }

    private static byte[] Measure(
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
        FlowError[] errors = FlowError.PerCell(own, predicted, boxes, workers, null, cancellationToken);
        return MemoryMarshal.AsBytes<FlowError>(errors).ToArray();
    }
}
