using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>What is done per cell, whatever blocks it spans: size limits, holes, and the final number by first voxel.</summary>
/// <remarks>The rules and their order are those of <see cref="MaskCleanup"/>.</remarks>
internal sealed class CellCompletion
{
    private readonly IVolumeWorkspace _workspace;
    private readonly int _minSize, _threads;
    private readonly long _memoryBytes;

    /// <summary>Prepares the completion.</summary>
    /// <param name="workspace">Holds the records.</param>
    /// <param name="minSize">Fewest voxels of a cell that stays; 0 or less removes none.</param>
    /// <param name="memoryBytes">Bytes a group of cells may take.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    public CellCompletion(IVolumeWorkspace workspace, int minSize, long memoryBytes, int threads) =>
        (_workspace, _minSize, _memoryBytes, _threads) = (workspace, minSize, memoryBytes, threads);

    /// <summary>Completes cells.</summary>
    /// <param name="cells">The cells that are left so far.</param>
    /// <param name="labels">Labels in which other cells may be present still; borrowed.</param>
    /// <param name="flows">Its last component is the probability logit; null for none; borrowed.</param>
    /// <param name="result">Receives the final labels.</param>
    /// <param name="blocks">Blocks of the labels.</param>
    /// <param name="errors">Flow error by label; empty where none was measured.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <returns>The cells, and the counts of those removed here.</returns>
    public VolumeMasks Run(
        CellExtent[] cells, IVolumeStore<int> labels, IVolumeStore<float>? flows, IVolumeStore<int> result, BlockGrid blocks,
        Dictionary<int, double> errors, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        CellExtent[] large = [.. cells.Where(c => c.Count >= _minSize).OrderBy(c => c.First)];
        int tooSmall = cells.Length - large.Length;
        Dictionary<int, CellHoles> holes = HolePass.Run(
            large, labels, blocks, _memoryBytes, _threads, _workspace, PartialProgress.Of(progress, 0, 0.4f), cancellationToken);
        var patched = new PatchedLabels(labels, large.Select(c => c.Label));
        CellExtent[] filled = HoleFiller.Fill(large, holes, patched, cancellationToken);
        int enclosed = filled.Count(c => c.Count == 0);
        CellExtent[] kept = [.. filled.Where(c => c.Count > 0 && c.Count >= _minSize).OrderBy(c => c.First)];
        tooSmall += filled.Length - enclosed - kept.Length;

        var numbers = Enumerable.Range(0, kept.Length).ToDictionary(n => kept[n].Label, n => n + 1);
        IReadOnlyList<(CellExtent Extent, double Probability)> final = NumberingPass.Run(
            patched, numbers, flows, result, blocks, _threads, _workspace, PartialProgress.Of(progress, 0.4f, 1), cancellationToken);
        var qualities = final.Select(cell =>
            Quality(cell.Extent, cell.Probability, errors.GetValueOrDefault(kept[cell.Extent.Label - 1].Label, double.NaN), labels.Shape));
        return new VolumeMasks(new FilterCounts(cells.Length, 0, 0, 0, tooSmall, enclosed), [.. qualities]);
    }

    /// <summary>The quality of a finished cell.</summary>
    public static CellQuality Quality(CellExtent cell, double probability, double flowError, VolumeShape shape) =>
        new(cell.Label, cell.Count, flowError, probability, TouchesBorder(cell, shape));

    private static bool TouchesBorder(CellExtent c, VolumeShape shape) =>
        c.Z0 == 0 || c.Y0 == 0 || c.X0 == 0 || c.Z1 == shape.Z || c.Y1 == shape.Y || c.X1 == shape.X;
}
