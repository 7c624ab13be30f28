using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Cluster;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.IO.Ctc;
using Cellpose3D.Tracking;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.TemporalFlow;

namespace Cellpose3D.Cli.Tracking;

/// <summary>Tracks one movie: frames are segmented or read, and linked, one after the other; then read again and written.</summary>
/// <remarks>Memory holds a few frames and some 20 bytes a cell; measured cells of long movies lie in a temporary file, and masks found on the way lie in a folder beside the results until the run is over.</remarks>
internal sealed class TrackRun(TrackSettings settings, Reporter reporter)
{
    /// <summary>What the name of a movie's work folder ends in.</summary>
    public const string WorkSuffix = "_track_work";

    /// <summary>Name of the report.</summary>
    public const string ReportName = "run.json";

    private const int SolvedAround = 10;                                 // frames before and after a pin

    private readonly List<string> _warnings = [];
    private readonly JsonArray _frames = [];
    private double _linkSeconds;

    /// <summary>Does the work and writes <c>run.json</c>.</summary>
    /// <returns>Ok; SomeFailed where one of several formats cannot hold the movie.</returns>
    public ExitCode Run(CancellationToken cancellationToken)
    {
        OutputPaths.RequireFolder("--output", settings.Output);
        if (settings.Engine is { } engine)
            return new SharedRun(engine, reporter).Run([SharedUnits.Of(settings, reporter)], cancellationToken);
        using MovieInput movie = MovieInput.Open(settings);
        foreach (string line in movie.Lines())
            reporter.Info(line);
        foreach (string warning in movie.Warnings())
            reporter.Warn(warning);
        string work = StemOf(movie) + WorkSuffix;
        using MovieSegmenter? segmenter = movie.Labels is null
            ? MovieSegmenter.Open(movie.Images!, Segmentation(movie), work, settings.Resume ? MovieFolderUse.Resume : MovieFolderUse.Anew, reporter)
            : null;
        try
        {
            TrackOutcome outcome = Track(movie, segmenter, cancellationToken);
            RunReport.Write(Path.Combine(settings.Output, ReportName), outcome.Report);
            segmenter?.Remove();
            foreach (string refused in outcome.Refused)
                Reporter.Error(refused);
            reporter.ResultJson(outcome.Report);
            foreach (string line in outcome.Lines)
                reporter.Result(line);
            return outcome.Code;
        }
        catch when (segmenter is not null)
        {
            if (_frames.Count == 0)
                segmenter.Remove();
            else
                reporter.Info($"{_frames.Count} segmented frames are kept in '{work}'; the same command with --resume goes on from there.");
            throw;
        }
    }

    /// <summary>Folder and name that the results' names begin with.</summary>
    public string StemOf(MovieInput movie) => Path.Combine(settings.Output, movie.Stem);

    /// <summary>Segments frames that are not segmented yet, links them all, and writes results.</summary>
    /// <param name="movie">The movie; borrowed.</param>
    /// <param name="segmenter">Segments its frames; null where masks are given. Borrowed.</param>
    /// <param name="cancellationToken">Checked throughout; no result is left half-written.</param>
    public TrackOutcome Track(MovieInput movie, MovieSegmenter? segmenter, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        _warnings.AddRange(movie.Warnings());
        JsonObject report = RunReport.Header("track");
        report["settings"] = TrackJson.Settings(settings);
        report["movie"] = movie.ToJson();
        if (segmenter is not null)
        {
            RunReport.AddModel(report, segmenter.Model, segmenter.DeviceText);
            report["diameter_px"] = Math.Round(segmenter.Diameter, 3);
            report["diameter_frames"] = new JsonArray([.. segmenter.DiameterFrames.Select(t => (JsonNode)t)]);
        }
        report["frames"] = _frames;
        Func<int, NdArray<int>> read = segmenter is null ? t => movie.Labels!.ReadLabels(t, cancellationToken) : segmenter.ReadLabels;
        TrackingSolution solution = Link(movie, segmenter, read, cancellationToken);
        TrackResult result = Finish(movie, solution, read, cancellationToken);
        Directory.CreateDirectory(settings.Output);
        var files = new TrackFiles(settings, StemOf(movie), reporter);
        reporter.WithProgress("write", 1, display => files.Write(result, display, cancellationToken));
        report["summary"] = TrackJson.Summary(result);
        report["written"] = new JsonArray([.. files.Written.Select(w => (JsonNode)w)]);
        report["refused"] = new JsonArray([.. files.Refused.Select(w => (JsonNode)w)]);
        string[] warnings = [.. _warnings, .. files.Warnings];
        report["warnings"] = new JsonArray([.. warnings.Select(w => (JsonNode)w)]);
        report["seconds"] = new JsonObject { ["linking"] = Math.Round(_linkSeconds, 3), ["all"] = Math.Round(watch.Elapsed.TotalSeconds, 3) };
        ExitCode code = files.Refused.Count == 0 ? ExitCode.Ok : files.Refused.Count == settings.Formats.Count ? ExitCode.BadInput : ExitCode.SomeFailed;
        string[] lines = [TrackJson.Line(result), .. files.Written.Append(Path.Combine(settings.Output, ReportName)).Select(path => $"  {path}")];
        return new TrackOutcome(report, result.Solved.Detections.Count, lines, warnings, files.Written, files.Refused, code);
    }

    private void Warn(string warning)
    {
        _warnings.Add(warning);
        reporter.Warn(warning);
    }

    /// <summary>How the frames of a movie are segmented.</summary>
    /// <exception cref="CommandException">An option about volumes is given and frames are planes.</exception>
    public SegmentationSettings Segmentation(MovieInput movie)
    {
        if (!movie.Frames.IsVolume)
        {
            return settings.VolumeOption is { } option
                ? throw new CommandException(ExitCode.Usage, $"{option} is about volumes; frames of '{movie.Images!.Path}' have one plane ({movie.Images.Info.Axes}).")
                : settings.Segmentation;
        }
        VolumeSettings volume = settings.Segmentation.Volume!;
        double? anisotropy = volume.Options.Anisotropy ?? movie.VoxelSizeUm.Anisotropy;
        return settings.Segmentation with { Volume = volume with { Options = volume.Options with { Anisotropy = anisotropy } } };
    }

    private TrackingSolution Link(MovieInput movie, MovieSegmenter? segmenter, Func<int, NdArray<int>> read, CancellationToken cancellationToken)
    {
        TrackerOptions options = settings.Tracker with { Spacing = movie.Spacing };
        ITemporalFlow flow = TemporalFlows.Create(settings, options);
        using var network = flow as IDisposable;
        var tracker = new Tracker(options, flow);
        var watch = new Stopwatch();
        int count = movie.Frames.FrameCount;
        reporter.WithProgress(segmenter is null ? "link" : "track", segmenter is null ? 1 : count, display =>
        {
            if (segmenter is null)
                display.Begin(0, movie.Stem);
            for (int t = 0; t < count; t++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                NdArray<float>? image = movie.Images?.ReadImage(t, cancellationToken);
                if (segmenter is not null)
                    Segment(segmenter, t, image!, display, cancellationToken);
                NdArray<int> labels = read(t);
                watch.Start();
                tracker.Add(labels, image is null ? null : Channel(image), cancellationToken);
                watch.Stop();
                RequireCtcHolds(t, tracker.Solution);
                if (segmenter is null)
                    display.Report((t + 1f) / (count + 1));
            }
            watch.Start();
            tracker.Finish();
            Pin(tracker);
            watch.Stop();
            if (segmenter is null)
                display.Done(0, string.Create(CultureInfo.InvariantCulture, $"{tracker.Solution.LinkCount} links in {count} frames"));
        });
        _linkSeconds = watch.Elapsed.TotalSeconds;
        return tracker.Solution;
    }

    /// <summary>Keeps to the user's verdicts, and solves the frames around them anew; the rest stays as it was.</summary>
    private void Pin(Tracker tracker)
    {
        if (settings.Pins is not { } path)
            return;
        DetectionTable cells = tracker.Solution.Detections;
        IReadOnlyList<LinkPin> pins = PinFile.Read(path, cells);
        foreach (LinkPin pin in pins)
            tracker.Solution.Pin(pin);
        int first = -1, last = -1;
        foreach ((int from, int to) in pins.Select(p => (cells.FrameOf(p.Source) - SolvedAround, cells.FrameOf(p.Target) + SolvedAround)).Order())
        {
            if (first >= 0 && from > last)
            {
                tracker.SolveAgain(first, last);
                first = -1;
            }
            (first, last) = (first < 0 ? Math.Max(0, from) : first, Math.Max(last, to));
        }
        if (first >= 0)
            tracker.SolveAgain(first, last);
        reporter.Info($"{pins.Count} links pinned by '{path}'");
    }

    private void Segment(MovieSegmenter segmenter, int frame, NdArray<float> image, IProgressDisplay display, CancellationToken cancellationToken)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"frame {frame}");
        display.Begin(frame, name);
        FrameOutcome outcome = segmenter.Segment(frame, image, display, cancellationToken);
        _frames.Add(outcome.ToJson(frame));
        if (outcome.NonFinite > 0)
            Warn(string.Create(CultureInfo.InvariantCulture, $"{name}: {outcome.NonFinite} pixels are NaN or infinite; they count as the darkest value."));
        display.Done(frame, string.Create(CultureInfo.InvariantCulture, $"{name}: {outcome.Cells} cells{(outcome.IsResumed ? " of the run before" : $", {outcome.Seconds:f1} s")}"));
    }

    // hours of linking are not spent where one frame alone says that the only format asked for cannot hold it
    private void RequireCtcHolds(int frame, TrackingSolution solution)
    {
        int cells = solution.Detections.Frame(frame).Length;
        if (cells > CtcWriter.LargestLabel && settings.Formats is { Count: 1 } only && only.Contains("ctc"))
            throw new NotSupportedException($"the CTC format holds track numbers up to {CtcWriter.LargestLabel}; frame {frame} alone has {cells} cells. Use --format tif or zarr, or geff, instead.");
    }

    private TrackResult Finish(MovieInput movie, TrackingSolution solution, Func<int, NdArray<int>> read, CancellationToken cancellationToken)
    {
        Func<int, NdArray<float>>? image = movie.Images is null ? null : t => Channel(movie.Images.ReadImage(t, cancellationToken));
        TrackingSolution shown = solution;
        IReadOnlyList<int>? ids = null;
        IReadOnlySet<int> interpolated = new HashSet<int>();
        Func<int, NdArray<int>> labels = read;
        var filler = new GapFiller(solution, movie.Spacing);
        if (settings.FillGaps && filler.GapCount > 0)
        {
            for (int t = 0; t < movie.Frames.FrameCount; t++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (filler.Needs(t))
                    filler.Observe(t, read(t));
            }
            FilledTracks filled = filler.Complete(read, image, cancellationToken);
            (shown, ids, interpolated) = (filled.Solution, filled.NewIds, filled.Interpolated);
            labels = t => filler.Fill(t, read(t));
        }
        int[] shape = movie.Frames.IsVolume ? [movie.Frames.Shape.Z, movie.Frames.Shape.Y, movie.Frames.Shape.X] : [movie.Frames.Shape.Y, movie.Frames.Shape.X];
        var tracked = new TrackedMovie
        {
            Solution = shown,
            Spacing = movie.Spacing,
            FrameSeconds = movie.FrameIntervalS,
            Shape = shape,
            Interpolated = interpolated,
            ImageName = movie.Images is null ? "" : Path.GetFileName(movie.Images.Path),
        };
        TrackSet tracks = tracked.Tracks();
        var frames = new TrackedFrames(tracked, tracks, tracked.Tracks(splitAtGaps: true), new TrackColors(tracks), movie.VoxelSizeUm, labels, image);
        return new TrackResult(frames, solution, cell => tracks.TrackOf(ids is null ? cell : ids[cell]).Id, filler.GapCount, read);
    }

    /// <summary>The cells' channel alone, its values finite: float32 [(Z,) Y, X].</summary>
    private NdArray<float> Channel(NdArray<float> image)
    {
        NdArray<float> selected = image.Shape[0] == 1 && settings.Segmentation.Chan <= 1 ? image : ChannelSelector.Select(image, settings.Segmentation.Chan, 0);
        NdArray<float> plane = selected.Reshape(selected.Shape[1..]);
        float darkest = float.PositiveInfinity;
        bool isFinite = true;
        foreach (float value in plane.Data)
        {
            if (float.IsFinite(value))
                darkest = Math.Min(darkest, value);
            else
                isFinite = false;
        }
        if (isFinite)
            return plane;
        NdArray<float> clean = plane.Clone();
        foreach (ref float value in clean.Span)
            value = float.IsFinite(value) ? value : float.IsFinite(darkest) ? darkest : 0;
        return clean;
    }
}
