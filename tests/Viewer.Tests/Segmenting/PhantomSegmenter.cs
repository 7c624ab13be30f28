using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Core2D.Flows;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Segmenting;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Segmenting;

/// <summary>Discs in an image, and a network that knows them: exact flows, and a logit that falls from each middle to -2 at the rim and beyond.</summary>
internal sealed class PhantomSegmenter : ISegmenter
{
    public const int Height = 96, Width = 120, Radius = 10;

    /// <summary>Middles of the discs, in the order of their first pixels.</summary>
    public static readonly (int Y, int X)[] Middles = [(20, 22), (22, 62), (24, 100), (60, 30), (62, 84)];

    private readonly SemaphoreSlim _mayRun = new(0);

    /// <summary>Whether runs wait until <see cref="LetRun"/>.</summary>
    public bool Waits { get; init; }

    /// <summary>How long making masks takes besides.</summary>
    public TimeSpan MaskTime { get; init; }

    /// <summary>How often the network ran.</summary>
    public int Runs { get; private set; }

    /// <summary>Thresholds that masks were made with, in this order.</summary>
    public List<MaskThresholds> Thresholds { get; } = [];

    /// <summary>What was asked for last.</summary>
    public SegmentationRequest? Request { get; private set; }

    public bool IsDisposed { get; private set; }

    public IReadOnlyList<string> Models => ["discs", "nothing"];

    public IReadOnlyList<string> Channels => ["image"];

    /// <summary>The number of the disc at a pixel, 0 for none.</summary>
    public static int DiscAt(int y, int x) => 1 + Array.FindIndex(Middles, m => Away(m, y, x) <= Radius);

    /// <summary>The image: float32 [Y, X].</summary>
    public static NdArray<float> Image() => Of((y, x) => DiscAt(y, x) > 0 ? 900 + x % 5 : 100 + (x + y) % 9);

    public void LetRun() => _mayRun.Release();

    public double EstimateDiameter(SegmentationRequest request, IProgress<SegmentationProgress> progress, CancellationToken cancellationToken) =>
        request.Model == "discs" ? 2 * Radius : throw new SegmentationException($"there is no model '{request.Model}'.");

    public INetworkOutput RunNetwork(SegmentationRequest request, IProgress<SegmentationProgress> progress, CancellationToken cancellationToken)
    {
        (Request, Runs) = (request, Runs + 1);
        progress.Report(new SegmentationProgress(0.25f, "network"));
        if (Waits)
            _mayRun.Wait(cancellationToken);
        return request.Model == "discs" ? new Output(this, request) : throw new SegmentationException($"there is no model '{request.Model}'.");
    }

    public void Dispose()
    {
        IsDisposed = true;
        _mayRun.Dispose();
    }

    private static NdArray<float> Of(Func<int, int, float> value) =>
        new([.. Enumerable.Range(0, Height * Width).Select(i => value(i / Width, i % Width))], Height, Width);

    private static double Away((int Y, int X) middle, int y, int x) => Math.Sqrt((y - middle.Y) * (y - middle.Y) + (x - middle.X) * (x - middle.X));

    private sealed class Output(PhantomSegmenter owner, SegmentationRequest request) : INetworkOutput
    {
        private readonly NdArray<float> _cellProb = Of((y, x) => (float)(Middles.Max(m => Radius - Away(m, y, x)) is var inside && inside >= 0 ? 0.05 + inside : -2));
        private readonly NdArray<float> _flows = FlowsOf();

        public double Diameter => request.Diameter ?? 2 * Radius;

        public IReadOnlyList<FoundCells> MakeMasks(MaskThresholds thresholds, IProgress<SegmentationProgress> progress, CancellationToken cancellationToken)
        {
            owner.Thresholds.Add(thresholds);
            cancellationToken.WaitHandle.WaitOne(owner.MaskTime);
            cancellationToken.ThrowIfCancellationRequested();
            var options = new DynamicsOptions { CellProbThreshold = thresholds.CellProb, FlowThreshold = thresholds.Flow ?? 0, MinSize = thresholds.MinSize };
            var box = request.Box ?? new VolumeBox(request.Plane, 0, 0, 1, Height, Width);
            NdArray<float> flows = new(2, box.Height, box.Width), cellProb = new(box.Height, box.Width);
            for (int y = 0; y < box.Height; y++)
            {
                int from = (box.Y + y) * Width + box.X;
                _cellProb.Span.Slice(from, box.Width).CopyTo(cellProb.Span[(y * box.Width)..]);
                for (int c = 0; c < 2; c++)
                    _flows.Plane(c).Slice(from, box.Width).CopyTo(flows.Plane(c)[(y * box.Width)..]);
            }
            int[] labels = MaskMaker.Make(flows, cellProb, options, null, cancellationToken).Labels.Data;
            return [new FoundCells(request.Time, box, labels, labels.Max())];
        }

        public (NdArray<float> Flows, NdArray<float> CellProb)? PlaneAt(int time, int z) => (time, z) == (request.Time, request.Plane) ? (_flows, _cellProb) : null;

        private static NdArray<float> FlowsOf()
        {
            int[] labels = [.. Enumerable.Range(0, Height * Width).Select(i => DiscAt(i / Width, i % Width))];
            NdArray<float> flows = MasksToFlows.Compute(new NdArray<int>(labels, Height, Width), null);
            return new NdArray<float>([.. flows.Data.Select(v => 5 * v)], 2, Height, Width);
        }
    }
}
