using Cellpose3D.Cli.Pictures;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Geff;
using Cellpose3D.IO.Napari;
using Cellpose3D.IO.Tables;
using Cellpose3D.IO.TrackMate;

namespace Cellpose3D.Cli.Tracking;

/// <summary>Writes what <c>track</c> finds: every file whole or not at all, from one more walk through the frames.</summary>
internal sealed class TrackFiles(TrackSettings settings, string stem, Reporter reporter)
{
    private readonly List<string> _written = [], _refused = [], _warnings = [];

    /// <summary>The paths written.</summary>
    public IReadOnlyList<string> Written => _written;

    /// <summary>Why some formats that were asked for are not among them.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>What the user should know of.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Writes everything.</summary>
    /// <param name="result">The movie.</param>
    /// <param name="display">Receives the fraction done.</param>
    /// <param name="cancellationToken">Checked before every frame; cancelled, no file is left half-written.</param>
    public void Write(TrackResult result, IProgressDisplay display, CancellationToken cancellationToken)
    {
        TrackedFrames tracked = result.Frames;
        display.Begin(0, Path.GetFileName(stem));
        List<ITrackSink> sinks = [];
        try
        {
            sinks = Sinks(result);
            for (int t = 0; t < tracked.FrameCount && sinks.Count > 0; t++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                NdArray<int> labels = tracked.ReadLabels(t);
                foreach (ITrackSink sink in sinks)
                    sink.Add(t, labels);
                display.Report((t + 1f) / tracked.FrameCount);
            }
            foreach (ITrackSink sink in sinks)
                _written.AddRange(sink.Complete(cancellationToken));
        }
        finally
        {
            foreach (ITrackSink sink in sinks)
                sink.Dispose();
        }
        WriteTables(result, cancellationToken);
        display.Done(0, $"{_written.Count} results in '{settings.Output}'");
    }

    private List<ITrackSink> Sinks(TrackResult result)
    {
        TrackedFrames tracked = result.Frames;
        var sinks = new List<ITrackSink>();
        try
        {
            if (settings.Formats.Contains("ctc") && Holds(() => CtcWriter.RequireFits(tracked.SplitTracks.Rows())))
                sinks.Add(new CtcSink(stem + "_RES", tracked));
            foreach (string format in ((string[])["tif", "zarr"]).Where(settings.Formats.Contains))
                sinks.Add(new StackSink($"{stem}_tracks.{format}", tracked));
            if (settings.Save.Contains("masks"))
                sinks.Add(new MaskSink(stem + "_cp_masks.tif", tracked, result));
            if (settings.Save.Contains("montage") && tracked.FrameCount > 0)
                sinks.Add(new MontageSink(stem + "_montage.png", tracked));
            return sinks;
        }
        catch
        {
            foreach (ITrackSink sink in sinks)
                sink.Dispose();
            throw;
        }
    }

    private void WriteTables(TrackResult result, CancellationToken cancellationToken)
    {
        TrackedFrames tracked = result.Frames;
        cancellationToken.ThrowIfCancellationRequested();
        if (settings.Formats.Contains("tif"))
            CtcTrackFile.Write(Named("_tracks.txt"), tracked.Tracks.Rows());        // who comes from whom, which a label image cannot say
        if (settings.Formats.Contains("csv"))
            TrackTableFile.Write(Named("_tracks.csv"), tracked.Movie);
        if (settings.Formats.Contains("napari"))
            NapariTracksFile.Write(Named("_napari.csv"), Named("_napari_graph.json"), tracked.Movie);
        if (settings.Formats.Contains("trackmate"))
        {
            TrackMateFile.Write(Named("_tracks.xml"), tracked.Movie, t =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return tracked.ReadLabels(t);
            });
        }
        if (settings.Formats.Contains("geff"))
        {
            string labels = $"{stem}_tracks.zarr";
            GeffRelatedObject[] related = _written.Contains(labels) ? [new("labels", $"../{Path.GetFileName(labels)}", "track_id")] : [];
            GeffFile.Write(Named(".geff"), tracked.Movie, new GeffWriteOptions { RelatedObjects = related });
        }
        if (settings.Save.Contains("doubtful"))
            MeasurementFile.Write(Named("_doubtful.csv"), DoubtfulLinks.Table(result.Doubtful, result.Solved, result.TrackOf, tracked.Movie.Spacing, tracked.Movie.IsVolume));
        if (settings.Save.Contains("lineage"))
            AtomicFile.Write(Named("_lineage.png"), stream => stream.Write(LineagePicture.Draw(tracked)));
        if (settings.Save.Overlaps(["lineage", "montage"]) && !PictureFont.CanWriteText)
        {
            _warnings.Add("this system has no fonts, so the pictures have no text: apt-get install fonts-dejavu-core");
            reporter.Warn(_warnings[^1]);
        }
    }

    private string Named(string suffix)
    {
        _written.Add(stem + suffix);
        return stem + suffix;
    }

    // one format that cannot hold the movie does not keep the others from being written
    private bool Holds(Action require)
    {
        try
        {
            require();
            return true;
        }
        catch (NotSupportedException e)
        {
            _refused.Add(Failures.LineOf(e));
            return false;
        }
    }
}
