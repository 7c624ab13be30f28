using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Tracking;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Movies;

namespace Cellpose3D.Cli.Cluster;

/// <summary>The frames of one movie, each segmented by itself; the end of the run links them in one process, which walks through the masks.</summary>
internal sealed class FramesJob : ISharedJob
{
    private readonly TrackRun _run;
    private readonly MovieInput _input;
    private readonly MovieSegmenter _segmenter;

    /// <summary>Begins a run, goes on with one, or takes part in it.</summary>
    /// <param name="settings">What the command line asked for; the diameter as far as it is known.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="use">Whether masks that lie there are kept.</param>
    /// <param name="workers">Processes that tasks are made for.</param>
    /// <param name="reporter">Is told device and model.</param>
    public FramesJob(TrackSettings settings, string folder, MovieFolderUse use, int workers, Reporter reporter)
    {
        _run = new TrackRun(settings, reporter);
        _input = MovieInput.Open(settings);
        try
        {
            _segmenter = MovieSegmenter.Open(Movie, _run.Segmentation(_input), folder, use, reporter);
        }
        catch
        {
            _input.Dispose();
            throw;
        }
        Steps = [RunStep.Cut(RunStep.Frames, Movie.FrameCount, 1 - FinishShare, false, workers)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<RunStep> Steps { get; }

    /// <inheritdoc/>
    public float FinishShare => 0.1f;

    /// <inheritdoc/>
    public double? Diameter => _segmenter.Diameter;

    /// <summary>The frames the diameter was estimated from; empty where it was given.</summary>
    public IReadOnlyList<int> DiameterFrames => _segmenter.DiameterFrames;

    /// <inheritdoc/>
    public string? Device => _segmenter.DeviceText;

    /// <inheritdoc/>
    public bool GoesOn => _segmenter.GoesOn;

    /// <inheritdoc/>
    public IEnumerable<string> Lines => _input.Lines().Concat(_input.Warnings().Select(w => $"warning: {w}"));

    private Movie Movie => _input.Images!;

    /// <inheritdoc/>
    public bool IsDone(string step, int item) => _segmenter.IsDone(item);

    /// <inheritdoc/>
    public bool Do(string step, int item, CancellationToken cancellationToken)
    {
        if (_segmenter.IsDone(item))
            return false;
        NdArray<float> image = Movie.ReadImage(item, cancellationToken);
        _segmenter.Segment(item, image, new Progress<float>(), cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public DoneMark Finish(FinishContext context, CancellationToken cancellationToken)
    {
        TrackOutcome outcome = _run.Track(_input, _segmenter, cancellationToken);
        outcome.Report["device"] = context.Device;
        outcome.Report["diameter_frames"] = new JsonArray([.. context.Manifest.DiameterFrames.Select(t => (JsonNode)t)]);
        outcome.Report["engine"] = context.EngineFacts();
        context.Folder.WriteReport(outcome.Report);
        RunReport.Write(context.Manifest.Report, outcome.Report);
        return new DoneMark(outcome.Cells, DateTimeOffset.Now)
        {
            Code = outcome.Code,
            Lines = outcome.Lines,
            Warnings = [.. outcome.Warnings.Except(_input.Warnings())],        // those were said when the run began
            Errors = outcome.Refused,
            Written = [.. outcome.Written.Select(w => Path.GetFullPath(w)), context.Manifest.Report],
        };
    }

    /// <inheritdoc/>
    public void Clear() => _segmenter.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        _segmenter.Dispose();
        _input.Dispose();
    }
}
