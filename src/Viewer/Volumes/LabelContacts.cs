using System.Runtime.InteropServices;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Volumes;

/// <summary>Which cells touch, so that they can be given colours apart.</summary>
/// <remarks>Contacts are counted, so that an edit takes back the voxels that it changed and counts no others again.</remarks>
public sealed class LabelContacts
{
    private readonly Dictionary<uint, HashSet<uint>> _neighbours = [];
    private readonly Dictionary<uint, long> _voxels = [];
    private readonly Dictionary<ulong, long> _pairs = [];

    /// <summary>The ids seen, rising.</summary>
    public IReadOnlyList<uint> Ids => [.. _neighbours.Keys.Order()];

    /// <summary>Adds the cells of a volume; cells that are at most a voxel apart along an axis count as touching.</summary>
    /// <param name="labels">The labels; a movie's frames may be added one after the other.</param>
    public void Add(LabelVolume labels)
    {
        Lock gate = new();
        Parallel.For(0, labels.Shape.Z, () => new Counts(), (z, _, counts) =>
        {
            Count(labels, labels.Shape.All with { Z = z, Depth = 1 }, labels.Shape.All, counts);
            return counts;
        }, counts =>
        {
            counts.Flush();
            lock (gate)
                Join(counts, 1);
        });
    }

    /// <summary>Takes over what an edit changed.</summary>
    /// <param name="editor">The labels after it; all of its time points were added before.</param>
    /// <param name="result">What the edit, undo or redo gave.</param>
    public void Update(LabelEditor editor, EditResult result)
    {
        foreach (IGrouping<int, FrameDelta> changes in result.Changes.GroupBy(c => c.Time))
        {
            LabelVolume after = editor.Frames[changes.Key];
            VolumeBox changed = EditRecorder.Around(changes.SelectMany(c => c.Boxes));
            VolumeBox near = changed.Grow(2, after.Shape);
            var now = new LabelVolume(VolumeCut.Of(after.Voxels, after.Shape, near), near.Shape);
            var before = new LabelVolume((uint[])now.Voxels.Clone(), near.Shape);
            foreach (FrameDelta change in result.IsForth ? changes.Reverse() : changes)
                change.Write(before.Voxels, near, after.Shape, forth: !result.IsForth);
            VolumeBox inside = changed with { Z = changed.Z - near.Z, Y = changed.Y - near.Y, X = changed.X - near.X };
            (var gone, var come) = (new Counts(), new Counts());
            Count(before, near.Shape.All, inside, gone);
            Count(now, near.Shape.All, inside, come);
            gone.Flush();
            come.Flush();
            Join(gone, -1);
            Join(come, 1);
        }
    }

    /// <summary>The cells that touch a cell.</summary>
    /// <param name="id">The cell.</param>
    public IReadOnlySet<uint> Neighbours(uint id) => _neighbours.TryGetValue(id, out HashSet<uint>? set) ? set : new HashSet<uint>();

    // voxels of a box, and pairs of them and those after them of which at least one is in another box
    private static void Count(LabelVolume labels, VolumeBox box, VolumeBox touched, Counts counts)
    {
        (int depth, int height, int width) = (labels.Shape.Z, labels.Shape.Y, labels.Shape.X);
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY; y++)
            {
                int row = (z * height + y) * width;
                for (int x = box.X; x < box.EndX; x++)
                {
                    uint id = labels.Voxels[row + x];
                    if (id == 0)
                        continue;
                    bool isIn = touched.Contains(z, y, x);
                    if (isIn)
                        counts.Voxel(id);
                    for (int reach = 1; reach <= 2; reach++)
                    {
                        if (x + reach < width && (isIn || touched.Contains(z, y, x + reach)))
                            counts.Meet(id, labels.Voxels[row + x + reach]);
                        if (y + reach < height && (isIn || touched.Contains(z, y + reach, x)))
                            counts.Meet(id, labels.Voxels[row + x + reach * width]);
                        if (z + reach < depth && (isIn || touched.Contains(z + reach, y, x)))
                            counts.Meet(id, labels.Voxels[row + x + reach * width * height]);
                    }
                }
            }
        }
    }

    private void Join(Counts counts, int sign)
    {
        foreach ((uint id, long count) in counts.Voxels)
        {
            if (Change(_voxels, id, sign * count))
                Of(id);
            else
                _neighbours.Remove(id);
        }
        foreach ((ulong pair, long count) in counts.Pairs)
        {
            (uint a, uint b) = ((uint)(pair >> 32), (uint)pair);
            if (Change(_pairs, pair, sign * count))
            {
                Of(a).Add(b);
                Of(b).Add(a);
                continue;
            }
            _neighbours.GetValueOrDefault(a)?.Remove(b);
            _neighbours.GetValueOrDefault(b)?.Remove(a);
        }
    }

    // whether anything is left
    private static bool Change<TKey>(Dictionary<TKey, long> counts, TKey key, long by)
        where TKey : notnull
    {
        ref long count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _);
        count += by;
        if (count != 0)
            return true;
        counts.Remove(key);
        return false;
    }

    private HashSet<uint> Of(uint id)
    {
        if (!_neighbours.TryGetValue(id, out HashSet<uint>? set))
            _neighbours[id] = set = [];
        return set;
    }

    private sealed class Counts
    {
        private (uint Id, long Count) _run;
        private (ulong Pair, long Count) _met;

        public Dictionary<uint, long> Voxels { get; } = [];

        public Dictionary<ulong, long> Pairs { get; } = [];

        public void Voxel(uint id)
        {
            if (id != _run.Id)
                FlushRun(id);
            _run.Count++;
        }

        public void Meet(uint a, uint b)
        {
            if (b == a || b == 0)
                return;
            ulong pair = a < b ? (ulong)a << 32 | b : (ulong)b << 32 | a;
            if (pair != _met.Pair)
                FlushMet(pair);
            _met.Count++;
        }

        public void Flush()
        {
            FlushRun(0);
            FlushMet(0);
        }

        private void FlushRun(uint next)
        {
            if (_run.Count > 0)
                CollectionsMarshal.GetValueRefOrAddDefault(Voxels, _run.Id, out _) += _run.Count;
            _run = (next, 0);
        }

        private void FlushMet(ulong next)
        {
            if (_met.Count > 0)
                CollectionsMarshal.GetValueRefOrAddDefault(Pairs, _met.Pair, out _) += _met.Count;
            _met = (next, 0);
        }
    }
}
