using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Pass 2: the seeds of the whole volume and the region around each, found by every block for itself among the ends in it and around it.</summary>
/// <remarks>
/// Blocks send each other the ends that lie in or near the other: no process ever holds the ends of the whole. Then seeds are found, numbered
/// through all blocks, and grown. The rules are those of <see cref="Seeds"/> and <see cref="EndpointLabels"/>, with the same
/// regions as on a dense histogram; only the regions' numbers follow blocks. Only voxels in which more than two points end are
/// ever kept: others are neither seeds nor part of a region.
/// </remarks>
/// <param name="blocks">The blocks.</param>
/// <param name="workspace">Holds the records.</param>
internal sealed class SeedPass(BlockGrid blocks, IVolumeWorkspace workspace)
{
    /// <summary>Names of the steps, which are those of their records.</summary>
    public const string SeedStep = "seeds", NumberStep = "seed-numbers", RegionStep = "regions";

    private const string SentStep = "ends-to", NearStep = "ends-near";
    private const int Margin = Seeds.GrowthRounds;                       // what grows into a block comes from no farther

    private readonly Lazy<LabelOwners> _owners = new(() => new LabelOwners(
        MemoryMarshal.Cast<byte, int>(workspace.Load($"{NumberStep}/0")!).ToArray()));

    /// <summary>Which block answers for a label; known once seeds are numbered.</summary>
    public LabelOwners Owners => _owners.Value;

    /// <summary>Sends the ends of a block's points to the blocks they lie in or near.</summary>
    /// <param name="table">Where the points of the block ended.</param>
    /// <param name="block">The block.</param>
    public void Send(VoxelTable table, int block)
    {
        var sent = new SortedDictionary<int, (List<long> Voxels, List<int> Counts)>();
        for (int i = 0; i < table.Voxels.Length; i++)
        {
            (int z, int y, int x) = blocks.Volume.At(table.Voxels[i]);
            foreach (int to in blocks.Touching(new VolumeBox(z, y, x, 1, 1, 1).Grow(Margin, blocks.Volume)))
            {
                if (!sent.TryGetValue(to, out (List<long> Voxels, List<int> Counts) part))
                    sent[to] = part = ([], []);
                part.Voxels.Add(table.Voxels[i]);
                part.Counts.Add(table.Values[i]);
            }
        }
        foreach ((int to, (List<long> voxels, List<int> counts)) in sent)
            workspace.Save(FormattableString.Invariant($"{SentStep}/{to}/{block}"), new VoxelTable([.. voxels], [.. counts]).ToBytes());
    }

    /// <summary>Adds up the ends in and near a block and finds its seeds; the record holds them, ascending, with their counts.</summary>
    public StepResult FindSeeds(int block)
    {
        string folder = FormattableString.Invariant($"{SentStep}/{block}");
        VoxelTable[] parts = [.. workspace.List(folder).Select(from => VoxelTable.FromBytes(workspace.Load($"{folder}/{from}")))];
        VoxelTable near = VoxelTable.Sum(parts, Seeds.RegionCount);
        workspace.Save(FormattableString.Invariant($"{NearStep}/{block}"), near.ToBytes());
        var region = new SeedRegions(near, blocks.Volume);
        VolumeBox box = blocks[block];
        int[] seeds = [.. Enumerable.Range(0, near.Voxels.Length).Where(i => IsIn(box, near.Voxels[i]) && near.Values[i] > Seeds.SeedCount && region.IsMaximum(near.Voxels[i], near.Values[i]))];
        return new StepResult(new VoxelTable(Array.ConvertAll(seeds, i => near.Voxels[i]), Array.ConvertAll(seeds, i => near.Values[i])).ToBytes());
    }

    /// <summary>Counts the seeds of all blocks; the record holds how many there are before each block's.</summary>
    /// <exception cref="NotSupportedException">There are more than labels of 32 bits can tell apart.</exception>
    public StepResult Number(CancellationToken cancellationToken)
    {
        int[] offsets = new int[blocks.Count + 1];
        for (int n = 0; n < blocks.Count; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long next = (long)offsets[n] + Load(SeedStep, n).Voxels.Length;
            offsets[n + 1] = next <= int.MaxValue - 1 ? (int)next
                : throw new NotSupportedException($"the volume has more than {int.MaxValue - 1} seeds, which labels of 32 bits cannot tell apart; segment it in parts.");
        }
        return new StepResult(MemoryMarshal.AsBytes<int>(offsets).ToArray());
    }

    /// <summary>Grows the seeds in and near a block; the record holds the label of each voxel of the block that is in a region.</summary>
    public StepResult GrowRegions(int block)
    {
        VolumeBox box = blocks[block], wide = box.Grow(Margin, blocks.Volume);
        var seeds = new List<(int Count, long Voxel, int Label)>();
        foreach (int owner in blocks.Touching(wide))
        {
            VoxelTable own = Load(SeedStep, owner);
            for (int i = 0; i < own.Voxels.Length; i++)
            {
                if (IsIn(wide, own.Voxels[i]))
                    seeds.Add((own.Values[i], own.Voxels[i], Owners.FirstLabel(owner) + i));
            }
        }
        seeds.Sort();                                                    // later seeds have more points and take over what both reach
        var regions = new SeedRegions(Load(NearStep, block), blocks.Volume);
        foreach ((_, long voxel, int label) in seeds)
            regions.Grow(voxel, label);
        return new StepResult(regions.LabelsIn(box).ToBytes());
    }

    /// <summary>The labels of points by the voxels in which they end.</summary>
    /// <param name="ends">Linear indices in the volume.</param>
    /// <returns>A label for each; 0 for none.</returns>
    public int[] LabelsAt(long[] ends)
    {
        var regions = new Dictionary<int, VoxelTable>();
        return Array.ConvertAll(ends, end =>
        {
            (int z, int y, int x) = blocks.Volume.At(end);
            int block = blocks.IndexOf(z, y, x);
            if (!regions.TryGetValue(block, out VoxelTable? region))
                regions[block] = region = Load(RegionStep, block);
            return region.ValueAt(end);
        });
    }

    private bool IsIn(VolumeBox box, long voxel)
    {
        (int z, int y, int x) = blocks.Volume.At(voxel);
        return box.Contains(z, y, x);
    }

    private VoxelTable Load(string step, int block) => VoxelTable.FromBytes(
        workspace.Load(FormattableString.Invariant($"{step}/{block}")) ?? throw new InvalidOperationException($"block {block} has no record of '{step}'."));
}
