using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Volumes;

namespace Cellpose3D.Cli.Cluster;

/// <summary>Files that do not depend on each other: an item is a file, and what it leaves is its results and its entry of the report.</summary>
internal sealed class ImagesJob : ISharedJob
{
    private readonly SegmentationSettings _settings;
    private readonly IReadOnlyList<string> _images;
    private readonly FolderWorkspace _workspace;
    private readonly Lazy<FileSegmenter> _segmenter;

    /// <summary>Takes part in a run.</summary>
    /// <param name="settings">What the command line asked for.</param>
    /// <param name="images">The files, by item.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="device">As for <c>--device</c>.</param>
    /// <param name="threads">Threads of this process; 0 for all.</param>
    /// <param name="workers">Processes that the run is cut for.</param>
    /// <param name="reporter">Is told device and model.</param>
    public ImagesJob(SegmentationSettings settings, IReadOnlyList<string> images, string folder, string device, int threads, int workers, Reporter reporter)
    {
        (_settings, _images) = (settings, images);
        _workspace = new FolderWorkspace(folder, isShared: true);
        SegmentationOptions options = settings.Options with { Threads = threads };
        VolumeSettings? volume = settings.Volume is { } v ? v with { Options = v.Options with { Segmentation = v.Options.Segmentation with { Threads = threads } } } : null;
        _segmenter = new Lazy<FileSegmenter>(() => new FileSegmenter(settings with { Device = device, Options = options, Volume = volume }, reporter));
        Steps = [RunStep.Cut(RunStep.Images, images.Count, 1 - FinishShare, false, workers)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<RunStep> Steps { get; }

    /// <inheritdoc/>
    public float FinishShare => 0.01f;

    /// <inheritdoc/>
    public double? Diameter => null;

    /// <inheritdoc/>
    public string? Device => _segmenter.IsValueCreated ? _segmenter.Value.Device : null;

    /// <inheritdoc/>
    public bool GoesOn { get; private set; }

    /// <inheritdoc/>
    public IEnumerable<string> Lines => [];

    /// <summary>Keeps of earlier submissions what is still true, and drops the rest.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="known">The run as it was; null where nothing shall be kept.</param>
    public void Restore(RunFolder folder, RunManifest? known)
    {
        var before = new Dictionary<string, ImageRecord>(StringComparer.Ordinal);
        if (known is not null)
        {
            IEnumerable<ImageRecord> records = folder.IsDone ? folder.ReadImages() : Enumerable.Range(0, known.Images.Count).Select(Load).OfType<ImageRecord>();
            before = records.Where(r => r.IsStillTrue()).ToDictionary(r => r.Path, StringComparer.Ordinal);
        }
        _workspace.Clear();
        for (int n = 0; n < _images.Count; n++)
        {
            if (before.TryGetValue(_images[n], out ImageRecord? record))
                Save(n, record);
        }
        GoesOn = known is not null;
    }

    /// <inheritdoc/>
    public bool IsDone(string step, int item) => _workspace.Has(NameOf(item));

    /// <inheritdoc/>
    public bool Do(string step, int item, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (IsDone(step, item))
            return false;
        string path = _images[item];
        FileSegmenter segmenter = _segmenter.Value;
        ImageRecord record;
        try
        {
            IOutcome outcome = segmenter.Segment(path, SegmentationRun.StemOf(_settings, path), new Progress<float>(), cancellationToken);
            record = ImageRecord.Of(path, outcome.Cells, ExitCode.Ok, segmenter.Device, outcome.ToJson());
        }
        catch (Exception e) when (FileSegmenter.IsOfOneFile(e))
        {
            record = ImageRecord.Of(path, 0, Failures.CodeOf(e), segmenter.Device, new JsonObject { ["path"] = path, ["error"] = FileSegmenter.FailureOf(path, e) });
            _workspace.Save(string.Create(CultureInfo.InvariantCulture, $"{ImageRecord.Failed}/{item}"), Bytes(record));
        }
        Save(item, record);
        return true;
    }

    /// <inheritdoc/>
    public DoneMark Finish(FinishContext context, CancellationToken cancellationToken)
    {
        ImageRecord[] records = [.. Enumerable.Range(0, _images.Count).Select(n => Load(n) ?? throw new InvalidDataException($"the record of '{_images[n]}' is gone from '{_workspace.Folder}'; the same command with --resume segments it again."))];
        SegmentationSettings inForce = _segmenter.Value.Settings;
        string devices = string.Join(", ", records.Select(r => r.Device).Distinct().Order(StringComparer.Ordinal));
        var report = new RunReport("segment", _segmenter.Value.Model.Info, devices, _settings with { Options = inForce.Options with { Threads = _settings.Options.Threads } });
        foreach (ImageRecord record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (record.Error is { } error)
                report.AddFailure(record.Path, error);
            else
                report.Add(record.Entry.DeepClone().AsObject(), record.Cells);
        }
        report.Json["engine"] = context.EngineFacts();
        context.Folder.WriteImages(records);
        context.Folder.WriteReport(report.Json);
        if (report.Segmented > 0)
            report.Write(context.Manifest.Report);
        ImageRecord[] failed = [.. records.Where(r => r.Code != ExitCode.Ok)];
        return new DoneMark(report.TotalCells, DateTimeOffset.Now)
        {
            Code = failed.Length == 0 ? ExitCode.Ok : records.Length == 1 ? failed[0].Code : ExitCode.SomeFailed,
            Lines = report.Segmented == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{report.TotalCells} cells in {report.Segmented} of {records.Length} images; report: {context.Manifest.Report}")],
            Warnings = [.. records.SelectMany(r => r.Warnings)],
            Errors = [.. failed.Select(r => r.Error!)],
        };
    }

    /// <inheritdoc/>
    public void Clear() => _workspace.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        _workspace.Dispose();
        if (_segmenter.IsValueCreated)
            _segmenter.Value.Dispose();
    }

    private static string NameOf(int item) => string.Create(CultureInfo.InvariantCulture, $"{RunStep.Images}/{item}");

    private static byte[] Bytes(ImageRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, RunFolder.Style);

    private ImageRecord? Load(int item) => _workspace.Load(NameOf(item)) is { } bytes ? JsonSerializer.Deserialize<ImageRecord>(bytes, RunFolder.Style) : null;

    private void Save(int item, ImageRecord record) => _workspace.Save(NameOf(item), Bytes(record));
}
