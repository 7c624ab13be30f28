using System.Diagnostics;
using System.Globalization;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume;
using Cellpose3D.Volume.Fusion;
using Cellpose3D.Volume.Planes;
using Cellpose3D.Volume.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>Segments the volume of one file, one time point after the other, without ever holding it whole.</summary>
internal sealed class VolumeRun(
    SegmentationSettings settings, VolumeSettings volume, IReadOnlyList<CellposeModel> models, IReadOnlyList<CellposeModel> ortho, Reporter reporter)
{
    private const string WorkSuffix = "_cp_work";
    private const float Estimating = 0.02f;       // share of the progress

    /// <summary>Segments a file and writes the results.</summary>
    /// <param name="path">A volume file, perhaps with the path of an array in it.</param>
    /// <param name="stem">Folder and name that the results' names begin with.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <exception cref="InvalidDataException">The file is damaged or no volume.</exception>
    public VolumeOutcome Segment(string path, string stem, IProgress<float> progress, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        using VolumeReader file = VolumeFile.Open(path, new VolumeOpenOptions { Axes = settings.Axes });
        VolumeDescription description = file.Description;
        if (description.Shape.Z == 1)
            throw new InvalidDataException($"'{path}' has one plane ({description.Image.Axes}); --do-3d and --stitch-threshold need a stack: name its axes by --axes, or leave them out.");

        var results = new List<VolumeResult>();
        using var files = new VolumeFiles(stem, settings, volume, description);
        for (int t = 0; t < description.Times; t++)
        {
            var part = new PartialProgress(progress, (float)t / description.Times, (t + 1f) / description.Times);
            using VolumeReader time = VolumeFile.Open(path, new VolumeOpenOptions { Axes = settings.Axes, Time = t });
            string work = stem + (description.Times == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"_t{t:d4}")) + WorkSuffix;
            int frame = t;
            results.Add(SegmentTime(path, time, t, work, (result, source) => files.Write(result, source, frame, cancellationToken), part, cancellationToken));
        }
        IReadOnlyList<string> written = files.Complete(results, cancellationToken);
        return new VolumeOutcome(path, description.Image, results, written, watch.Elapsed.TotalSeconds);
    }

    /// <summary>What a run would do.</summary>
    /// <param name="path">A volume file.</param>
    public VolumePlan Plan(string path)
    {
        using VolumeReader file = VolumeFile.Open(path, new VolumeOpenOptions { Axes = settings.Axes });
        using var source = new ChannelSource(file, settings.Chan, settings.Chan2);
        return new VolumeSegmenter(models, ortho, volume.Options).Plan(source);
    }

    /// <summary>Segments the volume of one time point.</summary>
    /// <param name="path">Its file, by which an interrupted run is known again.</param>
    /// <param name="file">The volume; borrowed.</param>
    /// <param name="time">The time point.</param>
    /// <param name="workFolder">Where parts are kept that do not fit memory.</param>
    /// <param name="use">Takes the labels, and what they were found in, before the workspace is gone.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    public VolumeResult SegmentTime(
        string path, VolumeReader file, int time, string workFolder, Action<VolumeSegmentation, IVolumeSource> use, IProgress<float> progress, CancellationToken cancellationToken)
    {
        using var source = new ChannelSource(file, settings.Chan, settings.Chan2);
        VolumeOptions options = Fused(Estimated(source, new PartialProgress(progress, 0, Estimating), cancellationToken), source);
        var segmenter = new VolumeSegmenter(models, ortho, options);
        VolumePlan plan = segmenter.Plan(source);
        if (!settings.IsMovie || time == 0)
        {
            foreach ((string topic, string text) in PlanFacts.Of(plan))
                reporter.Info($"  {topic,-16} {text}");
        }

        bool onDisk = volume.Resume || !plan.InMemory;
        if (!onDisk)
        {
            using var memory = new MemoryWorkspace();
            return Run(segmenter, source, memory, null, use, progress, cancellationToken);
        }
        using var folder = new FolderWorkspace(workFolder);
        if (!volume.Resume)
            folder.Clear();
        try
        {
            VolumeResult result = Run(segmenter, source, folder, Identity(path, time), use, progress, cancellationToken);
            folder.Remove();
            return result;
        }
        catch
        {
            reporter.Info($"finished parts are kept in '{workFolder}'; the same command with --resume goes on from there.");
            throw;
        }
    }

    private static VolumeResult Run(
        VolumeSegmenter segmenter, IVolumeSource source, IVolumeWorkspace workspace, string? identity, Action<VolumeSegmentation, IVolumeSource> use,
        IProgress<float> progress, CancellationToken cancellationToken)
    {
        VolumeSegmentation done = segmenter.Segment(source, workspace, identity, new PartialProgress(progress, Estimating, 1), cancellationToken);
        use(done, source);
        return new VolumeResult(done.Filtered, done.Cells, done.Plan, done.Timings, done.NonFiniteVoxels);
    }

    private VolumeOptions Estimated(IVolumeSource source, IProgress<float> progress, CancellationToken cancellationToken)
    {
        SegmentationOptions s = volume.Options.Segmentation;
        bool wanted = settings.Options.AutoDiameter || (settings.EstimateIfPossible && !s.Compatible);
        if (!wanted || models[0].SizeModel is null)
        {
            return settings.Options.AutoDiameter
                ? throw new CommandException(ExitCode.Usage, $"the diameter cannot be estimated: model '{models[0].Info.Name}' has no size model; give the diameter.")
                : volume.Options;
        }
        double diameter = VolumeDiameter.Estimate(new Segmenter2D(models[0], s), source, progress, cancellationToken);
        return volume.Options with { Segmentation = s with { Diameter = diameter } };
    }

    private VolumeOptions Fused(VolumeOptions options, ChannelSource source) => options with
    {
        Fusion = volume.Fusion switch
        {
            "probability" => new WeightedFusion(),
            "resolution" => WeightedFusion.ByResolution(options.Anisotropy ?? source.SpacingUm.Anisotropy ?? 1),
            "length" => new WeightedFusion(byLength: true),
            _ => new SumFusion(),
        },
    };

    // a file that was changed since makes another run
    private string Identity(string path, int time)
    {
        string file = InputImages.FileOf(path);
        long length = File.Exists(file) ? new FileInfo(file).Length : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFullPath(path)} {length} {File.GetLastWriteTimeUtc(file).Ticks} {time} {settings.Axes} {settings.Chan} {settings.Chan2}");
    }
}
