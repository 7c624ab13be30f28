namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>Pairs of planes as the flat index lists that the head computes on.</summary>
/// <remarks>
/// A slot is a cell of a pair seen in one direction: the later plane's cells look back (direction 0), the earlier one's look ahead
/// (direction 1). An edge joins an earlier and a later cell that may be the same; it is an arc of both cells' slots. Queries are the maps
/// that the decoder runs on: for each pair the later plane, then the earlier one.
/// </remarks>
internal sealed class PairGraph
{
    /// <summary>The farthest two cells may lie apart, drift taken off, in diameters.</summary>
    public const float Reach = 3.5f;

    /// <summary>Numbers that describe an edge besides the cells' embeddings.</summary>
    public const int EdgeCount = 16;

    /// <summary>Numbers that describe a slot besides the cell's embedding.</summary>
    public const int SlotCount = 5;

    /// <summary>Frames skipped that the head tells apart; more count as the last.</summary>
    public const int MostSteps = 3;

    private PairGraph(IReadOnlyList<CellPlane> planes, IReadOnlyList<FramePair> pairs)
    {
        Planes = planes;
        Pairs = pairs;
        CellStart = new int[planes.Count + 1];
        for (int k = 0; k < planes.Count; k++)
            CellStart[k + 1] = CellStart[k] + planes[k].Count;
    }

    /// <summary>The planes, all of one size.</summary>
    public IReadOnlyList<CellPlane> Planes { get; }

    /// <summary>The pairs.</summary>
    public IReadOnlyList<FramePair> Pairs { get; }

    /// <summary>Number of each plane's first cell among all; one more entry holds the sum.</summary>
    public int[] CellStart { get; }

    /// <summary>Slot of the first cell of each query; one more entry holds the number of slots.</summary>
    public int[] SlotStart { get; private set; } = [];

    /// <summary>For each slot, its cell among all.</summary>
    public long[] SlotCell { get; private set; } = [];

    /// <summary>float32 [slots, <see cref="SlotCount"/>].</summary>
    public float[] SlotNumbers { get; private set; } = [];

    /// <summary>For each edge, the earlier cell among all.</summary>
    public long[] EdgeSource { get; private set; } = [];

    /// <summary>For each edge, the later cell among all.</summary>
    public long[] EdgeTarget { get; private set; } = [];

    /// <summary>For each edge, its pair.</summary>
    public int[] EdgePair { get; private set; } = [];

    /// <summary>float32 [edges, <see cref="EdgeCount"/>].</summary>
    public float[] EdgeNumbers { get; private set; } = [];

    /// <summary>For each arc, its slot: the edges looked at from the later cell, then the same from the earlier one.</summary>
    public long[] ArcSlot { get; private set; } = [];

    /// <summary>float32 [arcs, 2]: where the other cell lies, drift taken off, in diameters.</summary>
    public float[] ArcStep { get; private set; } = [];

    /// <summary>For each entry of each query, its slot.</summary>
    public long[] EntrySlot { get; private set; } = [];

    /// <summary>For each entry of each query, its node among those of all queries.</summary>
    public long[] EntryNode { get; private set; } = [];

    /// <summary>For each entry of each query, its share of the cell.</summary>
    public float[] EntryShare { get; private set; } = [];

    /// <summary>For each entry of each query, its share of the node.</summary>
    public float[] EntryPaint { get; private set; } = [];

    /// <summary>Number of edges.</summary>
    public int Edges => EdgePair.Length;

    /// <summary>The plane of a query.</summary>
    public int PlaneOf(int query) => (query & 1) == 0 ? Pairs[query >> 1].Later : Pairs[query >> 1].Earlier;

    /// <summary>Builds the lists.</summary>
    /// <param name="planes">Planes of one size; borrowed.</param>
    /// <param name="pairs">Which of them are related; borrowed.</param>
    public static PairGraph Build(IReadOnlyList<CellPlane> planes, IReadOnlyList<FramePair> pairs)
    {
        var graph = new PairGraph(planes, pairs);
        graph.MakeSlots();
        graph.MakeEntries();
        graph.MakeEdges();
        return graph;
    }

    private void MakeSlots()
    {
        SlotStart = new int[2 * Pairs.Count + 1];
        for (int q = 0; q < 2 * Pairs.Count; q++)
            SlotStart[q + 1] = SlotStart[q] + Planes[PlaneOf(q)].Count;
        SlotCell = new long[SlotStart[^1]];
        SlotNumbers = new float[SlotCell.Length * SlotCount];
        for (int q = 0; q < 2 * Pairs.Count; q++)
        {
            CellPlane plane = Planes[PlaneOf(q)];
            for (int n = 0; n < plane.Count; n++)
            {
                int slot = SlotStart[q] + n;
                SlotCell[slot] = CellStart[PlaneOf(q)] + n;
                Span<float> numbers = SlotNumbers.AsSpan(slot * SlotCount, SlotCount);
                numbers[0] = plane.Border[n];
                numbers[1] = q & 1;
                numbers[1 + StepIndex(Pairs[q >> 1])] = 1;               // 2, 3, 4
            }
        }
    }

    private void MakeEntries()
    {
        int queries = 2 * Pairs.Count, count = Enumerable.Range(0, queries).Sum(q => Planes[PlaneOf(q)].EntryCell.Length), at = 0;
        (EntrySlot, EntryNode, EntryShare, EntryPaint) = (new long[count], new long[count], new float[count], new float[count]);
        for (int q = 0; q < queries; q++)
        {
            CellPlane plane = Planes[PlaneOf(q)];
            for (int n = 0; n < plane.EntryCell.Length; n++, at++)
            {
                EntrySlot[at] = SlotStart[q] + plane.EntryCell[n];
                EntryNode[at] = (long)q * plane.Height * plane.Width + plane.EntryNode[n];
                (EntryShare[at], EntryPaint[at]) = (plane.EntryShare[n], plane.EntryPaint[n]);
            }
        }
    }

    private void MakeEdges()
    {
        var found = new List<(int Pair, int Source, int Target)>();
        for (int p = 0; p < Pairs.Count; p++)
        {
            CellPlane earlier = Planes[Pairs[p].Earlier], later = Planes[Pairs[p].Later];
            Detections.PointUm[] moved = [.. Enumerable.Range(0, earlier.Count).Select(u => new Detections.PointUm(0, earlier.CentreY[u] + Pairs[p].DriftY, earlier.CentreX[u] + Pairs[p].DriftX))];
            var grid = new NeighbourGrid(moved, Reach);
            for (int v = 0; v < later.Count; v++)
            {
                if (!later.Present[v])
                    continue;
                foreach (int u in grid.Nearest(new Detections.PointUm(0, later.CentreY[v], later.CentreX[v]), int.MaxValue).Select(n => n.Index).Order())
                {
                    if (earlier.Present[u])
                        found.Add((p, u, v));
                }
            }
        }
        (EdgeSource, EdgeTarget, EdgePair) = (new long[found.Count], new long[found.Count], new int[found.Count]);
        EdgeNumbers = new float[found.Count * EdgeCount];
        ArcSlot = new long[2 * found.Count];
        ArcStep = new float[4 * found.Count];
        for (int e = 0; e < found.Count; e++)
        {
            (int p, int u, int v) = found[e];
            FramePair pair = Pairs[p];
            CellPlane earlier = Planes[pair.Earlier], later = Planes[pair.Later];
            (EdgePair[e], EdgeSource[e], EdgeTarget[e]) = (p, CellStart[pair.Earlier] + u, CellStart[pair.Later] + v);
            (ArcSlot[e], ArcSlot[found.Count + e]) = (SlotStart[2 * p] + v, SlotStart[2 * p + 1] + u);
            float y = earlier.CentreY[u] + pair.DriftY - later.CentreY[v], x = earlier.CentreX[u] + pair.DriftX - later.CentreX[v];
            (ArcStep[2 * e], ArcStep[2 * e + 1]) = (y, x);
            (ArcStep[2 * (found.Count + e)], ArcStep[2 * (found.Count + e) + 1]) = (-y, -x);
            Describe(EdgeNumbers.AsSpan(e * EdgeCount, EdgeCount), earlier, u, later, v, y, x, pair);
        }
    }

    private static void Describe(Span<float> numbers, CellPlane earlier, int u, CellPlane later, int v, float y, float x, FramePair pair)
    {
        float distance = MathF.Sqrt(y * y + x * x), area = later.LogArea[v] - earlier.LogArea[u], light = later.LogIntensity[v] - earlier.LogIntensity[u];
        numbers[0] = y;
        numbers[1] = x;
        numbers[2] = distance;
        numbers[3] = MathF.Min(distance, 0.5f);
        numbers[4] = area;
        numbers[5] = MathF.Abs(area);
        numbers[6] = MathF.Abs(area + MathF.Log(2));                     // a daughter
        numbers[7] = light;
        numbers[8] = MathF.Abs(light);
        for (int k = 0; k < 3; k++)
            numbers[9 + k] = MathF.Abs(later.Shape[v * 3 + k] - earlier.Shape[u * 3 + k]);
        numbers[12] = MathF.Min(earlier.Border[u], later.Border[v]);
        numbers[12 + StepIndex(pair)] = 1;                               // 13, 14, 15
    }

    private static int StepIndex(FramePair pair) => Math.Clamp(pair.Steps, 1, MostSteps);
}
