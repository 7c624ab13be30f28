using System.Diagnostics;
using System.Globalization;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Fusion;
using Cellpose3D.Volume.Planes;
using Cellpose3D.Volume.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>Segments the volume of one file, one time point after the other, without ever holding it whole.</summary>
internal sealed class VolumeRun(
    SegmentationSettings settings, VolumeSettings volume, IReadOnlyList<CellposeModel> models, IReadOnlyList<CellposeModel> ortho, Reporter reporter)
{
    /// <summary>What the name of a volume's work folder ends in.</summary>
    public const string WorkSuffix = "_cp_work";

    private const string WrittenRecord = "written";
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
        RequireStack(path, description);
        string[] notes = [.. NotesOf(file)];
        var results = new List<VolumeResult>();
        using var files = new VolumeFiles(stem, settings, volume, description);
        var kept = new List<string>();                                   // workspaces of finished time points
        for (int t = 0; t < description.Times; t++)
        {
            var part = new PartialProgress(progress, (float)t / description.Times, (t + 1f) / description.Times);
            using VolumeReader time = VolumeFile.Open(path, new VolumeOpenOptions { Axes = settings.Axes, Time = t });
            string work = stem + (description.Times == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"_t{t:d4}")) + WorkSuffix;
            int frame = t;
            (VolumeResult result, bool onDisk) = SegmentTime(
                path, time, t, work, () => files.RemoveLeftovers(frame), (done, source, folder) => Write(files, done, source, frame, folder, cancellationToken), part, cancellationToken);
            results.Add(result);
            if (onDisk)
                kept.Add(work);
        }
        IReadOnlyList<string> written = files.Complete(results, cancellationToken);
        foreach (string work in kept)
            new FolderWorkspace(work).Remove();
        return new VolumeOutcome(path, description.Image, results, written, notes, watch.Elapsed.TotalSeconds);
    }

    /// <summary>What a run would do, and about how long it would take.</summary>
    /// <param name="path">A volume file.</param>
    /// <param name="cancellationToken">Checked while the diameter is estimated.</param>
    /// <exception cref="InvalidDataException">The file is damaged or no volume.</exception>
    public VolumeForecast Plan(string path, CancellationToken cancellationToken)
    {
        using VolumeReader file = VolumeFile.Open(path, new VolumeOpenOptions { Axes = settings.Axes });
        RequireStack(path, file.Description);
        using var source = new ChannelSource(file, settings.Chan, settings.Chan2);
        var segmenter = new VolumeSegmenter(models, ortho, OptionsOf(source, cancellationToken));
        VolumePlan plan = segmenter.Plan(source);
        return new VolumeForecast(plan, file.Description.Times, segmenter.EstimateTime(plan) * file.Description.Times, [.. NotesOf(file)]);
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
        (VolumeResult result, bool onDisk) = SegmentTime(path, file, time, workFolder, null, (done, source, _) => use(done, source), progress, cancellationToken);
        if (onDisk)
            new FolderWorkspace(workFolder).Remove();
        return result;
    }

    /// <summary>The options in force for a volume: its diameter, where that is to be estimated, and its fusion.</summary>
    /// <param name="source">The channels that are segmented; borrowed.</param>
    /// <param name="cancellationToken">Checked while the diameter is estimated.</param>
    public VolumeOptions OptionsOf(IVolumeSource source, CancellationToken cancellationToken) => Fused(Estimated(source, null, cancellationToken), source);

    /// <summary>Refuses a file of one plane.</summary>
    /// <exception cref="InvalidDataException">It is one.</exception>
    public static void RequireStack(string path, VolumeDescription description)
    {
        if (description.Shape.Z == 1)
            throw new InvalidDataException($"'{path}' has one plane ({description.Image.Axes}); --do-3d and --stitch-threshold need a stack: name its axes by --axes, or leave them out.");
    }

    /// <summary>What the user should know before trusting the result.</summary>
    public IEnumerable<string> NotesOf(VolumeReader file)
    {
        if (volume.Options is { Mode: VolumeMode.ThreePlanes, Anisotropy: null } && file.SpacingUm.Anisotropy is null)
            yield return "the file does not say how far its planes are apart, so they are taken to be as far apart as pixels; give --anisotropy (plane distance over pixel width) if they are not.";
        if (file.CountChunks() is { } chunks && chunks.Stored < chunks.All)
            yield return string.Create(CultureInfo.InvariantCulture, $"{chunks.All - chunks.Stored} of {chunks.All} chunks are not stored and read as the fill value; check that the store was copied whole.");
    }

    private (VolumeResult Result, bool OnDisk) SegmentTime(
        string path, VolumeReader file, int time, string workFolder, Action? inFolder, Action<VolumeSegmentation, IVolumeSource, FolderWorkspace?> use,
        IProgress<float> progress, CancellationToken cancellationToken)
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

        if (!volume.Resume && plan.InMemory)
        {
            using var memory = new MemoryWorkspace();
            VolumeSegmentation done = segmenter.Segment(source, memory, null, new PartialProgress(progress, Estimating, 1), cancellationToken);
            use(done, source, null);
            return (ResultOf(done), false);
        }
        using var folder = new FolderWorkspace(workFolder);
        inFolder?.Invoke();
        if (!volume.Resume)
            folder.Clear();
        string identity = IdentityOf(path, time);
        switch (segmenter.ContentOf(source, folder, identity))
        {
            case WorkspaceContent.ThisRun:
                reporter.Info($"goes on with what an earlier run left in '{workFolder}'.");
                break;
            case WorkspaceContent.AnotherRun:
                reporter.Warn($"'{workFolder}' holds parts of a run with another input, other options, model or blocks; they are dropped and the run begins anew.");
                break;
        }
        try
        {
            VolumeSegmentation done = segmenter.Segment(source, folder, identity, new PartialProgress(progress, Estimating, 1), cancellationToken);
            use(done, source, folder);
            return (ResultOf(done), true);
        }
        catch
        {
            reporter.Info($"finished parts are kept in '{workFolder}'; the same command with --resume goes on from there.");
            throw;
        }
    }

    private static void Write(
        VolumeFiles files, VolumeSegmentation done, IVolumeSource source, int time, FolderWorkspace? folder, CancellationToken cancellationToken)
    {
        if (folder is null || !files.IsMovie)
        {
            files.Write(done, source, time, cancellationToken);
            return;
        }
        // the labels wait for those of the other time points; the rest has gone into files of its own
        if (folder.Load(WrittenRecord) is null)
            files.WriteOwn(done, source, time, cancellationToken);
        folder.Save(WrittenRecord, []);
        folder.DeleteAllBut(BlockDynamics.LabelsName);
        files.WriteMovie(done.Labels, time, cancellationToken);
    }

    private static VolumeResult ResultOf(VolumeSegmentation done) => new(done.Filtered, done.Cells, done.Plan, done.Timings, done.NonFiniteVoxels);

    private VolumeOptions Estimated(IVolumeSource source, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        SegmentationOptions s = volume.Options.Segmentation;
        bool wanted = settings.Options.AutoDiameter || (settings.EstimateIfPossible && !s.Compatible);
        if (!wanted || models[0].SizeModel is null)
        {
            return settings.Options.AutoDiameter
                ? throw new CommandException(ExitCode.Usage, $"the diameter cannot be estimated: model '{models[0].Info.Name}' has no size model; give the diameter.")
                : volume.Options;
        }
        double diameter = VolumeDiameter.Estimate(new Segmenter2D(models[0], s), source, s.Normalize with { ReferenceOddities = s.Compatible, Threads = s.Threads }, progress, cancellationToken);
        return volume.Options with { Segmentation = s with { Diameter = diameter } };
    }

    private VolumeOptions Fused(VolumeOptions options, IVolumeSource source) => options with
    {
        Fusion = volume.Fusion switch
        {
            "probability" => new WeightedFusion(),
            "resolution" => WeightedFusion.ByResolution(options.Anisotropy ?? source.SpacingUm.Anisotropy ?? 1),
            "length" => new WeightedFusion(byLength: true),
            _ => new SumFusion(),
        },
    };

    /// <summary>What an input is known by: a file that was changed since makes another run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The time point.</param>
    public string IdentityOf(string path, int time)
    {
        string file = InputImages.FileOf(path);
        long length = File.Exists(file) ? new FileInfo(file).Length : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFullPath(path)} {length} {File.GetLastWriteTimeUtc(file).Ticks} {time} {settings.Axes} {settings.Chan} {settings.Chan2}");
    }
}
