using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Synthesis;
using Cellpose3D.Volume.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>Makes mistakes in true masks, as a segmentation does, and says which.</summary>
/// <remarks>Each frame draws from a stream of its own: frames can be made in any order, the same on every machine.</remarks>
public sealed class MaskDegrader
{
    private readonly MaskDefects _defects;
    private readonly SynthesisRandom _root;

    /// <summary>Prepares for a movie.</summary>
    /// <param name="defects">How often which mistake is made.</param>
    /// <param name="seed">Decides where.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not 0 to 1.</exception>
    public MaskDegrader(MaskDefects defects, long seed)
    {
        defects.Validate();
        (_defects, _root) = (defects, new SynthesisRandom((ulong)seed).Fork(78));
    }

    /// <summary>Degrades one frame.</summary>
    /// <param name="truth">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</param>
    /// <param name="frame">Its number.</param>
    public DegradedFrame Degrade(NdArray<int> truth, int frame)
    {
        SynthesisRandom random = _root.Fork(frame);
        var work = new Work(truth);
        int[] cells = [.. work.Members.Keys];
        foreach (int cell in cells)
        {
            bool isMissed = random.Chance(_defects.Missed), isSplit = random.Chance(_defects.Split), isMerged = random.Chance(_defects.Merged);
            Point3 direction = SeedPoints.Direction(random);
            if (isMissed)
                work.Remove(cell);
            else if (isMerged)
                work.MergeWithNeighbour(cell);
            else if (isSplit)
                work.Split(cell, direction);
        }
        foreach (int cell in (int[])[.. work.Members.Keys])
        {
            double draw = random.Uniform();
            int voxels = random.Whole(1, 2);
            if (draw < _defects.Eroded)
                work.Erode(cell, voxels);
            else if (draw < _defects.Eroded + _defects.Dilated)
                work.Dilate(cell, voxels);
        }
        int count = cells.Length == 0 ? 0 : (int)random.Poisson(_defects.False * cells.Length);
        for (int n = 0; n < count; n++)
            work.AddFalse(random, cells.Length);
        return work.Finish(_defects.Shuffled ? random : null);
    }

    /// <summary>The masks while they are changed; numbers above the true labels are new masks.</summary>
    private sealed class Work
    {
        private readonly NdArray<int> _labels;
        private readonly int _depth, _height, _width;
        private readonly SortedDictionary<int, SortedSet<int>> _sources = [];
        private readonly double _radius;
        private int _last;

        public Work(NdArray<int> truth)
        {
            _labels = truth.Clone();
            (_depth, _height, _width) = (truth.Rank == 3 ? truth.Shape[0] : 1, truth.Shape[^2], truth.Shape[^1]);
            for (int at = 0; at < _labels.Length; at++)
            {
                int label = _labels.Data[at];
                if (label == 0)
                    continue;
                if (!Members.TryGetValue(label, out List<int>? list))
                    Members[label] = list = [];
                list.Add(at);
            }
            foreach (int label in Members.Keys)
                (_sources[label], _last) = ([label], label);
            double size = Members.Count == 0 ? 0 : Members.Values.Average(m => m.Count);
            _radius = _depth == 1 ? Math.Sqrt(size / Math.PI) : PortableMath.Pow(size * 0.75 / Math.PI, 1.0 / 3);
        }

        /// <summary>Voxels of each mask.</summary>
        public SortedDictionary<int, List<int>> Members { get; } = [];

        public void Remove(int label)
        {
            if (!Members.Remove(label, out List<int>? voxels))
                return;
            foreach (int at in voxels)
                _labels.Data[at] = 0;
            _sources.Remove(label);
        }

        /// <summary>Gives the mask to the neighbour it shares most faces with, if it touches one.</summary>
        public void MergeWithNeighbour(int label)
        {
            if (!Members.TryGetValue(label, out List<int>? voxels))
                return;
            var contacts = new SortedDictionary<int, int>();
            foreach (int at in voxels)
            {
                foreach (int beside in Faces(at))
                {
                    int other = _labels.Data[beside];
                    if (other != 0 && other != label)
                        contacts[other] = contacts.GetValueOrDefault(other) + 1;
                }
            }
            if (contacts.Count == 0)
                return;
            int heir = contacts.OrderByDescending(c => c.Value).ThenBy(c => c.Key).First().Key;
            foreach (int at in voxels)
                _labels.Data[at] = heir;
            Members[heir].AddRange(voxels);
            _sources[heir].UnionWith(_sources[label]);
            Members.Remove(label);
            _sources.Remove(label);
        }

        /// <summary>Cuts a mask through its middle.</summary>
        public void Split(int label, Point3 direction)
        {
            if (!Members.TryGetValue(label, out List<int>? voxels) || voxels.Count < 40)
                return;
            double z = voxels.Average(at => (double)(at / (_height * _width))), y = voxels.Average(at => (double)(at / _width % _height)), x = voxels.Average(at => (double)(at % _width));
            List<int> cut = voxels.FindAll(at => (at / (_height * _width) - z) * direction.Z + (at / _width % _height - y) * direction.Y + (at % _width - x) * direction.X > 0);
            if (cut.Count < 15 || voxels.Count - cut.Count < 15)
                return;
            int part = ++_last;
            foreach (int at in cut)
                _labels.Data[at] = part;
            voxels.RemoveAll(at => _labels.Data[at] == part);
            Members[part] = cut;
            _sources[part] = [.. _sources[label]];
        }

        public void Erode(int label, int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                List<int> voxels = Members[label], edge = voxels.FindAll(at => Faces(at).Any(beside => _labels.Data[beside] != label));
                if (voxels.Count - edge.Count < TruthCleanup.SmallestCell)
                    return;
                foreach (int at in edge)
                    _labels.Data[at] = 0;
                voxels.RemoveAll(at => _labels.Data[at] == 0);
            }
        }

        public void Dilate(int label, int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                List<int> voxels = Members[label];
                var rim = new List<int>();
                foreach (int at in voxels)
                {
                    foreach (int beside in Faces(at))
                    {
                        if (_labels.Data[beside] != 0)
                            continue;
                        _labels.Data[beside] = label;
                        rim.Add(beside);
                    }
                }
                voxels.AddRange(rim);
            }
        }

        public void AddFalse(SynthesisRandom random, int attempts)
        {
            double radius = Math.Max(2, _radius * random.Uniform(0.4, 1));
            for (int attempt = 0; attempt < Math.Min(20, attempts + 5); attempt++)
            {
                double z = random.Uniform(0, _depth - 1), y = random.Uniform(0, _height - 1), x = random.Uniform(0, _width - 1);
                List<int> ball = Ball(z, y, x, radius);
                if (ball.Count < 2 * TruthCleanup.SmallestCell || ball.Any(at => _labels.Data[at] != 0))
                    continue;
                int label = ++_last;
                foreach (int at in ball)
                    _labels.Data[at] = label;
                Members[label] = ball;
                _sources[label] = [];
                return;
            }
        }

        /// <summary>One piece for each mask, numbered from 1.</summary>
        public DegradedFrame Finish(SynthesisRandom? shuffle)
        {
            TruthCleanup.KeepLargest(_labels.Data, _depth, _height, _width);
            var left = new SortedSet<int>(_labels.Data);
            left.Remove(0);
            int[] numbers = [.. Enumerable.Range(1, left.Count)];
            for (int n = numbers.Length - 1; n > 0 && shuffle is not null; n--)
            {
                int other = shuffle.Whole(0, n);
                (numbers[n], numbers[other]) = (numbers[other], numbers[n]);
            }
            Dictionary<int, int> names = left.Zip(numbers).ToDictionary(p => p.First, p => p.Second);
            foreach (ref int label in _labels.Span)
                label = label == 0 ? 0 : names[label];
            return new DegradedFrame(_labels, [.. names.Select(n => new DegradedMask(n.Value, [.. _sources[n.Key]])).OrderBy(m => m.Label)]);
        }

        private List<int> Ball(double z, double y, double x, double radius)
        {
            var ball = new List<int>();
            for (int v = Math.Max(0, (int)(z - radius)); v <= Math.Min(_depth - 1, z + radius); v++)
            {
                for (int r = Math.Max(0, (int)(y - radius)); r <= Math.Min(_height - 1, y + radius); r++)
                {
                    for (int c = Math.Max(0, (int)(x - radius)); c <= Math.Min(_width - 1, x + radius); c++)
                    {
                        if ((v - z) * (v - z) + (r - y) * (r - y) + (c - x) * (c - x) <= radius * radius)
                            ball.Add((v * _height + r) * _width + c);
                    }
                }
            }
            return ball;
        }

        private IEnumerable<int> Faces(int at)
        {
            int x = at % _width, y = at / _width % _height, z = at / (_height * _width);
            if (x > 0)
                yield return at - 1;
            if (x < _width - 1)
                yield return at + 1;
            if (y > 0)
                yield return at - _width;
            if (y < _height - 1)
                yield return at + _width;
            if (z > 0)
                yield return at - _height * _width;
            if (z < _depth - 1)
                yield return at + _height * _width;
        }
    }
}
