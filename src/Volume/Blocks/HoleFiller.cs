using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Fills the holes of cells in the order of their numbers; a cell inside a hole is overwritten.</summary>
/// <remarks>
/// The order is part of the result, so this runs cell after cell, but only over cells that have holes or have lost voxels. The rules
/// are those of <see cref="Core2D.Dynamics.MaskCleanup"/>.
/// </remarks>
internal sealed class HoleFiller
{
    private const long VoxelsAtOnce = 1 << 22;

    private readonly CellExtent[] _cells;                                // by first voxel
    private readonly Dictionary<int, int> _place;                        // place in _cells by label
    private readonly long[] _counts;
    private readonly bool[] _pending, _lost;
    private readonly PatchedLabels _labels;
    private readonly CancellationToken _cancellationToken;

    private HoleFiller(CellExtent[] cells, PatchedLabels labels, CancellationToken cancellationToken)
    {
        (_cells, _labels, _cancellationToken) = (cells, labels, cancellationToken);
        _place = Enumerable.Range(0, cells.Length).ToDictionary(n => cells[n].Label);
        _counts = Array.ConvertAll(cells, c => c.Count);
        (_pending, _lost) = (new bool[cells.Length], new bool[cells.Length]);
    }

    /// <summary>Fills all holes.</summary>
    /// <param name="cells">The cells that are left, in order of their first voxel.</param>
    /// <param name="holes">The holes of cells as painted, by label.</param>
    /// <param name="labels">Receives the filled runs.</param>
    /// <param name="cancellationToken">Checked between cells.</param>
    /// <returns>The cells afterwards, in the same order; one that was wholly overwritten has no voxel left.</returns>
    public static CellExtent[] Fill(
        CellExtent[] cells, Dictionary<int, CellHoles> holes, PatchedLabels labels, CancellationToken cancellationToken)
    {
        var filler = new HoleFiller(cells, labels, cancellationToken);
        for (int n = 0; n < cells.Length; n++)
            filler._pending[n] = holes.ContainsKey(cells[n].Label);
        for (int n = 0; n < cells.Length; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!filler._pending[n])
                continue;
            CellHoles? own = filler._lost[n] ? filler.FindAgain(n) : holes.GetValueOrDefault(cells[n].Label);
            if (own is not null)
                filler.FillOne(n, own);
        }
        return [.. cells.Select((cell, n) => cell with { Count = filler._counts[n], First = filler._lost[n] ? filler.FirstOf(n) : cell.First })];
    }

    private CellHoles? FindAgain(int n) => _counts[n] == 0
        ? null
        : HoleRuns.Find(_cells[n], _labels.Shape, _labels.Read, HolePass.PlanesAtOnce(_cells[n].Box, VoxelsAtOnce), _cancellationToken);

    private void FillOne(int n, CellHoles holes)
    {
        foreach (VoxelRun run in holes.Runs)
        {
            if (holes.HasCells || _labels.IsPainted(run))
                TakeFromOthers(run);
            _labels.Paint(run, _cells[n].Label);
            _counts[n] += run.Length;
        }
    }

    private void TakeFromOthers(VoxelRun run)
    {
        int rows = _labels.Shape.Y;
        foreach (int label in _labels.Read(new VolumeBox((int)(run.Row / rows), (int)(run.Row % rows), run.X0, 1, 1, run.Length)))
        {
            if (label == 0)
                continue;
            int other = _place[label];
            _counts[other]--;
            _pending[other] = _lost[other] = true;                       // it may have a hole where it lost voxels
        }
    }

    private long FirstOf(int n)
    {
        CellExtent cell = _cells[n];
        VolumeBox box = cell.Box;
        for (int z = box.Z; z < box.EndZ && _counts[n] > 0; z++)
        {
            int at = _labels.Read(box with { Z = z, Depth = 1 }).AsSpan().IndexOf(cell.Label);
            if (at >= 0)
                return ((long)z * _labels.Shape.Y + box.Y + at / box.Width) * _labels.Shape.X + box.X + at % box.Width;
        }
        return cell.First;
    }
}
