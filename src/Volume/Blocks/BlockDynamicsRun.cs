namespace Cellpose3D.Volume.Blocks;

/// <summary>The steps from flows to labels in one workspace.</summary>
/// <param name="steps">In order.</param>
/// <param name="owners">Number of blocks that own cells.</param>
/// <param name="cells">The cells as they were found.</param>
/// <param name="left">An owner's cells that passed the checks, at the size of the labels.</param>
/// <param name="completion">The last steps.</param>
internal sealed class BlockDynamicsRun(IReadOnlyList<VolumeStep> steps, int owners, CellPass cells, Func<int, CellExtent[]> left, CellCompletion completion)
{
    /// <summary>The steps.</summary>
    public IReadOnlyList<VolumeStep> Steps { get; } = steps;

    /// <summary>What was filtered, and the quality of each cell; to be called once all steps are done.</summary>
    public VolumeMasks Result()
    {
        int[] fates = new int[Enum.GetValues<CellFate>().Length];
        int completed = 0;
        for (int owner = 0; owner < owners; owner++)
        {
            foreach (CellRow row in cells.Rows(owner))
                fates[(int)row.Fate]++;
            completed += left(owner).Length;
        }
        VolumeMasks masks = completion.Result(owner => cells.Rows(owner).Select(r => (r.Extent.Label, r.FlowError)));
        return masks with
        {
            Filtered = masks.Filtered with
            {
                Found = fates.Sum(), TooLarge = fates[(int)CellFate.TooLarge], FlowError = fates[(int)CellFate.FlowError], LostInResize = fates[(int)CellFate.Kept] - completed,
            },
        };
    }
}
