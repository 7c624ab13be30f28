using System.Globalization;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Cli.Tracking;
using Cellpose3D.IO.Movies;
using Cellpose3D.Volume;

namespace Cellpose3D.Cli.Cluster;

/// <summary>Makes runs for engines of what the command line asks for.</summary>
internal static class SharedUnits
{
    private const string ImagesName = "images";

    /// <summary>The runs of <c>segment</c>: each volume in 3D is one, cut into blocks; other files are the items of one together.</summary>
    /// <param name="settings">What the command line asked for.</param>
    /// <param name="images">The files.</param>
    /// <param name="stems">Folder and name that the results' names begin with, for each.</param>
    /// <param name="report">The report of one run; those of several have their volumes' names before.</param>
    /// <param name="reporter">Is told device and model.</param>
    public static IReadOnlyList<SharedUnit> Of(SegmentationSettings settings, IReadOnlyList<string> images, IReadOnlyList<string> stems, string report, Reporter reporter)
    {
        if (settings.Output is { } output)
            Directory.CreateDirectory(output);
        SortedDictionary<string, string> facts = RunFacts.Of(settings);
        if (settings.Volume is not { Options.Mode: VolumeMode.ThreePlanes })
            return [OfImages(settings, images, report, facts, reporter)];
        return
        [
            .. images.Select((image, n) => OfVolume(
                settings, image, stems[n], images.Count == 1 ? report : Path.Combine(Path.GetDirectoryName(report)!, $"{Path.GetFileName(stems[n])}_run.json"), facts, reporter)),
        ];
    }

    /// <summary>The run of <c>track</c>.</summary>
    /// <param name="settings">What the command line asked for.</param>
    /// <param name="reporter">Is told device and model.</param>
    public static SharedUnit Of(TrackSettings settings, Reporter reporter)
    {
        using MovieInput input = MovieInput.Open(settings);
        Movie movie = input.Images!;
        string stem = Path.Combine(settings.Output, input.Stem), folder = Path.GetFullPath(stem + TrackRun.WorkSuffix);
        SortedDictionary<string, string> facts = RunFacts.Flat(TrackJson.Settings(settings));
        foreach (string name in facts.Keys.Where(k => k.StartsWith("segmentation.", StringComparison.Ordinal) || k == "images").ToArray())
            facts.Remove(name);
        foreach ((string name, string text) in RunFacts.Of(settings.Segmentation))
            facts[$"segmentation.{name}"] = text;
        facts["voxel_size"] = settings.VoxelSize?.ToString() ?? "none";
        facts["frame_interval"] = settings.FrameIntervalS?.ToString(CultureInfo.InvariantCulture) ?? "none";
        facts["input"] = RunFacts.OfFiles(Enumerable.Range(0, movie.FrameCount).Select(movie.FrameFile));
        if (settings.Pins is { } pins)
            facts["pins"] = RunFacts.OfFiles([pins]);
        return new SharedUnit
        {
            Kind = SharedKind.Movie,
            Image = movie.Path,
            Stem = Path.GetFullPath(stem),
            Folder = folder,
            Report = Path.GetFullPath(Path.Combine(settings.Output, TrackRun.ReportName)),
            Arguments = settings.Arguments,
            Facts = facts,
            Begin = (known, workers, _) => new FramesJob(
                known?.Diameter is { } diameter ? settings with { Segmentation = settings.Segmentation.WithDiameter(diameter) } : settings, folder,
                known is null ? MovieFolderUse.SharedAnew : MovieFolderUse.SharedResume, workers, reporter),
        };
    }

    private static SharedUnit OfImages(SegmentationSettings settings, IReadOnlyList<string> images, string report, SortedDictionary<string, string> facts, Reporter reporter)
    {
        string stem = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(report)!, ImagesName)), folder = stem + VolumeRun.WorkSuffix;
        return new SharedUnit
        {
            Kind = SharedKind.Images,
            Image = images.Count == 1 ? images[0] : settings.Images.Count == 1 ? settings.Images[0] : string.Create(CultureInfo.InvariantCulture, $"{images[0]}, ... ({images.Count} files)"),
            Images = images,
            Stem = stem,
            Folder = folder,
            Report = Path.GetFullPath(report),
            Arguments = settings.Arguments,
            Facts = facts,
            Begin = (known, workers, _) =>
            {
                var job = new ImagesJob(settings, images, folder, settings.Device, settings.Options.Threads, workers, reporter);
                job.Restore(new RunFolder(folder), known);
                return job;
            },
        };
    }

    private static SharedUnit OfVolume(SegmentationSettings settings, string image, string stem, string report, SortedDictionary<string, string> facts, Reporter reporter)
    {
        string folder = Path.GetFullPath(stem + VolumeRun.WorkSuffix);
        return new SharedUnit
        {
            Kind = SharedKind.Volume,
            Image = image,
            Stem = Path.GetFullPath(stem),
            Folder = folder,
            Report = Path.GetFullPath(report),
            Arguments = settings.Arguments,
            Facts = new SortedDictionary<string, string>(facts, StringComparer.Ordinal) { ["input"] = RunFacts.OfFiles([image]) },
            // what an earlier submission cut and estimated stays, else its blocks would not be this run's
            Begin = (known, workers, cancellationToken) => BlocksJob.Begin(
                new SharedVolume(known is null ? settings : settings.WithDiameter(known.Diameter), image, settings.Device, known?.Cut ?? workers, reporter, cancellationToken),
                folder, known is not null, workers, reporter),
        };
    }
}
