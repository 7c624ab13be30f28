using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.TemporalFlow.Learned;
using Cellpose3D.Tracking.TemporalFlow.Learned.Training;
using TorchSharp;

namespace Cellpose3D.Tracking.Tests.TemporalFlow.Learned;

public sealed class LearnedTemporalFlowTests
{
    [Fact]
    public void Propose_AnyThreadCount_GivesTheSameBits()
    {
        using TemporalModel model = Judging();
        TemporalMovie movie = JumpingCells.Make(5, side: 128, frames: 4, cells: 20);

        ScoredLink[] one = Links(model, movie, threads: 1), two = Links(model, movie, threads: 2);

        Assert.NotEmpty(one);
        Assert.Equal(one, two);
    }

    [Fact]
    public void Propose_AnyThreadCountOfLibtorch_DiffersByRoundingAtMost()
    {
        // libtorch splits sums by its own threads, which are the process's and no option of ours
        const double rounding = 1e-5;
        int threads = torch.get_num_threads();
        using TemporalModel model = Judging();
        TemporalMovie movie = JumpingCells.Make(5, side: 96, frames: 3, cells: 12);
        try
        {
            torch.set_num_threads(1);
            ScoredLink[] one = Links(model, movie, threads: 1);
            torch.set_num_threads(2);
            ScoredLink[] two = Links(model, movie, threads: 1);

            Assert.Equal(one.Select(l => (l.Source, l.Target)), two.Select(l => (l.Source, l.Target)));
            Assert.All(one.Zip(two), pair => Assert.Equal(pair.First.Probability, pair.Second.Probability, rounding));
        }
        finally
        {
            torch.set_num_threads(threads);
        }
    }

    [Fact]
    public void Propose_LongMovie_HoldsFewFramesAndFreesThem()
    {
        using TemporalModel model = Judging();
        TemporalMovie movie = JumpingCells.Make(6, side: 64, frames: 9, cells: 6);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var alive = new List<long>();

        using (var flow = new LearnedTemporalFlow(model))
        {
            var tracker = new Tracker(null, flow);
            for (int t = 0; t < movie.Labels.Count; t++)
            {
                tracker.Add(movie.Labels[t], movie.Images[t]);
                alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount - before);
            }
            tracker.Finish();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.InRange(alive.Max(), 2, 2 * 5);                           // a stem and embeddings of the frames that may still be asked for
        Assert.Equal(alive[^1], alive[^3]);
    }

    [Fact]
    public void Track_EmptyFramesAndNoImage_IsTracked()
    {
        using TemporalModel model = Judging();
        using var flow = new LearnedTemporalFlow(model);
        var tracker = new Tracker(null, flow);
        NdArray<int> one = Discs.Draw(48, 48, (4, 20.0, 20.0, 7.0)), moved = Discs.Draw(48, 48, (9, 22.0, 21.0, 7.0));

        tracker.Add(new NdArray<int>(48, 48));
        tracker.Add(one);
        tracker.Add(new NdArray<int>(48, 48));
        tracker.Add(moved, new NdArray<float>(48, 48));
        TrackingSolution solution = tracker.Finish();

        Assert.Equal(2, solution.Detections.Count);
        Assert.Equal(0, solution.ParentOf(1));                             // over the gap: the training-free weights do that
    }

    [Fact]
    public void Track_CancelledBetweenFrames_LeavesNoTensor()
    {
        using TemporalModel model = Judging();
        TemporalMovie movie = JumpingCells.Make(7, side: 64, frames: 3, cells: 5);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using var cancel = new CancellationTokenSource();
        using (var flow = new LearnedTemporalFlow(model))
        {
            var tracker = new Tracker(null, flow);
            tracker.Add(movie.Labels[0], movie.Images[0], cancel.Token);
            tracker.Add(movie.Labels[1], movie.Images[1], cancel.Token);
            cancel.Cancel();
            Assert.Throws<OperationCanceledException>(() => tracker.Add(movie.Labels[2], movie.Images[2], cancel.Token));
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Judge_Volume_AveragesTheOrientationsByTheirVariance()
    {
        // two planes say 0.2 and 0.8 along y with scales 1 and 0.5: variances 4 : 1, so 0.2 * 0.2 + 0.8 * 0.8 = 0.68
        var sum = new EvidenceSum(1, 1, keepSamples: false);
        CellPlane plane = CellPlane.Lay(Discs.Draw(32, 32, (1, 16.0, 16.0, 7.0)), _ => 0, 1, null, 1, 1, 16);
        PairGraph graph = PairGraph.Build([plane, plane], [new FramePair(0, 1, 1, 0, 0)]);
        Add(rowAxis: 1, columnAxis: 2, y: 0.2f, x: 0.1f, scale: 1);
        Add(rowAxis: 0, columnAxis: 1, y: 0.5f, x: 0.8f, scale: 0.5f);

        FlowSamples back = sum.Samples(back: true);

        Assert.Equal(0.5, back.Motion[0], 1e-5);
        Assert.Equal(0.68, back.Motion[1], 1e-5);
        Assert.Equal(0.1, back.Motion[2], 1e-5);
        Assert.Equal(0.5, back.Scale[0], 1e-5);
        Assert.Equal(Math.Sqrt(2 / (1 + 4.0)), back.Scale[1], 1e-5);     // the harmonic mean of variances: planes are not independent

        void Add(int rowAxis, int columnAxis, float y, float x, float scale)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            int entries = graph.EntrySlot.Length;
            torch.Tensor motion = torch.tensor([.. Enumerable.Range(0, entries).SelectMany(_ => (float[])[y, x])]).view(entries, 2);
            sum.Add(
                graph,
                new HeadOutput(torch.zeros(1), torch.full([2], 0.9f), torch.full([2], 0.1f), motion, torch.full([entries, 2], MathF.Log(scale)), torch.zeros(2, 2)),
                rowAxis, columnAxis);
        }
    }

    /// <summary>A model whose head counts for something.</summary>
    private static TemporalModel Judging()
    {
        TemporalModel model = TinyEncoder.Model();
        double[] link = LearnedWeights.Untrained.Link();
        for (int n = 1; n < link.Length; n++)
            link[n] += link[n] == 0 ? 0.05 : 0;
        model.Weights = new LearnedWeights(link, LearnedWeights.Untrained.Division());
        return model;
    }

    private static ScoredLink[] Links(TemporalModel model, TemporalMovie movie, int threads)
    {
        var links = new List<ScoredLink>();
        var options = new TrackerOptions { Threads = threads };
        using var flow = new LearnedTemporalFlow(model, options.Flow());
        var tracker = new Tracker(options, flow) { Proposed = (_, _, proposal) => links.AddRange(proposal.Links) };
        for (int t = 0; t < movie.Labels.Count; t++)
            tracker.Add(movie.Labels[t], movie.Images[t]);
        return [.. links];
    }
}
