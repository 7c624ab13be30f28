using Cellpose3D.Core2D;

namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>Adds up what the head says of planes into what it says of cells.</summary>
internal sealed class EvidenceSum
{
    private readonly bool _keepSamples;
    private readonly Side _back, _ahead;
    private readonly SortedDictionary<(int Target, int Source), Edge> _edges = [];

    /// <summary>Starts with nothing.</summary>
    /// <param name="sources">Number of earlier cells.</param>
    /// <param name="targets">Number of later cells.</param>
    /// <param name="keepSamples">Whether pixels stay apart, as they can where there is one plane; else each cell becomes one sample.</param>
    public EvidenceSum(int sources, int targets, bool keepSamples)
    {
        _keepSamples = keepSamples;
        (_back, _ahead) = (new Side(targets), new Side(sources));
    }

    /// <summary>Adds planes.</summary>
    /// <param name="graph">Pairs of planes.</param>
    /// <param name="output">What the head says of them; borrowed.</param>
    /// <param name="rowAxis">The volume's axis of the planes' rows.</param>
    /// <param name="columnAxis">The volume's axis of their columns.</param>
    public void Add(PairGraph graph, HeadOutput output, int rowAxis, int columnAxis)
    {
        float[] logit = TensorInterop.ToArray(output.EdgeLogit).Data, probability = TensorInterop.ToArray(output.ArcProbability).Data;
        float[] motion = TensorInterop.ToArray(output.Motion).Data, logScale = TensorInterop.ToArray(output.LogScale).Data, events = TensorInterop.ToArray(output.Events).Data;
        float[] area = SlotAreas(graph);
        for (int q = 0; q < 2 * graph.Pairs.Count; q++)
        {
            for (int slot = graph.SlotStart[q]; slot < graph.SlotStart[q + 1]; slot++)
                SideOf(q).AddEvents(slot - graph.SlotStart[q], area[slot], events[2 * slot], events[2 * slot + 1]);
        }
        int query = 0;
        for (int n = 0; n < graph.EntrySlot.Length; n++)
        {
            int slot = (int)graph.EntrySlot[n];
            while (slot >= graph.SlotStart[query + 1])
                query++;
            SideOf(query).AddSample(
                slot - graph.SlotStart[query], area[slot] * graph.EntryShare[n], rowAxis, motion[2 * n], MathF.Exp(logScale[2 * n]),
                columnAxis, motion[2 * n + 1], MathF.Exp(logScale[2 * n + 1]));
        }
        for (int e = 0; e < graph.Edges; e++)
        {
            FramePair pair = graph.Pairs[graph.EdgePair[e]];
            int u = (int)graph.EdgeSource[e] - graph.CellStart[pair.Earlier], v = (int)graph.EdgeTarget[e] - graph.CellStart[pair.Later];
            if (!_edges.TryGetValue((v, u), out Edge? edge))
                _edges[(v, u)] = edge = new Edge();
            float areaBack = area[graph.ArcSlot[e]], areaAhead = area[graph.ArcSlot[graph.Edges + e]], common = Math.Min(areaBack, areaAhead);
            edge.Weight += common;
            edge.Logit += common * logit[e];
            edge.Back += areaBack * probability[e];
            edge.Ahead += areaAhead * probability[graph.Edges + e];
            edge.Step[rowAxis] = graph.ArcStep[2 * e];
            edge.Step[columnAxis] = graph.ArcStep[2 * e + 1];
        }
    }

    /// <summary>What all planes say.</summary>
    public PairEvidence Finish()
    {
        var edges = new List<(int, int, float, float, float, float, float, float)>(_edges.Count);
        foreach (((int v, int u), Edge edge) in _edges)
        {
            edges.Add((
                u, v, (float)(edge.Logit / Math.Max(edge.Weight, 1e-9)), Log(edge.Back / _back.Area[v]), Log(edge.Ahead / _ahead.Area[u]),
                edge.Step[0], edge.Step[1], edge.Step[2]));
        }
        return new PairEvidence(
            edges, Samples(back: true), Samples(back: false), (_back.Events(0), _back.Events(1), _ahead.Events(0), _ahead.Events(1)));

        static float Log(double share) => (float)Math.Log(Math.Max(share, 1e-9));
    }

    /// <summary>Where cells are carried.</summary>
    /// <param name="back">Of the later cells, else of the earlier ones.</param>
    internal FlowSamples Samples(bool back) => (back ? _back : _ahead).Samples(_keepSamples);

    private Side SideOf(int query) => (query & 1) == 0 ? _back : _ahead;

    private static float[] SlotAreas(PairGraph graph)
    {
        float[] areas = new float[graph.SlotCell.Length];
        for (int q = 0; q < 2 * graph.Pairs.Count; q++)
        {
            CellPlane plane = graph.Planes[graph.PlaneOf(q)];
            for (int n = 0; n < plane.EntryCell.Length; n++)
                areas[graph.SlotStart[q] + plane.EntryCell[n]] += plane.EntryCover[n];
        }
        return areas;
    }

    private sealed class Edge
    {
        public double Weight { get; set; }

        public double Logit { get; set; }

        public double Back { get; set; }

        public double Ahead { get; set; }

        public float[] Step { get; } = new float[3];
    }

    /// <summary>Sums over the cells of one frame.</summary>
    private sealed class Side(int cells)
    {
        private readonly double[] _events = new double[2 * cells], _precise = new double[3 * cells], _motion = new double[3 * cells], _weight = new double[3 * cells];
        private readonly List<(int Cell, float Share, float[] Motion, float[] Scale)> _samples = [];

        public double[] Area { get; } = new double[cells];

        public void AddEvents(int cell, float area, float none, float division)
        {
            Area[cell] += area;
            _events[2 * cell] += area * none;
            _events[2 * cell + 1] += area * division;
        }

        public void AddSample(int cell, float weight, int rowAxis, float y, float scaleY, int columnAxis, float x, float scaleX)
        {
            float[] motion = new float[3], scale = [1, 1, 1];
            (motion[rowAxis], motion[columnAxis], scale[rowAxis], scale[columnAxis]) = (y, x, scaleY, scaleX);
            _samples.Add((cell, weight, motion, scale));
            Add(rowAxis, y, scaleY);
            Add(columnAxis, x, scaleX);

            void Add(int axis, float value, float spread)
            {
                double precision = weight / (2.0 * spread * spread);     // a Laplace scale b has the variance 2 b^2
                _precise[3 * cell + axis] += precision;
                _motion[3 * cell + axis] += precision * value;
                _weight[3 * cell + axis] += weight;
            }
        }

        public float[] Events(int kind) =>
            [.. Enumerable.Range(0, cells).Select(n => (float)Math.Clamp(Area[n] > 0 ? _events[2 * n + kind] / Area[n] : 0, -8, 8))];

        public FlowSamples Samples(bool apart)
        {
            if (apart)
            {
                (int Cell, float Share, float[] Motion, float[] Scale)[] sorted = [.. _samples.OrderBy(s => s.Cell)];
                return new FlowSamples(
                    [.. sorted.Select(s => s.Cell)], [.. sorted.Select(s => (float)(s.Share / Area[s.Cell]))],
                    [.. sorted.SelectMany(s => s.Motion)], [.. sorted.SelectMany(s => s.Scale)]);
            }
            int[] seen = [.. Enumerable.Range(0, cells).Where(n => Area[n] > 0)];
            var motions = new float[3 * seen.Length];
            var scales = new float[3 * seen.Length];
            for (int i = 0; i < motions.Length; i++)
            {
                int at = 3 * seen[i / 3] + i % 3;
                bool known = _precise[at] > 0;
                motions[i] = known ? (float)(_motion[at] / _precise[at]) : 0;
                scales[i] = known ? (float)Math.Sqrt(_weight[at] / _precise[at] / 2) : 1;
            }
            return new FlowSamples(seen, [.. seen.Select(_ => 1f)], motions, scales);
        }
    }
}
