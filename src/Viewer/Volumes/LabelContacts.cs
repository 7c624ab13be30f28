namespace Cellpose3D.Viewer.Volumes;

/// <summary>Which cells touch, so that they can be given colours apart.</summary>
public sealed class LabelContacts
{
    private readonly Dictionary<uint, HashSet<uint>> _neighbours = [];

    /// <summary>The ids seen, rising.</summary>
    public IReadOnlyList<uint> Ids => [.. _neighbours.Keys.Order()];

    /// <summary>Adds the cells of a volume; cells that are at most a voxel apart along an axis count as touching.</summary>
    /// <param name="labels">The labels; a movie's frames may be added one after the other.</param>
    public void Add(LabelVolume labels)
    {
        (int depth, int height, int width) = (labels.Shape.Z, labels.Shape.Y, labels.Shape.X);
        var pairs = new HashSet<ulong>();
        Lock gate = new();
        Parallel.For(0, depth, () => (Pairs: new HashSet<ulong>(), Last: 0UL), (z, _, found) =>
        {
            for (int y = 0; y < height; y++)
            {
                int row = (z * height + y) * width;
                for (int x = 0; x < width; x++)
                {
                    uint id = labels.Voxels[row + x];
                    if (id == 0)
                        continue;
                    for (int reach = 1; reach <= 2; reach++)
                    {
                        Meet(id, x + reach < width ? labels.Voxels[row + x + reach] : id, ref found);
                        Meet(id, y + reach < height ? labels.Voxels[row + x + reach * width] : id, ref found);
                        Meet(id, z + reach < depth ? labels.Voxels[row + x + reach * width * height] : id, ref found);
                    }
                }
            }
            return found;
        }, found =>
        {
            lock (gate)
                pairs.UnionWith(found.Pairs);
        });
        foreach (uint id in labels.Ids())
            Of(id);
        foreach (ulong pair in pairs)
        {
            (uint a, uint b) = ((uint)(pair >> 32), (uint)pair);
            Of(a).Add(b);
            Of(b).Add(a);
        }
    }

    /// <summary>The cells that touch a cell.</summary>
    /// <param name="id">The cell.</param>
    public IReadOnlySet<uint> Neighbours(uint id) => _neighbours.TryGetValue(id, out HashSet<uint>? set) ? set : new HashSet<uint>();

    private HashSet<uint> Of(uint id)
    {
        if (!_neighbours.TryGetValue(id, out HashSet<uint>? set))
            _neighbours[id] = set = [];
        return set;
    }

    private static void Meet(uint a, uint b, ref (HashSet<ulong> Pairs, ulong Last) found)
    {
        if (b == a || b == 0)
            return;
        ulong pair = a < b ? (ulong)a << 32 | b : (ulong)b << 32 | a;
        if (pair == found.Last)
            return;
        found.Pairs.Add(pair);
        found.Last = pair;
    }
}
