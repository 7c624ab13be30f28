using System.Collections.Immutable;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Writes voxels of one time point and keeps what was there, run by run.</summary>
internal sealed class EditRecorder(LabelVolume volume, int time)
{
    // what changes more than this is told as the one box around all
    private const int MostExtents = 2000;

    private readonly RunEncoder _runs = new();
    private readonly Dictionary<(uint Old, uint New), Extent> _extents = [];
    private (uint Old, uint New) _pair;
    private Extent? _extent;
    private long _start, _length;

    /// <summary>The volume that is written.</summary>
    public LabelVolume Volume => volume;

    /// <summary>Its time point.</summary>
    public int Time => time;

    /// <summary>How many voxels were changed; one that is changed twice counts twice.</summary>
    public long Voxels { get; private set; }

    /// <summary>The id of a voxel.</summary>
    public uint this[int z, int y, int x] => volume.Voxels[Index(z, y, x)];

    /// <summary>Gives a voxel an id.</summary>
    public void Set(int z, int y, int x, uint id)
    {
        long at = Index(z, y, x);
        uint old = volume.Voxels[at];
        if (old == id)
            return;
        volume.Voxels[at] = id;
        Voxels++;
        if (_length > 0 && at == _start + _length && _pair == (old, id))
        {
            _length++;
        }
        else
        {
            FlushRun();
            (_start, _length) = (at, 1);
            if (_extent is null || _pair != (old, id))
            {
                _pair = (old, id);
                if (!_extents.TryGetValue(_pair, out _extent))
                    _extents[_pair] = _extent = new Extent();
            }
        }
        _extent!.Add(z, y, x);
    }

    /// <summary>All that was changed.</summary>
    public FrameDelta Finish()
    {
        FlushRun();
        _length = 0;
        var ids = new SortedSet<uint>(_extents.Keys.SelectMany(p => (uint[])[p.Old, p.New]));
        ids.Remove(0);
        IEnumerable<VolumeBox> boxes = _extents.Values.Select(e => e.Box);
        return new FrameDelta(time, _runs.ToArray(), _extents.Count > MostExtents ? [Around(boxes)] : Disjoint(boxes), [.. ids], Voxels);
    }

    private long Index(int z, int y, int x) => ((long)z * volume.Shape.Y + y) * volume.Shape.X + x;

    private void FlushRun()
    {
        if (_length > 0)
            _runs.Add(new VoxelRun(_start, _length, _pair.Old, _pair.New));
    }

    /// <summary>Boxes around all of some, those that meet as the one around both.</summary>
    internal static ImmutableArray<VolumeBox> Disjoint(IEnumerable<VolumeBox> boxes)
    {
        var apart = new List<VolumeBox>();
        foreach (VolumeBox next in boxes.OrderBy(b => (b.Z, b.Y, b.X)))
        {
            VolumeBox box = next;
            for (int n = apart.FindIndex(b => b.Intersect(box).Count > 0); n >= 0; n = apart.FindIndex(b => b.Intersect(box).Count > 0))
            {
                box = Around(box, apart[n]);
                apart.RemoveAt(n);
            }
            apart.Add(box);
        }
        return [.. apart.OrderBy(b => (b.Z, b.Y, b.X))];
    }

    /// <summary>The smallest box around some.</summary>
    internal static VolumeBox Around(IEnumerable<VolumeBox> boxes) => boxes.Aggregate(Around);

    private static VolumeBox Around(VolumeBox a, VolumeBox b)
    {
        int z = Math.Min(a.Z, b.Z), y = Math.Min(a.Y, b.Y), x = Math.Min(a.X, b.X);
        return new VolumeBox(z, y, x, Math.Max(a.EndZ, b.EndZ) - z, Math.Max(a.EndY, b.EndY) - y, Math.Max(a.EndX, b.EndX) - x);
    }

    private sealed class Extent
    {
        private int _z0 = int.MaxValue, _y0 = int.MaxValue, _x0 = int.MaxValue, _z1 = -1, _y1 = -1, _x1 = -1;

        public VolumeBox Box => new(_z0, _y0, _x0, _z1 - _z0 + 1, _y1 - _y0 + 1, _x1 - _x0 + 1);

        public void Add(int z, int y, int x)
        {
            (_z0, _y0, _x0) = (Math.Min(_z0, z), Math.Min(_y0, y), Math.Min(_x0, x));
            (_z1, _y1, _x1) = (Math.Max(_z1, z), Math.Max(_y1, y), Math.Max(_x1, x));
        }
    }
}
