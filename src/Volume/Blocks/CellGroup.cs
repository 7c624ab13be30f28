using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Cells that lie close to each other and are worked on together, in one window of the volume that holds them all whole.</summary>
/// <param name="Window">Holds the box of every cell.</param>
/// <param name="Cells">At least one.</param>
internal sealed record CellGroup(VolumeBox Window, CellExtent[] Cells)
{
    /// <summary>Groups cells; a cell whose box is larger than the limit is a group of its own.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="blocks">Cells are neighbours when the middles of their boxes lie in one block.</param>
    /// <param name="limit">Most voxels of the window of several cells.</param>
    public static List<CellGroup> Of(IEnumerable<CellExtent> cells, BlockGrid blocks, long limit)
    {
        var groups = new List<CellGroup>();
        var members = new List<CellExtent>();
        VolumeBox window = default;
        int block = -1;
        foreach ((CellExtent cell, int home) in cells.Select(c => (c, Home(c, blocks))).OrderBy(c => c.Item2).ThenBy(c => c.c.Label))
        {
            VolumeBox both = members.Count == 0 ? cell.Box : Union(window, cell.Box);
            if (members.Count > 0 && (home != block || both.Count > limit))
            {
                groups.Add(new CellGroup(window, [.. members]));
                members.Clear();
                both = cell.Box;
            }
            members.Add(cell);
            (window, block) = (both, home);
        }
        if (members.Count > 0)
            groups.Add(new CellGroup(window, [.. members]));
        return groups;
    }

    private static int Home(CellExtent cell, BlockGrid blocks) =>
        blocks.IndexOf((cell.Z0 + cell.Z1) / 2, (cell.Y0 + cell.Y1) / 2, (cell.X0 + cell.X1) / 2);

    private static VolumeBox Union(VolumeBox a, VolumeBox b)
    {
        int z = Math.Min(a.Z, b.Z), y = Math.Min(a.Y, b.Y), x = Math.Min(a.X, b.X);
        return new VolumeBox(z, y, x, Math.Max(a.EndZ, b.EndZ) - z, Math.Max(a.EndY, b.EndY) - y, Math.Max(a.EndX, b.EndX) - x);
    }
}
