using System.Globalization;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Native;
using Cellpose3D.IO.Weights;
using Cellpose3D.Tracking;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.Metrics;
using Cellpose3D.Tracking.Synthesis;
using Cellpose3D.Tracking.TemporalFlow.Learned;

namespace Cellpose3D.Bench;

/// <summary>Links synthetic movies in several ways, from cells that hardly move to cells that jump, and draws LNK and BIO.</summary>
internal static class TrackingSweep
{
    public const string Displacement = "displacement", Skip = "skip";

    private const int BioTolerance = 1;                                  // frames a division may be off
    private const int FirstSeed = 5000;                                  // none of those that weights are fitted to
    private static readonly int[] Skips = [1, 2, 4, 8];

    /// <summary>The ways of linking, by name.</summary>
    public static IReadOnlyList<(string Name, Func<MovieMasks, TrackingSolution> Link)> Ways { get; } =
    [
        ("nearest neighbour", BaselineLinks.Nearest),
        ("IoU stitching", BaselineLinks.Stitch),
        ("training-free flow", m => Track(m, learned: false)),
        ("learned head", m => Track(m, learned: true)),
    ];

    private static TimelapseOptions Options => new() { Frames = 30, Height = 256, Width = 256, Diameter = 16, Crowding = 0.12, CycleFrames = 40 };

    private static (string Sweep, double Value, TimelapseOptions Options)[] Settings =>
    [
        .. TimelapseOptions.MotionPresets.Select(m => (Displacement, m, Options with { Motion = m })),
        .. Skips.Select(s => (Skip, (double)s, Options with { Motion = 0.15, FrameSkip = s, CycleFrames = 80 })),
    ];

    /// <summary>Runs all settings that have no part file yet, then draws.</summary>
    public static void Run(string folder, int seeds)
    {
        Directory.CreateDirectory(folder);
        for (int n = 0; n < Settings.Length; n++)
        {
            if (!File.Exists(PartFile(folder, n)))
                RunPart(folder, n, seeds);
        }
        SweepPoint[] points = [.. Enumerable.Range(0, Settings.Length).SelectMany(n => File.ReadLines(PartFile(folder, n)).Skip(1)).Select(SweepPoint.FromCsv)];
        File.WriteAllLines(Path.Combine(folder, "tracking-sweep.csv"), [SweepPoint.CsvHeader, .. points.Select(p => p.ToCsv())]);
        File.WriteAllBytes(Path.Combine(folder, "tracking-sweep.png"), SweepPlot.Png(points));
    }

    /// <summary>Runs one setting, so that several processes can share the work.</summary>
    public static void RunPart(string folder, int number, int seeds)
    {
        Directory.CreateDirectory(folder);
        var points = new List<SweepPoint>();
        (string sweep, double value, TimelapseOptions options) = Settings[number];
        Add(points, sweep, value, options, seeds);
        File.WriteAllLines(PartFile(folder, number), [SweepPoint.CsvHeader, .. points.Select(p => p.ToCsv())]);
    }

    private static string PartFile(string folder, int number) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"tracking-sweep.part{number}.csv"));

    /// <summary>Links masks on one thread.</summary>
    public static TrackingSolution Track(IEnumerable<NdArray<int>> masks, IEnumerable<NdArray<float>?> images, bool learned)
    {
        var options = new TrackerOptions { Threads = 1 };
        using TemporalModel? model = learned ? TemporalModelFile.Read(Path.Combine(AppContext.BaseDirectory, "data", "models", "temporal.safetensors"), ComputeDevice.Select("cpu")) : null;
        using LearnedTemporalFlow? flow = model is null ? null : new LearnedTemporalFlow(model, options.Flow());
        var tracker = new Tracker(options, flow);
        foreach ((NdArray<int> labels, NdArray<float>? image) in masks.Zip(images))
            tracker.Add(labels, image);
        return tracker.Finish();
    }

    private static TrackingSolution Track(MovieMasks movie, bool learned) => Track(movie.Seen.Select(s => s.Labels), movie.Frames.Select(f => f.Image), learned);

    public static CtcScores Score(MovieMasks movie, TrackingSolution solution)
    {
        TrackSet tracks = TrackSet.Build(solution, splitAtGaps: true);
        var evaluator = new CtcEvaluator();
        for (int t = 0; t < movie.Seen.Length; t++)
            evaluator.AddFrame(movie.Frames[t].Labels, TrackPainter.Paint(movie.Seen[t].Labels, t, solution.Detections, tracks));
        return evaluator.Score(movie.Rows, tracks.Rows());
    }

    private static void Add(List<SweepPoint> points, string sweep, double value, TimelapseOptions options, int seeds)
    {
        var bySeed = new (double Step, List<(string Masks, string Way, CtcScores Scores)> Runs)[seeds];
        Parallel.For(0, seeds, n =>
        {
            var movie = MovieMasks.Make(options with { Seed = FirstSeed + n }, new MaskDefects());
            bySeed[n] = (movie.Movie.MeanStepDiameters, []);
            foreach ((string masks, MovieMasks seen) in new[] { ("true", movie), ("degraded", movie.With(MaskDefects.Of(0.03))) })
            {
                foreach ((string way, Func<MovieMasks, TrackingSolution> link) in Ways)
                    bySeed[n].Runs.Add((masks, way, Score(seen, link(seen))));
            }
        });
        double step = bySeed.Average(s => s.Step);
        var scores = bySeed.SelectMany(s => s.Runs).GroupBy(r => (r.Masks, r.Way), r => r.Scores).ToDictionary(g => g.Key, g => g.ToList());
        foreach (((string masks, string way), List<CtcScores> list) in scores)
        {
            var point = new SweepPoint(
                sweep, value, masks, way, list.Count, step, Mean(list, s => s.Lnk), Mean(list, s => s.BioAt(BioTolerance)), Mean(list, s => s.Ct), Mean(list, s => s.Tf),
                Mean(list, s => s.Bc[BioTolerance]), Mean(list, s => s.Chota));
            points.Add(point);
            Console.WriteLine($"{sweep} {value,4} {masks,-8} {way,-20} step {point.Step:f2} LNK {point.Lnk:f4} BIO {point.Bio:f4} CT {point.Ct:f3} TF {point.Tf:f3} BC {point.Bc:f3} CHOTA {point.Chota:f4}");
        }
    }

    private static double Mean(List<CtcScores> scores, Func<CtcScores, double?> of) => scores.Select(of).Average() ?? double.NaN;
}
