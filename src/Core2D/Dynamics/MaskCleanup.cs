using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Fills holes in masks and removes small ones.</summary>
/// <remarks>
/// Reference: <c>fill_holes_and_remove_small_masks</c>. Holes are filled in ascending order of label and overwrite any
/// cell inside them. Only cells that have holes, or have lost voxels to another, are touched in that order; all others
/// are looked at in parallel and cannot influence each other.
/// </remarks>
public static class MaskCleanup
{
    /// <summary>Removes masks below a size, fills holes, and numbers the rest.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; rewritten in place.</param>
    /// <param name="minSize">Fewest voxels of a mask that stays; 0 or less removes none.</param>
    /// <param name="referenceRemoval">
    /// Reproduces v3.1.1.3, which takes the smallest label for background and then removes label n + 1 when the nth of the
    /// others is too small: with gaps in the numbers, or without background, that removes the wrong mask.
    /// </param>
    /// <param name="threads">Number of threads, which never changes a label; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between cells.</param>
    /// <returns>What was removed, and the old label of each new one.</returns>
    /// <remarks>Labels are numbered by first voxel; with <paramref name="minSize"/> 0 or less they keep their order instead.</remarks>
    /// <exception cref="ArgumentException">A label is negative.</exception>
    public static CleanupResult FillHolesAndRemoveSmall(
        NdArray<int> labels, int minSize, bool referenceRemoval = false, int threads = 0, CancellationToken cancellationToken = default)
    {
        VoxelGrid grid = VoxelGrid.Of(labels.Shape, nameof(labels));
        int tooSmall = 0;
        int[]? before = minSize > 0 ? RemoveSmall(labels, minSize, referenceRemoval, threads, ref tooSmall, cancellationToken) : null;

        CellBox[] boxes = CellBoxes.Find(labels, threads, cancellationToken);
        bool filled = FillHoles(labels, grid, boxes, threads, cancellationToken);
        CellBox[] after = filled ? CellBoxes.Find(labels, threads, cancellationToken) : boxes;
        int enclosed = boxes.Length - after.Length;
        // A swallowed cell leaves a gap in the reference's numbers, which its removal by position then stumbles over.
        CellBox[] numbered = referenceRemoval ? boxes : after;
        var map = new LabelMap(boxes.Length == 0 ? 0 : boxes[^1].Label, boxes.Length);
        for (int n = 0; n < numbered.Length; n++)
            map[numbered[n].Label] = n + 1;
        map.Apply(labels, threads, cancellationToken);
        int[] sources = [.. numbered.Select(b => before is null ? b.Label : before[b.Label - 1])];

        if (minSize > 0)
        {
            int[] last = RemoveSmall(labels, minSize, referenceRemoval, threads, ref tooSmall, cancellationToken);
            sources = [.. last.Select(label => sources[label - 1])];
        }
        return new CleanupResult(tooSmall, enclosed, sources);
    }

    private static int[] RemoveSmall(
        NdArray<int> labels, int minSize, bool byPosition, int threads, ref int removed, CancellationToken cancellationToken)
    {
        CellBox[] boxes = CellBoxes.Find(labels, threads, cancellationToken);
        LabelMap map;
        int[] sources;
        if (byPosition)
        {
            bool background = boxes.Sum(b => (long)b.Count) < labels.Length;
            HashSet<int> doomed = [];
            for (int n = background ? 0 : 1; n < boxes.Length; n++)
            {
                if (boxes[n].Count < minSize)
                    doomed.Add(background ? n + 1 : n);
            }
            map = LabelMap.ByFirstVoxel(boxes, b => !doomed.Contains(b.Label), out sources);
        }
        else
        {
            map = LabelMap.ByFirstVoxel(boxes, b => b.Count >= minSize, out sources);
        }
        map.Apply(labels, threads, cancellationToken);
        removed += boxes.Length - sources.Length;
        return sources;
    }

    // Returns true when a voxel changed.
    private static bool FillHoles(NdArray<int> labels, VoxelGrid grid, CellBox[] boxes, int threads, CancellationToken cancellationToken)
    {
        bool[] pending = new bool[boxes.Length];
        ParallelWork.Run(boxes.Length, threads, () => new HoleScan(),
            (scan, n) => pending[n] = scan.Scan(labels, grid, boxes[n]), null, cancellationToken);
        if (!pending.Contains(true))
            return false;

        var position = new LabelMap(boxes[^1].Label, boxes.Length);
        for (int n = 0; n < boxes.Length; n++)
            position[boxes[n].Label] = n;
        var sequential = new HoleScan();
        for (int n = 0; n < boxes.Length; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!pending[n] || !sequential.Scan(labels, grid, boxes[n]))
                continue;
            foreach (int voxel in sequential.Holes)
            {
                int other = labels.Data[voxel];
                if (other != 0)
                    pending[position[other]] = true;                     // it may have a hole where it lost voxels
                labels.Data[voxel] = boxes[n].Label;
            }
        }
        return true;
    }
}
