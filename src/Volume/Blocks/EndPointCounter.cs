using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Collects the end points of one block's voxels.</summary>
/// <param name="voxels">Voxels of the block.</param>
internal sealed class EndPointCounter(int voxels)
{
    private readonly int[] _places = new int[voxels];
    private readonly Dictionary<long, int> _placeOf = [];
    private readonly List<long> _ends = [];
    private readonly List<int> _counts = [];
    private long _lastEnd = -1;
    private int _lastPlace;

    /// <summary>Notes where a voxel's point ended.</summary>
    /// <param name="voxel">Index in the block.</param>
    /// <param name="end">Linear index in the whole volume.</param>
    public void Add(int voxel, long end)
    {
        if (end != _lastEnd)                                             // neighbours mostly end in one voxel
        {
            ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_placeOf, end, out bool known);
            if (!known)
            {
                place = _ends.Count;
                _ends.Add(end);
                _counts.Add(0);
            }
            (_lastEnd, _lastPlace) = (end, place);
        }
        _counts[_lastPlace]++;
        _places[voxel] = _lastPlace + 1;
    }

    /// <summary>The table, and each voxel's place in it from 1, 0 for background.</summary>
    public (VoxelTable Table, int[] Places) Finish(int threads)
    {
        long[] ends = [.. _ends];
        int[] order = [.. Enumerable.Range(0, ends.Length)];
        Array.Sort(ends, order);
        int[] counts = Array.ConvertAll(order, n => _counts[n]);
        int[] placeNow = new int[order.Length + 1];
        for (int n = 0; n < order.Length; n++)
            placeNow[order[n] + 1] = n + 1;
        ParallelWork.Ranges(_places.Length, 1 << 16, threads, (from, to) =>
        {
            foreach (ref int place in _places.AsSpan(from, to - from))
                place = placeNow[place];
        });
        return (new VoxelTable(ends, counts), _places);
    }
}
