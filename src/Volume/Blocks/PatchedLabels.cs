using System.Runtime.InteropServices;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Labels of a volume with changes that are not written into it: cells that are removed and runs that are painted over.</summary>
internal sealed class PatchedLabels
{
    private readonly IVolumeStore<int> _labels;
    private readonly Func<int, bool> _isKept;
    private readonly Dictionary<long, List<(int X0, int X1, int Label)>> _painted = [];

    /// <summary>Lays changes over labels.</summary>
    /// <param name="labels">Borrowed, never written.</param>
    /// <param name="isKept">Whether a label stays; all others count as background.</param>
    public PatchedLabels(IVolumeStore<int> labels, Func<int, bool> isKept) => (_labels, _isKept) = (labels, isKept);

    /// <summary>Lengths of the volume.</summary>
    public VolumeShape Shape => _labels.Shape;

    /// <summary>What was painted over, row by row, within a row in the order of painting.</summary>
    public IEnumerable<PaintedRun> Painted =>
        _painted.SelectMany(row => row.Value.Select(r => new PaintedRun(new VoxelRun(row.Key, r.X0, r.X1), r.Label)));

    /// <summary>Paints a run over; a later run goes over an earlier one.</summary>
    public void Paint(VoxelRun run, int label)
    {
        ref List<(int X0, int X1, int Label)>? row = ref CollectionsMarshal.GetValueRefOrAddDefault(_painted, run.Row, out _);
        (row ??= []).Add((run.X0, run.X1, label));
    }

    /// <summary>Whether a run meets one that was painted over.</summary>
    public bool IsPainted(VoxelRun run) =>
        _painted.TryGetValue(run.Row, out List<(int X0, int X1, int Label)>? row) && row.Any(r => r.X0 < run.X1 && run.X0 < r.X1);

    /// <summary>Reads a box with all changes.</summary>
    public int[] Read(VolumeBox box)
    {
        int[] values = GC.AllocateUninitializedArray<int>(checked((int)box.Count));
        _labels.Read(0, box, values);
        int last = 0;
        bool keep = true;
        foreach (ref int value in values.AsSpan())
        {
            if (value == 0)
                continue;
            if (value != last)
                (last, keep) = (value, _isKept(value));
            if (!keep)
                value = 0;
        }
        if (_painted.Count > 0)
            PaintOver(values, box);
        return values;
    }

    private void PaintOver(int[] values, VolumeBox box)
    {
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY; y++)
            {
                if (!_painted.TryGetValue((long)z * Shape.Y + y, out List<(int X0, int X1, int Label)>? row))
                    continue;
                int start = ((z - box.Z) * box.Height + y - box.Y) * box.Width - box.X;
                foreach ((int x0, int x1, int label) in row)
                {
                    int from = Math.Max(x0, box.X), to = Math.Min(x1, box.EndX);
                    if (from < to)
                        values.AsSpan(start + from, to - from).Fill(label);
                }
            }
        }
    }
}
