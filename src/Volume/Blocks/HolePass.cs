using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Core2D.Flows;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Finds the holes of every cell as it was painted, whatever blocks it spans.</summary>
internal static class HolePass
{
    private const int BytesPerVoxel = 9;          // labels, and a window and a stack of one thread

    /// <summary>Looks at cells.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="labels">The labels; borrowed.</param>
    /// <param name="blocks">Decides which cells are looked at together.</param>
    /// <param name="memoryBytes">Bytes a group of cells may take; a larger cell is gone through plane by plane.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between cells.</param>
    /// <returns>The holes of the cells that have any, by label.</returns>
    public static Dictionary<int, CellHoles> Run(
        IEnumerable<CellExtent> cells, IVolumeStore<int> labels, BlockGrid blocks, long memoryBytes, int threads, CancellationToken cancellationToken)
    {
        var found = new Dictionary<int, CellHoles>();
        long limit = Math.Max(1, memoryBytes / (BytesPerVoxel * ThreadCount.Of(threads)));
        var dropped = new DroppedArrays();
        foreach (CellGroup group in CellGroup.Of(cells, blocks, limit))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (CellHoles holes in Find(group, labels, limit, threads, cancellationToken))
                found[holes.Label] = holes;
            dropped.Collect();
        }
        return found;
    }

    private static IEnumerable<CellHoles> Find(CellGroup group, IVolumeStore<int> labels, long limit, int threads, CancellationToken cancellationToken)
    {
        VolumeBox window = group.Window;
        if (window.Count > limit)                                        // one cell, then
            return HoleRuns.Find(group.Cells[0], labels.Shape, Read, PlanesAtOnce(window, limit), cancellationToken) is { } large ? [large] : [];

        var own = new NdArray<int>(Read(window), window.Depth, window.Height, window.Width);
        VoxelGrid grid = VoxelGrid.Of(own.Shape, nameof(labels));
        var found = new CellHoles?[group.Cells.Length];
        ParallelWork.Run(found.Length, threads, () => new HoleScan(), (scan, n) =>
        {
            CellBox box = group.Cells[n].In(window);
            if (scan.Scan(own, grid, box))
                found[n] = new CellHoles(box.Label, [.. Runs(scan.Holes, window, labels.Shape)], [.. scan.Holes.Select(voxel => own.Data[voxel]).Where(label => label != 0).Distinct().Order()]);
        }, null, cancellationToken);
        return found.OfType<CellHoles>();

        int[] Read(VolumeBox box)
        {
            int[] values = GC.AllocateUninitializedArray<int>(checked((int)box.Count));
            labels.Read(0, box, values);
            return values;
        }
    }

    /// <summary>Planes of a large cell's box that may be held at once.</summary>
    public static int PlanesAtOnce(VolumeBox box, long limit) => (int)Math.Clamp(limit / ((long)box.Height * box.Width), 1, box.Depth);

    /// <summary>Ascending voxels of a window as runs of the volume.</summary>
    private static IEnumerable<VoxelRun> Runs(List<int> voxels, VolumeBox window, VolumeShape volume)
    {
        for (int first = 0, end; first < voxels.Count; first = end)
        {
            int row = voxels[first] / window.Width;
            end = first + 1;
            while (end < voxels.Count && voxels[end] == voxels[end - 1] + 1 && voxels[end] / window.Width == row)
                end++;
            int z = window.Z + row / window.Height, y = window.Y + row % window.Height, x = window.X + voxels[first] % window.Width;
            yield return new VoxelRun((long)z * volume.Y + y, x, x + end - first);
        }
    }
}
