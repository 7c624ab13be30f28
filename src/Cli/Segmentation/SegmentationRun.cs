using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Cluster;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO;
using TorchSharp;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>Segments one image after the other; one that fails does not stop the others.</summary>
internal sealed class SegmentationRun(SegmentationSettings settings, Reporter reporter)
{
    /// <summary>Does the work and writes <c>run.json</c>.</summary>
    /// <returns>Ok; the code of the error when there is one image; SomeFailed when there are several.</returns>
    public ExitCode Run(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> images = InputImages.Find(settings.Images);
        string[] stems = OutputStems(images);
        if (settings.Output is not null)
            OutputPaths.RequireFolder("--output", settings.Output);
        string reportPath = Path.Combine(settings.Output ?? FolderOf(images[0]), "run.json");
        string[] devices = settings.Device.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (devices.Length == 0 || (devices.Length > 1 && settings.Volume is null))
            throw new CommandException(ExitCode.Usage, $"--device must be one device; got '{settings.Device}'. Several share the planes of a volume (--do-3d).");
        if (settings is { Engine: { } engine, Volume.PlanOnly: false })
        {
            if (devices.Length > 1)
                throw new CommandException(ExitCode.Usage, $"--device must be one device with --engine, whose processes each take one; got '{settings.Device}'.");
            return new SharedRun(settings, engine, reporter).Run(images, stems, reportPath, cancellationToken);
        }
        torch.Device device = ComputeDevice.Select(devices[0]);
        if (settings.Options.Threads > 0)
            torch.set_num_threads(settings.Options.Threads);
        string deviceText = string.Join(", ", devices.Select(d => ComputeDevice.Describe(ComputeDevice.Select(d), d)));
        reporter.Info($"device: {deviceText}");
        using CellposeModel model = ModelLoading.Load(settings, device, reporter);
        bool estimate = settings.Options.AutoDiameter || (settings.EstimateIfPossible && model.SizeModel is not null);
        SegmentationOptions options = settings.Options with { AutoDiameter = estimate && settings.Volume is null, KeepMaps = SegmentationFiles.NeedMaps(settings.Save) };
        using var others = new ModelSet();
        Func<string, string, IProgress<float>, CancellationToken, IOutcome> segment = settings.Volume is { } volume
            ? Volumes(volume, model, devices, others).Segment
            : Images(new Segmenter2D(model, options));
        if (settings.Volume is { PlanOnly: true } planned)
            return ShowPlans(Volumes(planned, model, devices, others), images, cancellationToken);
        if (settings.Output is { } folder)
            Directory.CreateDirectory(folder);

        var report = new RunReport("segment", model.Info, deviceText, settings with { Options = options });
        ExitCode code = ExitCode.Ok;
        try
        {
            reporter.WithProgress("segment", images.Count, display => code = SegmentAll(segment, images, stems, report, display, cancellationToken));
        }
        catch (Exception e) when (report.Segmented > 0)
        {
            report.MarkStopped(Failures.LineOf(e));                      // what is finished stays, and so does the record of how it was made
            report.Write(reportPath);
            throw;
        }

        if (report.Segmented > 0)
            report.Write(reportPath);
        reporter.ResultJson(report.Json);
        if (report.Segmented > 0)
            reporter.Result(string.Create(CultureInfo.InvariantCulture, $"{report.TotalCells} cells in {report.Segmented} of {images.Count} images; report: {reportPath}"));
        return code;
    }

    private ExitCode SegmentAll(
        Func<string, string, IProgress<float>, CancellationToken, IOutcome> segment, IReadOnlyList<string> images, string[] stems, RunReport report,
        IProgressDisplay display, CancellationToken cancellationToken)
    {
        ExitCode lastFailure = ExitCode.Ok;
        for (int i = 0; i < images.Count; i++)
        {
            string name = Path.GetFileName(images[i]);
            display.Begin(i, name);
            try
            {
                IOutcome outcome = segment(images[i], stems[i], display, cancellationToken);
                report.Add(outcome);
                foreach (string warning in outcome.Warnings)
                    reporter.Warn($"{name}: {warning}");
                display.Done(i, $"{name}: {outcome.Summary}");
            }
            catch (Exception e) when (Failures.CodeOf(e) is ExitCode.BadInput or ExitCode.Usage)
            {
                lastFailure = Failures.CodeOf(e);
                string line = Failures.LineOf(e);
                if (!line.Contains(name, StringComparison.Ordinal))
                    line = $"'{images[i]}': {line}";                     // options that fit other images do not fit this one
                report.AddFailure(images[i], line);
                Reporter.Error(line);
                display.Done(i, $"{name}: failed");
            }
        }
        return images.Count == 1 || lastFailure == ExitCode.Ok ? lastFailure : ExitCode.SomeFailed;
    }

    private Func<string, string, IProgress<float>, CancellationToken, IOutcome> Images(Segmenter2D segmenter) =>
        (path, stem, progress, cancellationToken) => SegmentImage(segmenter, path, stem, progress, cancellationToken);

    private VolumeRun Volumes(VolumeSettings volume, CellposeModel model, string[] devices, ModelSet others)
    {
        CellposeModel[] along = [model, .. devices.Skip(1).Select(d => others.Load(settings, ComputeDevice.Select(d), reporter))];
        CellposeModel[] across = volume.OrthoModel is { } ortho
            ? [.. devices.Select(d => others.Load(settings with { Model = ortho, SizeModel = null, EstimateIfPossible = false, Options = settings.Options with { AutoDiameter = false } }, ComputeDevice.Select(d), reporter))]
            : [];
        return new VolumeRun(settings, volume, along, across, reporter);
    }

    private ExitCode ShowPlans(VolumeRun volumes, IReadOnlyList<string> images, CancellationToken cancellationToken)
    {
        var plans = new JsonArray();
        ExitCode lastFailure = ExitCode.Ok;
        foreach (string image in images)
        {
            try
            {
                VolumeForecast forecast = volumes.Plan(image, cancellationToken);
                reporter.Result(image);
                foreach ((string topic, string text) in PlanFacts.Of(forecast))
                    reporter.Result($"  {topic,-16} {text}");
                foreach (string note in forecast.Notes)
                    reporter.Warn($"{Path.GetFileName(image)}: {note}");
                plans.Add(PlanFacts.ToJson(image, forecast));
            }
            catch (Exception e) when (Failures.CodeOf(e) is ExitCode.BadInput or ExitCode.Usage)
            {
                lastFailure = Failures.CodeOf(e);
                Reporter.Error(Failures.LineOf(e));
            }
        }
        reporter.ResultJson(new JsonObject { ["plans"] = plans });
        return images.Count == 1 || lastFailure == ExitCode.Ok ? lastFailure : ExitCode.SomeFailed;
    }

    private ImageOutcome SegmentImage(Segmenter2D segmenter, string path, string stem, IProgress<float> progress, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        LoadedImage image = ImageReader.Read(path, settings.Axes, cancellationToken);
        double readSeconds = watch.Elapsed.TotalSeconds;
        IReadOnlyList<NdArray<float>> planes = ImagePlanes.Split(image, settings.Chan, settings.Chan2);

        var results = new List<Segmentation2D>();
        for (int n = 0; n < planes.Count; n++)
        {
            var part = new PartialProgress(progress, (float)n / planes.Count, (n + 1f) / planes.Count);
            results.Add(segmenter.Segment(planes[n], part, cancellationToken));
        }

        double segmentSeconds = watch.Elapsed.TotalSeconds - readSeconds;
        IReadOnlyList<string> written = SegmentationFiles.Write(stem, settings.Save, image, planes, results, settings);
        double writeSeconds = watch.Elapsed.TotalSeconds - segmentSeconds - readSeconds;
        return new ImageOutcome(path, image.Info, results, written, readSeconds, writeSeconds);
    }

    // Two inputs must not write the same results.
    private string[] OutputStems(IReadOnlyList<string> images)
    {
        string[] stems = [.. images.Select(i => Path.Combine(settings.Output ?? FolderOf(i), InputImages.Stem(i)))];
        var first = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < stems.Length; i++)
        {
            if (!first.TryAdd(stems[i], images[i]))
                throw new CommandException(ExitCode.Usage, $"'{first[stems[i]]}' and '{images[i]}' would both write '{stems[i]}_cp_masks.tif'; segment them into different folders.");
        }
        return stems;
    }

    private static string FolderOf(string image) => Path.GetDirectoryName(Path.GetFullPath(InputImages.FileOf(image)))!;
}
