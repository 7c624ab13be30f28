using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Cluster;
using Cellpose3D.Cli.Reporting;

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
        string[] devices = FileSegmenter.DevicesOf(settings);
        if (settings is { Engine: { } engine, Volume: not { PlanOnly: true } })
        {
            if (devices.Length > 1)
                throw new CommandException(ExitCode.Usage, $"--device must be one device with --engine, whose processes each take one; got '{settings.Device}'.");
            return new SharedRun(engine, reporter).Run(SharedUnits.Of(settings, images, stems, reportPath, reporter), cancellationToken);
        }
        using var segmenter = new FileSegmenter(settings, reporter);
        if (settings.Volume is { PlanOnly: true })
            return ShowPlans(segmenter.Volumes!, images, cancellationToken);
        if (settings.Output is { } folder)
            Directory.CreateDirectory(folder);

        var report = new RunReport("segment", segmenter.Model.Info, segmenter.Device, segmenter.Settings);
        ExitCode code = ExitCode.Ok;
        try
        {
            reporter.WithProgress("segment", images.Count, display => code = SegmentAll(segmenter, images, stems, report, display, cancellationToken));
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

    /// <summary>Folder and name that the names of an image's results begin with.</summary>
    public static string StemOf(SegmentationSettings settings, string image) => Path.Combine(settings.Output ?? FolderOf(image), InputImages.Stem(image));

    private ExitCode SegmentAll(
        FileSegmenter segmenter, IReadOnlyList<string> images, string[] stems, RunReport report, IProgressDisplay display, CancellationToken cancellationToken)
    {
        ExitCode lastFailure = ExitCode.Ok;
        for (int i = 0; i < images.Count; i++)
        {
            string name = Path.GetFileName(images[i]);
            display.Begin(i, name);
            try
            {
                IOutcome outcome = segmenter.Segment(images[i], stems[i], display, cancellationToken);
                report.Add(outcome);
                foreach (string warning in outcome.Warnings)
                    reporter.Warn($"{name}: {warning}");
                display.Done(i, $"{name}: {outcome.Summary}");
            }
            catch (Exception e) when (FileSegmenter.IsOfOneFile(e))
            {
                lastFailure = Failures.CodeOf(e);
                string line = FileSegmenter.FailureOf(images[i], e);
                report.AddFailure(images[i], line);
                Reporter.Error(line);
                display.Done(i, $"{name}: failed");
            }
        }
        return images.Count == 1 || lastFailure == ExitCode.Ok ? lastFailure : ExitCode.SomeFailed;
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

    // Two inputs must not write the same results.
    private string[] OutputStems(IReadOnlyList<string> images)
    {
        string[] stems = [.. images.Select(i => StemOf(settings, i))];
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
