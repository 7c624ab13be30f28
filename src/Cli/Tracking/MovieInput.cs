using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Evaluation;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Movies;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Cli.Tracking;

/// <summary>The movie that <c>track</c> works on: images, masks, or both.</summary>
internal sealed class MovieInput : IDisposable
{
    private MovieInput(Movie? images, Movie? labels, string stem, TrackSettings settings)
    {
        (Images, Labels, Stem) = (images, labels, stem);
        VoxelSize size = settings.VoxelSize ?? Known(labels) ?? Known(images) ?? default;
        VoxelSizeUm = size;
        FrameIntervalS = settings.FrameIntervalS ?? labels?.Info.FrameIntervalS ?? images?.Info.FrameIntervalS;
    }

    /// <summary>The images; null where masks come without any.</summary>
    public Movie? Images { get; }

    /// <summary>The masks; null where the images are segmented.</summary>
    public Movie? Labels { get; }

    /// <summary>What the results' names begin with.</summary>
    public string Stem { get; }

    /// <summary>Size of a voxel as far as it is known.</summary>
    public VoxelSize VoxelSizeUm { get; }

    /// <summary>Seconds between frames; null where unknown.</summary>
    public double? FrameIntervalS { get; }

    /// <summary>The movie that says how many frames there are, and how large.</summary>
    public Movie Frames => Labels ?? Images!;

    /// <summary>Size of a voxel, 1 where it is unknown.</summary>
    public SpacingUm Spacing => SpacingUm.From(VoxelSizeUm);

    /// <summary>Opens what the command line names.</summary>
    /// <exception cref="CommandException">A folder holds no image, or the masks are not of these images.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or a frame missing.</exception>
    public static MovieInput Open(TrackSettings settings)
    {
        string? axes = settings.Segmentation.Axes;
        if (settings.Labels is null)
            return new MovieInput(OpenImages(settings.Images, axes), null, StemOf(settings.Images), settings);
        Movie labels = OpenLabels(settings.Labels, settings.LabelsAxes);
        Movie? images = null;
        try
        {
            images = settings.LabelsImages is { } path ? OpenImages([path], axes) : null;
            if (images is not null && (images.FrameCount, images.Shape) != (labels.FrameCount, labels.Shape))
                throw new CommandException(ExitCode.BadInput, $"'{images.Path}' has {Size(images)}; '{labels.Path}' has {Size(labels)}. Give the images of these masks, or --axes and --labels-axes.");
            return new MovieInput(images, labels, StemOf([settings.Labels]), settings);
        }
        catch
        {
            labels.Dispose();
            images?.Dispose();
            throw;
        }
    }

    /// <summary>Lines that say what was read.</summary>
    public IEnumerable<string> Lines()
    {
        foreach ((string what, Movie? movie) in ((string, Movie?)[])[("images", Images), ("masks", Labels)])
        {
            if (movie is not null)
                yield return $"{what}: '{movie.Path}', {Size(movie)}{(movie.Channels > 1 ? string.Create(CultureInfo.InvariantCulture, $", {movie.Channels} channels") : "")}; axes {movie.Info.Axes} ({movie.Info.AxesSource}), {movie.Info.Format}";
        }
        yield return $"voxel um: {ImageFacts.Voxel(VoxelSizeUm)}{(FrameIntervalS is { } s ? string.Create(CultureInfo.InvariantCulture, $"; {s:g6} s a frame") : "")}";
    }

    /// <summary>What the user should know of.</summary>
    public IEnumerable<string> Warnings()
    {
        foreach (Movie movie in ((Movie?[])[Images, Labels]).OfType<Movie>())
        {
            if (movie.IsTimeGuessed)
                yield return $"'{movie.Path}' names no axes; its planes are taken for time points. If they are planes of a volume, give --axes.";
        }
        if (VoxelSizeUm.X is null)
            yield return "the size of a pixel is unknown, so distances count pixels; give --voxel-size to have micrometres.";
        else if (Frames.IsVolume && VoxelSizeUm.Z is null)
            yield return "the distance of planes is unknown and taken for the pixel's width; give --voxel-size z,y,x.";
    }

    /// <summary>The entry of <c>run.json</c>.</summary>
    public JsonObject ToJson() => new()
    {
        ["images"] = Images is null ? null : Describe(Images),
        ["masks"] = Labels is null ? null : Describe(Labels),
        ["voxel_size_um"] = new JsonArray([VoxelSizeUm.Z, VoxelSizeUm.Y, VoxelSizeUm.X]),
        ["frame_interval_s"] = FrameIntervalS,
    };

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        Images?.Dispose();
        Labels?.Dispose();
    }

    /// <summary>Opens a label movie: a stack, a folder of the Cell Tracking Challenge, or any folder of label images.</summary>
    public static Movie OpenLabels(string path, string? axes)
    {
        if (!Directory.Exists(path) || VolumeFile.IsContainer(path))
            return Movie.Open(path, axes, asLabels: true);
        if (CtcFolder.IsCtc(path))
        {
            CtcFolder ctc = CtcFolder.Open(path);
            return Movie.OpenFiles([.. Enumerable.Range(0, ctc.FrameCount).Select(ctc.FrameFile)], axes, asLabels: true);
        }
        return Movie.OpenFiles(FrameFiles.InOrder(LabelFiles.Find(path, truth: false).Values), axes, asLabels: true);
    }

    private static Movie OpenImages(IReadOnlyList<string> paths, string? axes)
    {
        if (paths.Count == 1 && (!Directory.Exists(paths[0]) || VolumeFile.IsContainer(paths[0])))
            return Movie.Open(paths[0], axes);
        return Movie.OpenFiles(FrameFiles.InOrder(InputImages.Find(paths)), axes);
    }

    private static VoxelSize? Known(Movie? movie) => movie?.Info.VoxelSizeUm is { X: not null } size ? size : null;

    private static string Size(Movie movie) => string.Create(
        CultureInfo.InvariantCulture,
        $"{movie.FrameCount} frame{(movie.FrameCount == 1 ? "" : "s")} of {(movie.IsVolume ? $"{movie.Shape.Z} x " : "")}{movie.Shape.Y} x {movie.Shape.X}");

    private static JsonObject Describe(Movie movie) => new()
    {
        ["path"] = movie.Path,
        ["format"] = movie.Info.Format,
        ["axes"] = movie.Info.Axes,
        ["axes_source"] = movie.Info.AxesSource,
        ["frames"] = movie.FrameCount,
        ["shape"] = new JsonArray(movie.Shape.Z, movie.Shape.Y, movie.Shape.X),
        ["channels"] = movie.Channels,
    };

    // a file's own name, a folder's, or that of the folder of several files
    private static string StemOf(IReadOnlyList<string> paths)
    {
        string first = Path.GetFullPath(InputImages.FileOf(paths[0]));
        if (paths.Count > 1)
            first = Path.GetDirectoryName(first)!;
        if (!Directory.Exists(first) || VolumeFile.IsContainer(first))
            return InputImages.Stem(first);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(first));
        return name is "TRA" or "SEG" && Path.GetFileName(Path.GetDirectoryName(first)!) is { Length: > 0 } above ? above : name;
    }
}
