using Cellpose3D.Core2D.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>The light part of the temporal flow: features and masks of two frames in, motion of every pixel out.</summary>
/// <remarks>
/// Three stages. A stem of two convolutions joins the encoder's features with the masks, and mean and deviation over a cell's pixels
/// make its embedding. Cells of both frames within reach are compared (the local correlation of optical flow, between cells, as masks are known):
/// a softmax over a cell's candidates, and none of them, gives a first motion however large it is. A decoder of dilated convolutions sees
/// these motions painted into the masks, so a doubtful cell follows its neighbours, and gives motion, its uncertainty, and events.
/// The same weights look back and ahead. Convolutions may run in bfloat16 (autocast); everything between cells is float32.
/// </remarks>
internal sealed class TemporalHead : Module
{
    private const double LargestLogit = 15, LeastLogScale = -4, LargestLogScale = 2;
    private const int Outputs = 6;

    /// <summary>Painted statistics of the first motion: y, x, log deviations of both, none, sum of squared probabilities.</summary>
    private const int Statistics = 6;

    private static readonly long[] Dilations = [1, 2, 4, 2, 1];          // 1 + 2 * 10 nodes: 5 diameters across

    private readonly Conv2d _stem0, _stem1, _enter, _leave;
    private readonly Linear _embed0, _embed1, _edge0, _edge1, _edge2, _none0, _none1;
    private readonly Conv2d[] _blocks;

    /// <summary>Makes a head with PyTorch's default initial weights.</summary>
    /// <param name="features">Channels of the encoder's map.</param>
    /// <param name="width">Channels of stem and decoder.</param>
    /// <param name="embedding">Length of a cell's embedding.</param>
    public TemporalHead(int features, int width = 48, int embedding = 32)
        : base(AfterLoading(nameof(TemporalHead)))
    {
        (Features, Width, Embedding) = (features, width, embedding);
        _stem0 = Conv2d(features + CellPlane.MaskChannels, width, 3, padding: 1);
        _stem1 = Conv2d(width, width, 3, padding: 1);
        _embed0 = Linear(2 * width + CellPlane.ScalarCount, 2 * embedding);
        _embed1 = Linear(2 * embedding, embedding);
        _edge0 = Linear(2 * embedding + PairGraph.EdgeCount, 64);
        _edge1 = Linear(64, 32);
        _edge2 = Linear(32, 1);
        _none0 = Linear(embedding + PairGraph.SlotCount, 32);
        _none1 = Linear(32, 1);
        _enter = Conv2d(width + CellPlane.MaskChannels + Statistics + PairGraph.SlotCount - 1, width, 1);
        _blocks = [.. Dilations.Select(d => Conv2d(width, width, 3, padding: d, dilation: d))];
        _leave = Conv2d(width, Outputs, 1);
        for (int n = 0; n < _blocks.Length; n++)
            register_module($"block{n}", _blocks[n]);
        foreach ((string name, Module module) in (ReadOnlySpan<(string, Module)>)[
            ("stem0", _stem0), ("stem1", _stem1), ("embed0", _embed0), ("embed1", _embed1), ("edge0", _edge0), ("edge1", _edge1), ("edge2", _edge2),
            ("none0", _none0), ("none1", _none1), ("enter", _enter), ("leave", _leave)])
            register_module(name, module);
    }

    /// <summary>Channels of the encoder's map.</summary>
    public int Features { get; }

    /// <summary>Channels of stem and decoder.</summary>
    public int Width { get; }

    /// <summary>Length of a cell's embedding.</summary>
    public int Embedding { get; }

    /// <summary>Joins features and masks.</summary>
    /// <param name="features">float32 [K, features, h, w]; borrowed.</param>
    /// <param name="masks">float32 [K, masks, h, w]; borrowed.</param>
    /// <returns>float32 [K, width, h, w]; owned by the caller.</returns>
    public Tensor Stem(Tensor features, Tensor masks)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor size = features.square().mean([1], keepdim: true).add_(Scalars.Of(1e-6), Scalars.One).sqrt_();   // a node's features to length 1: the encoder's scale is free
        Tensor x = cat([features / size, masks], 1);
        return functional.relu(_stem1.forward(functional.relu(_stem0.forward(x)))).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Embeds the cells of planes.</summary>
    /// <param name="stem">float32 [K, width, h, w]; borrowed.</param>
    /// <param name="planes">K planes.</param>
    /// <returns>float32 [cells of all planes, embedding]; owned by the caller.</returns>
    public Tensor Embed(Tensor stem, IReadOnlyList<CellPlane> planes)
    {
        using DisposeScope scope = NewDisposeScope();
        int cells = planes.Sum(p => p.Count), nodes = planes[0].Height * planes[0].Width, start = 0;
        int entries = planes.Sum(p => p.EntryCell.Length), at = 0;
        (long[] cell, long[] node, float[] share) = (new long[entries], new long[entries], new float[entries]);
        float[] scalars = new float[cells * CellPlane.ScalarCount];
        for (int k = 0; k < planes.Count; k++)
        {
            for (int n = 0; n < planes[k].EntryCell.Length; n++, at++)
                (cell[at], node[at], share[at]) = (start + planes[k].EntryCell[n], (long)k * nodes + planes[k].EntryNode[n], planes[k].EntryShare[n]);
            for (int n = 0; n < planes[k].Count; n++)
                planes[k].CopyScalars(n, scalars.AsSpan((start + n) * CellPlane.ScalarCount, CellPlane.ScalarCount));
            start += planes[k].Count;
        }
        Device device = stem.device;
        Tensor rows = stem.permute(0, 2, 3, 1).reshape(-1, Width).index_select(0, tensor(node, device: device));
        Tensor place = tensor(cell, device: device), weight = tensor(share, device: device).unsqueeze(1);
        Tensor mean = Gather(cells, place, rows * weight);                                  // [cells, width]
        Tensor deviation = (Gather(cells, place, rows.square() * weight) - mean.square()).clamp(Scalars.Of(0)).add(Scalars.Of(1e-4), Scalars.One).sqrt();
        Tensor x = cat([mean, deviation, tensor(scalars, device: device).view(cells, CellPlane.ScalarCount)], 1);
        return _embed1.forward(functional.relu(_embed0.forward(x))).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Relates the planes of a graph.</summary>
    /// <param name="stem">float32 [K, width, h, w]; borrowed.</param>
    /// <param name="embedding">float32 [cells, embedding]; borrowed.</param>
    /// <param name="graph">Its planes are those K.</param>
    /// <returns>Tensors owned by the caller.</returns>
    public HeadOutput Relate(Tensor stem, Tensor embedding, PairGraph graph)
    {
        using DisposeScope scope = NewDisposeScope();
        Device device = stem.device;
        long slots = graph.SlotCell.Length;
        Tensor slotEmbedding = embedding.index_select(0, tensor(graph.SlotCell, device: device));
        Tensor slotNumbers = tensor(graph.SlotNumbers, device: device).view(slots, PairGraph.SlotCount);
        Tensor noneLogit = _none1.forward(functional.relu(_none0.forward(cat([slotEmbedding, slotNumbers], 1)))).to(ScalarType.Float32).squeeze(1);

        Tensor edge = Compare(embedding, graph);                                            // [edges]
        Tensor arcSlot = tensor(graph.ArcSlot, device: device), step = tensor(graph.ArcStep, device: device).view(-1, 2);
        Tensor weight = cat([edge, edge], 0).exp(), none = Limit(noneLogit).exp();
        Tensor sum = RowSums.Add(none, arcSlot, weight);                                 // [slots]
        Tensor probability = weight / sum.index_select(0, arcSlot), noneProbability = none / sum;

        Tensor some = (Scalars.One - noneProbability).clamp(Scalars.Of(1e-4)).unsqueeze(1);
        Tensor mean = Gather(slots, arcSlot, probability.unsqueeze(1) * step) / some;       // [slots, 2]
        Tensor square = Gather(slots, arcSlot, probability.unsqueeze(1) * step.square()) / some;
        Tensor logDeviation = Scalars.Of(0.5) * (square - mean.square()).clamp(Scalars.Of(1e-4)).log();
        Tensor purity = Gather(slots, arcSlot, probability.square().unsqueeze(1));
        Tensor statistics = cat([mean, logDeviation, noneProbability.unsqueeze(1), purity], 1);

        Tensor entrySlot = tensor(graph.EntrySlot, device: device);
        Tensor raw = Decode(stem, statistics, entrySlot, graph);                            // [entries, 6]
        Tensor motion = mean.index_select(0, entrySlot).Plus(raw.narrow(1, 0, 2));
        Tensor scale = raw.narrow(1, 2, 2).clamp(Scalars.Of(LeastLogScale), Scalars.Of(LargestLogScale));
        Tensor events = Gather(slots, entrySlot, raw.narrow(1, 4, 2) * tensor(graph.EntryShare, device: device).unsqueeze(1));
        return new HeadOutput(
            edge.MoveToOuterDisposeScope(), probability.MoveToOuterDisposeScope(), noneProbability.MoveToOuterDisposeScope(),
            motion.MoveToOuterDisposeScope(), scale.MoveToOuterDisposeScope(), events.MoveToOuterDisposeScope());
    }

    private Tensor Compare(Tensor embedding, PairGraph graph)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor source = embedding.index_select(0, tensor(graph.EdgeSource, device: embedding.device));
        Tensor target = embedding.index_select(0, tensor(graph.EdgeTarget, device: embedding.device));
        Tensor numbers = tensor(graph.EdgeNumbers, device: embedding.device).view(graph.Edges, PairGraph.EdgeCount);
        Tensor x = cat([(source - target).abs(), source * target, numbers], 1);
        x = functional.relu(_edge1.forward(functional.relu(_edge0.forward(x))));
        return Limit(_edge2.forward(x).to(ScalarType.Float32).squeeze(1)).MoveToOuterDisposeScope();
    }

    private Tensor Decode(Tensor stem, Tensor statistics, Tensor entrySlot, PairGraph graph)
    {
        using DisposeScope scope = NewDisposeScope();
        Device device = stem.device;
        int queries = 2 * graph.Pairs.Count, height = graph.Planes[0].Height, width = graph.Planes[0].Width;
        Tensor entryNode = tensor(graph.EntryNode, device: device), paint = tensor(graph.EntryPaint, device: device).unsqueeze(1);
        Tensor painted = Gather((long)queries * height * width, entryNode, statistics.index_select(0, entrySlot) * paint)
            .view(queries, height, width, Statistics).permute(0, 3, 1, 2);
        long[] plane = [.. Enumerable.Range(0, queries).Select(q => (long)graph.PlaneOf(q))];
        float[] masks = [.. plane.SelectMany(k => graph.Planes[(int)k].Masks)];
        Tensor constant = zeros(queries, PairGraph.SlotCount - 1, 1, 1, device: device);
        for (int q = 0; q < queries; q++)                                                   // direction and steps; slots have them behind the border
        {
            constant[q, 0, 0, 0] = q & 1;
            constant[q, Math.Clamp(graph.Pairs[q >> 1].Steps, 1, PairGraph.MostSteps), 0, 0] = 1;
        }
        Tensor x = cat(
            [
                stem.index_select(0, tensor(plane, device: device)), tensor(masks, device: device).view(queries, CellPlane.MaskChannels, height, width), painted,
                constant.expand(queries, PairGraph.SlotCount - 1, height, width),
            ],
            1);
        x = functional.relu(_enter.forward(x));
        foreach (Conv2d block in _blocks)
            x = x.Plus(functional.relu(block.forward(x)));
        return _leave.forward(x).to(ScalarType.Float32).permute(0, 2, 3, 1).reshape(-1, Outputs).index_select(0, entryNode).MoveToOuterDisposeScope();
    }

    /// <summary>Sums rows by their place.</summary>
    private static Tensor Gather(long places, Tensor place, Tensor rows) =>
        RowSums.Add(zeros(places, rows.shape[1], device: rows.device), place, rows);

    private static Tensor Limit(Tensor logit) => Scalars.Of(LargestLogit) * (logit / Scalars.Of(LargestLogit)).tanh();

    // the base class calls into libtorch before this class's constructor has a say
    private static string AfterLoading(string name)
    {
        LibTorch.EnsureLoaded();
        return name;
    }
}
