using Cellpose3D.IO.Weights;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Metrics;
using Cellpose3D.Tracking.Synthesis;
using Cellpose3D.Tracking.TemporalFlow;
using Cellpose3D.Tracking.TemporalFlow.Learned;
using TorchSharp;

namespace Cellpose3D.Tracking.Tests.TemporalFlow.Learned;

public sealed class ShippedHeadTests
{
    // seeds of no movie that the head was trained or calibrated on: those are drawn from 64-bit streams

    [Fact]
    public void Track_CellsThatJumpADiameter_BeatsTheTrainingFreeFlow()
    {
        var options = new TimelapseOptions { Seed = 903, Motion = 1.0, Frames = 12, Height = 192, Width = 192, Diameter = 20 };

        (double learned, double free) = (Lnk(options, learned: true), Lnk(options, learned: false));

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"LNK {learned:f3} learned, {free:f3} training-free"));
        Assert.True(learned > free + 0.05, FormattableString.Invariant($"LNK {learned:f3} learned, {free:f3} training-free"));
    }

    [Fact]
    public void Track_Volume_IsAtLeastAsGoodAsTheTrainingFreeFlow()
    {
        var options = new TimelapseOptions { Seed = 71, Motion = 0.8, Frames = 5, Depth = 24, Height = 72, Width = 72, Diameter = 14, Anisotropy = 1 };

        (double learned, double free) = (Lnk(options, learned: true), Lnk(options, learned: false));

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"LNK {learned:f3} learned, {free:f3} training-free"));
        Assert.True(learned >= free, FormattableString.Invariant($"LNK {learned:f3} learned, {free:f3} training-free"));
    }

    private static double Lnk(TimelapseOptions movieOptions, bool learned)
    {
        var options = new TrackerOptions();
        using TemporalModel model = TemporalModelFile.Read(Path.Combine(Golden.Root, "data", "models", "temporal.safetensors"), torch.CPU);
        using var flow = new LearnedTemporalFlow(model, options.Flow());
        var tracker = new Tracker(options, learned ? flow : new TrainingFreeFlow(options.Flow()));
        var movie = new SyntheticMovie(movieOptions);
        SyntheticFrame[] frames = [.. movie.Frames()];
        var degrader = new MaskDegrader(new MaskDefects(), 1);           // no defects, but labels that tell nothing
        DegradedFrame[] seen = [.. frames.Select(f => degrader.Degrade(f.Labels, f.Index))];
        for (int t = 0; t < frames.Length; t++)
            tracker.Add(seen[t].Labels, frames[t].Image);
        TrackSet tracks = TrackSet.Build(tracker.Finish(), splitAtGaps: true);
        var evaluator = new CtcEvaluator();
        for (int t = 0; t < frames.Length; t++)
            evaluator.AddFrame(frames[t].Labels, TrackPainter.Paint(seen[t].Labels, t, tracker.Solution.Detections, tracks));
        return evaluator.Score(movie.Rows, tracks.Rows()).Lnk!.Value;
    }
}
