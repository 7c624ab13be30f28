using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Core2D.Dynamics;

/// <summary>New label by old label; what was not set becomes 0. A table for dense labels, a dictionary for sparse ones.</summary>
internal sealed class LabelMap
{
    private const int AlwaysDense = 1 << 20;

    private readonly int[]? _table;
    private readonly Dictionary<int, int>? _sparse;

    /// <param name="largest">The largest label that will be set or looked up.</param>
    /// <param name="count">About how many labels will be set.</param>
    public LabelMap(int largest, int count)
    {
        if (largest <= Math.Max(AlwaysDense, 16L * count) && largest < Array.MaxLength)
            _table = new int[largest + 1];
        else
            _sparse = new Dictionary<int, int>(count);
    }

    public int this[int label]
    {
        get => _table is not null ? _table[label] : _sparse!.GetValueOrDefault(label);
        set
        {
            if (_table is not null)
                _table[label] = value;
            else
                _sparse![label] = value;
        }
    }

    /// <summary>Keeps the labels of some boxes and drops the others.</summary>
    public static LabelMap Keep(CellBox[] all, Func<CellBox, bool> keep)
    {
        var map = new LabelMap(all.Length == 0 ? 0 : all[^1].Label, all.Length);
        foreach (CellBox box in all)
            map[box.Label] = keep(box) ? box.Label : 0;
        return map;
    }

    /// <summary>Numbers the kept boxes 1, 2, ... by their first voxel and drops the others.</summary>
    /// <param name="all">Boxes, ascending by label.</param>
    /// <param name="keep">Which to keep.</param>
    /// <param name="sources">The old label of each new one; label n at n - 1.</param>
    public static LabelMap ByFirstVoxel(CellBox[] all, Func<CellBox, bool> keep, out int[] sources)
    {
        var map = new LabelMap(all.Length == 0 ? 0 : all[^1].Label, all.Length);
        sources = [.. all.Where(keep).OrderBy(b => b.First).Select(b => b.Label)];
        for (int n = 0; n < sources.Length; n++)
            map[sources[n]] = n + 1;
        return map;
    }

    /// <summary>Replaces every label in place.</summary>
    public void Apply(NdArray<int> labels, int threads, CancellationToken cancellationToken = default) =>
        ParallelWork.Ranges(labels.Length, 1 << 16, threads, (from, to) =>
        {
            int last = 0, mapped = 0;                                    // neighbours mostly share their label
            foreach (ref int label in labels.Data.AsSpan(from, to - from))
            {
                if (label == 0)
                    continue;
                if (label != last)
                    (last, mapped) = (label, this[label]);
                label = mapped;
            }
        }, cancellationToken);
}
