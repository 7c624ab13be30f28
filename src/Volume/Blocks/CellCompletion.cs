using System.Runtime.InteropServices;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>What is done per cell, whatever blocks it spans: size limits, holes, and the final number by first voxel.</summary>
/// <remarks>
/// The rules and their order are those of <see cref="MaskCleanup"/>. Each owner looks at its own cells. What is done in one place for all
/// is little: cells with others in their holes are filled in one order, and cells are sorted by their first voxel. Tables of numbers
/// are kept by owner, so that a block reads those of the cells it meets.
/// </remarks>
/// <param name="workspace">Holds the records.</param>
/// <param name="owners">Who owns a cell.</param>
/// <param name="labels">Opens the labels, in which cells may be present that are no longer wanted.</param>
/// <param name="blocks">Blocks of the labels.</param>
/// <param name="cellsOf">The cells of an owner that are left so far.</param>
/// <param name="numbering">Writes the final labels.</param>
internal sealed class CellCompletion(
    IVolumeWorkspace workspace, Func<LabelOwners> owners, Func<IVolumeStore<int>> labels, BlockGrid blocks, Func<int, CellExtent[]> cellsOf, Func<NumberingPass> numbering)
{
    private const string HoleStep = "holes", OrderStep = "order", NumberStep = "numbers";
    private const string RunsStep = "runs-to", FillsStep = "fills-to", TableStep = "numbers-of";

    private readonly OwnerCache<HashSet<int>> _large = new(owner => [.. Load(workspace, owner).Cells.Select(c => c.Label)]);

    /// <summary>Fewest voxels of a cell that stays; 0 or less removes none.</summary>
    public required int MinSize { get; init; }

    /// <summary>Bytes a group of cells may take.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Number of threads; 0 takes all processors.</summary>
    public required int Threads { get; init; }

    /// <summary>The steps, in order.</summary>
    /// <param name="ownerCount">Number of owners.</param>
    public IEnumerable<VolumeStep> Steps(int ownerCount)
    {
        yield return new VolumeStep(HoleStep, VolumeStage.Dynamics, ownerCount, workspace) { Compute = FindHoles, Share = 0.04f };
        yield return new VolumeStep(OrderStep, VolumeStage.Dynamics, 1, workspace) { Compute = (_, cancellation) => Order(cancellation), Share = 0.01f };
        yield return new VolumeStep(NumberStep, VolumeStage.Dynamics, blocks.Count, workspace) { Compute = (n, _) => Number(n), Share = 0.06f };
    }

    /// <summary>What came of it, once all steps are done.</summary>
    /// <param name="errorsOf">The cells of an owner, with their flow errors.</param>
    /// <returns>The cells, and the counts of those removed here.</returns>
    public VolumeMasks Result(Func<int, IEnumerable<(int Label, double Error)>> errorsOf)
    {
        int[] counts = MemoryMarshal.Cast<byte, int>(workspace.Load($"{OrderStep}/0")).ToArray();
        double[] errors = new double[counts[0] + 1];
        for (int owner = 0; owner < owners().Count; owner++)
        {
            NumberTable table = Table(owner);
            foreach ((int label, double error) in errorsOf(owner))
                errors[table.Numbers[label - owners().FirstLabel(owner)]] = error;
        }
        IEnumerable<byte[]> records = Enumerable.Range(0, blocks.Count).Select(n => workspace.Load(FormattableString.Invariant($"{NumberStep}/{n}"))!);
        var cells = numbering().Merge(records).Select(c => Quality(c.Extent, c.Probability, errors[c.Extent.Label], blocks.Volume));
        return new VolumeMasks(new FilterCounts(0, 0, 0, 0, counts[1], counts[2]), [.. cells]);
    }

    /// <summary>Completes cells that one owner has.</summary>
    /// <param name="workspace">Holds the records.</param>
    /// <param name="cells">The cells that are left so far.</param>
    /// <param name="labels">Labels in which other cells may be present still; borrowed.</param>
    /// <param name="flows">Its last component is the probability logit; null for none; borrowed.</param>
    /// <param name="result">Receives the final labels.</param>
    /// <param name="blocks">Blocks of the labels.</param>
    /// <param name="minSize">Fewest voxels of a cell that stays.</param>
    /// <param name="memoryBytes">Bytes a group of cells may take.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    public static VolumeMasks Run(
        IVolumeWorkspace workspace, CellExtent[] cells, IVolumeStore<int> labels, IVolumeStore<float>? flows, IVolumeStore<int> result, BlockGrid blocks,
        int minSize, long memoryBytes, int threads, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var owners = new LabelOwners([0, cells.Select(c => c.Label).DefaultIfEmpty().Max()]);
        var completion = new CellCompletion(workspace, () => owners, () => labels, blocks, _ => cells, () => new NumberingPass(flows, result))
        {
            MinSize = minSize, MemoryBytes = memoryBytes, Threads = threads,
        };
        VolumeStep.RunAll([.. completion.Steps(owners.Count)], progress, cancellationToken);
        VolumeMasks masks = completion.Result(_ => cells.Select(c => (c.Label, double.NaN)));
        return masks with { Filtered = masks.Filtered with { Found = cells.Length } };
    }

    /// <summary>The quality of a finished cell.</summary>
    public static CellQuality Quality(CellExtent cell, double probability, double flowError, VolumeShape shape) =>
        new(cell.Label, cell.Count, flowError, probability, TouchesBorder(cell, shape));

    private StepResult FindHoles(int owner, CancellationToken cancellationToken)
    {
        CellExtent[] all = cellsOf(owner), large = [.. all.Where(c => c.Count >= MinSize)];
        Dictionary<int, CellHoles> holes = HolePass.Run(large, labels(), blocks, MemoryBytes, Threads, cancellationToken);
        // cells in holes may be painted over, which only one process for all can do in order
        IEnumerable<PaintedRun> simple = holes.Values.Where(h => !h.HasCells).SelectMany(h => h.Runs.Select(run => new PaintedRun(run, h.Label)));
        foreach ((int block, List<PaintedRun> runs) in ByBlock(simple))
            Save(FormattableString.Invariant($"{RunsStep}/{block}/{owner}"), runs);
        return new StepResult(new OwnerCells(all.Length - large.Length, large, [.. holes.Values]).ToBytes());
    }

    private StepResult Order(CancellationToken cancellationToken)
    {
        (CellExtent[] entangled, Dictionary<int, CellHoles> holes) = Entangled(cancellationToken);
        var patched = new PatchedLabels(labels(), label => _large[owners().OwnerOf(label)].Contains(label));
        var filled = HoleFiller.Fill(entangled, holes, patched, cancellationToken).ToDictionary(c => c.Label);
        foreach ((int block, List<PaintedRun> runs) in ByBlock(patched.Painted))
            Save(FormattableString.Invariant($"{FillsStep}/{block}"), runs);

        var first = new List<long>();
        var kept = new List<int>();
        int tooSmall = 0;
        for (int owner = 0; owner < owners().Count; owner++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            OwnerCells own = Load(workspace, owner);
            tooSmall += own.TooSmall;
            var gained = own.Holes.ToDictionary(h => h.Label, h => h.Runs.Sum(r => (long)r.Length));
            foreach (CellExtent cell in own.Cells)
            {
                CellExtent now = filled.TryGetValue(cell.Label, out CellExtent after) ? after : cell with { Count = cell.Count + gained.GetValueOrDefault(cell.Label) };
                if (now.Count > 0 && now.Count >= MinSize)
                {
                    first.Add(now.First);
                    kept.Add(cell.Label);
                }
                else if (now.Count > 0)
                {
                    tooSmall++;
                }
            }
        }
        SaveNumbers([.. first], [.. kept], [.. filled.Keys.Order()]);
        return new StepResult(MemoryMarshal.AsBytes<int>([kept.Count, tooSmall, filled.Values.Count(c => c.Count == 0)]).ToArray());
    }

    // cells that have others in their holes, and those others, in order of their first voxel
    private (CellExtent[] Cells, Dictionary<int, CellHoles> Holes) Entangled(CancellationToken cancellationToken)
    {
        var members = new HashSet<int>();
        for (int owner = 0; owner < owners().Count; owner++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (CellHoles around in Load(workspace, owner).Holes.Where(h => h.HasCells))
            {
                members.Add(around.Label);
                members.UnionWith(around.Inside);
            }
        }
        var cells = new List<CellExtent>();
        var holes = new Dictionary<int, CellHoles>();
        foreach (int owner in members.Select(owners().OwnerOf).Distinct().Order())
        {
            OwnerCells own = Load(workspace, owner);
            cells.AddRange(own.Cells.Where(c => members.Contains(c.Label)));
            foreach (CellHoles of in own.Holes.Where(h => members.Contains(h.Label)))
                holes[of.Label] = of;
        }
        return ([.. cells.OrderBy(c => c.First)], holes);
    }

    private void SaveNumbers(long[] first, int[] kept, int[] entangled)
    {
        Array.Sort(first, kept);
        int[][] numbers = [.. Enumerable.Range(0, owners().Count).Select(owner => new int[owners().LabelsOf(owner)])];
        for (int n = 0; n < kept.Length; n++)
        {
            int owner = owners().OwnerOf(kept[n]);
            numbers[owner][kept[n] - owners().FirstLabel(owner)] = n + 1;
        }
        ILookup<int, int> apart = entangled.ToLookup(owners().OwnerOf);
        for (int owner = 0; owner < numbers.Length; owner++)
            workspace.Save(FormattableString.Invariant($"{TableStep}/{owner}"), new NumberTable(numbers[owner], [.. apart[owner]]).ToBytes());
    }

    private StepResult Number(int n)
    {
        VolumeBox box = blocks[n];
        var tables = new Dictionary<int, NumberTable>();
        var patched = new PatchedLabels(labels(), _ => true);
        string folder = FormattableString.Invariant($"{RunsStep}/{n}");
        foreach (PaintedRun run in workspace.List(folder).SelectMany(owner => Runs($"{folder}/{owner}")))
        {
            if (Array.BinarySearch(TableOf(run.Label).Entangled, run.Label) < 0)
                patched.Paint(run.Run, run.Label);
        }
        foreach (PaintedRun run in Runs(FormattableString.Invariant($"{FillsStep}/{n}")))
            patched.Paint(run.Run, run.Label);

        int[] values = patched.Read(box);
        var numbers = new Dictionary<int, int>();
        int last = 0;
        foreach (int label in values)
        {
            if (label == last || label == 0)
                continue;
            last = label;
            if (!numbers.ContainsKey(label))
                numbers[label] = TableOf(label).Numbers[label - owners().FirstLabel(owners().OwnerOf(label))];
        }
        ParallelWork.Ranges(values.Length, 1 << 16, Threads, (from, to) => Renumber(values.AsSpan(from, to - from), numbers));
        return numbering().RunBlock(box, values);

        NumberTable TableOf(int label)
        {
            int owner = owners().OwnerOf(label);
            if (!tables.TryGetValue(owner, out NumberTable? table))
                tables[owner] = table = Table(owner);
            return table;
        }
    }

    private static void Renumber(Span<int> values, Dictionary<int, int> numbers)
    {
        int last = 0, number = 0;
        foreach (ref int value in values)
        {
            if (value == 0)
                continue;
            if (value != last)
                (last, number) = (value, numbers[value]);
            value = number;
        }
    }

    private SortedDictionary<int, List<PaintedRun>> ByBlock(IEnumerable<PaintedRun> runs)
    {
        var sorted = new SortedDictionary<int, List<PaintedRun>>();
        foreach (PaintedRun run in runs)
        {
            int z = (int)(run.Run.Row / blocks.Volume.Y), y = (int)(run.Run.Row % blocks.Volume.Y);
            foreach (int block in blocks.Touching(new VolumeBox(z, y, run.Run.X0, 1, 1, run.Run.Length)))
            {
                if (!sorted.TryGetValue(block, out List<PaintedRun>? list))
                    sorted[block] = list = [];
                list.Add(run);
            }
        }
        return sorted;
    }

    private void Save(string record, List<PaintedRun> runs) => workspace.Save(record, MemoryMarshal.AsBytes<PaintedRun>(CollectionsMarshal.AsSpan(runs)));

    private PaintedRun[] Runs(string record) => MemoryMarshal.Cast<byte, PaintedRun>(workspace.Load(record)).ToArray();

    private NumberTable Table(int owner) => NumberTable.FromBytes(workspace.Load(FormattableString.Invariant($"{TableStep}/{owner}")));

    private static OwnerCells Load(IVolumeWorkspace workspace, int owner) => OwnerCells.FromBytes(workspace.Load(FormattableString.Invariant($"{HoleStep}/{owner}")));

    private static bool TouchesBorder(CellExtent c, VolumeShape shape) =>
        c.Z0 == 0 || c.Y0 == 0 || c.X0 == 0 || c.Z1 == shape.Z || c.Y1 == shape.Y || c.X1 == shape.X;
}
