using System.CommandLine;
using System.Globalization;
using Cellpose3D.Cli.Commands;
using Cellpose3D.Cli.Measuring;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Server;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Cli.Viewing;

/// <summary>The options of <c>view</c>; those it shares with <c>render</c> mean the same.</summary>
internal static class ViewArguments
{
    private static readonly Argument<string> Image = new("image") { Description = "Image or volume, also over time; labels with --labels-only. 'file.h5:/path' names an array in one." };
    private static readonly Argument<string?> Labels = new("labels") { Description = "Labels of the same size; default: IMAGE_cp_masks beside the image, made by the first save where it is not there.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string?> Tracks = new("tracks") { Description = "Tracks: GEFF or CTC folder, TrackMate .xml, .csv, .parquet, or man_track.txt.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Compare = new("--compare") { Description = "Other labels of the same size, whose outlines are shown over those of the labels." };
    private static readonly Option<bool> LabelsOnly = new("--labels-only") { Description = "The first file holds labels; a second one is then the tracks." };
    private static readonly Option<int> Port = new("--port") { Description = "Port on 127.0.0.1; default: a free one." };
    private static readonly Option<string> BasePath = new("--base-path") { Description = "Path a proxy puts before every address, for example /node/n017/8000.", DefaultValueFactory = _ => "" };
    private static readonly Option<string[]> AllowHost = new("--allow-host") { Description = "Name of a proxy that requests may be addressed to, besides 127.0.0.1 and localhost; can be given several times." };
    private static readonly Option<bool> Remote = new("--remote") { Description = "The page is looked at on another machine: print the ssh line for it, open no browser." };
    private static readonly Option<bool> NoBrowser = new("--no-browser") { Description = "Open no browser." };
    private static readonly Option<bool> Window = new("--window") { Description = "Show one view in a window instead of the browser (needs libglfw3 and a display); labels are only looked at." };
    private static readonly Option<bool> ReadOnly = new("--read-only") { Description = "Only look at the labels." };
    private static readonly Option<string> Keys = new("--keys") { Description = "Keyboard profile: cellpose3d, cellpose or napari.", DefaultValueFactory = _ => "cellpose3d" };
    private static readonly Option<int> Time = new("--time") { Description = "Time point shown first, counted from 1.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> Lut = new("--lut") { Description = $"Colour map of each channel: {string.Join(", ", ColorMap.Names)}." };
    private static readonly Option<string?> Contrast = new("--contrast") { Description = "Intensities shown black and in full, as low,high; default: by --percentiles." };
    private static readonly Option<string> Percentiles = new("--percentiles") { Description = "Percentiles shown black and in full.", DefaultValueFactory = _ => "1,99.8" };
    private static readonly Option<string?> Mode = new("--mode") { Description = "Image in 3D: mip, attenuated, translucent, iso or none; default: mip, with labels none." };
    private static readonly Option<string> Surface = new("--surface") { Description = "Surface of cells in 3D: smooth, or the faces of voxels.", DefaultValueFactory = _ => "smooth" };
    private static readonly Option<string?> ColorBy = new("--color-by") { Description = "id, track, or a column of 'measure'; default: track where tracks are given, else id." };
    private static readonly Option<string> Map = new("--color-map") { Description = "Colour map for --color-by a column.", DefaultValueFactory = _ => "viridis" };
    private static readonly Option<int> Seed = new("--seed") { Description = "Another number gives cells other colours." };
    private static readonly Option<string?> Axes = new("--axes") { Description = "What the image's axes are, slowest first, for example TZYX; default: from the file's metadata." };
    private static readonly Option<string?> LabelAxes = new("--label-axes") { Description = "What the labels' axes are; default: from the file's metadata." };
    private static readonly Option<string?> Voxel = new("--voxel-size") { Description = "Micrometres as z,y,x; default: from the image's metadata, else the labels'." };
    private static readonly Option<string> MaxMemory = new("--max-memory") { Description = "Memory for volumes; what needs more is shown more coarsely, and said so.", DefaultValueFactory = _ => "4G" };
    private static readonly Option<string> Device = new("--device") { Description = "Where the network runs that the page starts: auto, cpu, cuda or cuda:N.", DefaultValueFactory = _ => "auto" };
    private static readonly Option<string> Gl = new("--gl") { Description = "Way to OpenGL: auto, surfaceless, device, device:N or display.", DefaultValueFactory = _ => "auto" };

    /// <summary>Adds the options to a command.</summary>
    public static void AddTo(Command command)
    {
        Mode.AcceptOnlyFromAmong("mip", "attenuated", "translucent", "iso", "none");
        Surface.AcceptOnlyFromAmong("smooth", "voxels");
        Map.AcceptOnlyFromAmong([.. ColorMap.Names]);
        Keys.AcceptOnlyFromAmong("cellpose3d", "cellpose", "napari");
        command.Arguments.Add(Image);
        command.Arguments.Add(Labels);
        command.Arguments.Add(Tracks);
        foreach (Option option in (Option[])[LabelsOnly, Compare, Port, BasePath, AllowHost, Remote, NoBrowser, Window, ReadOnly, Keys, Time, Lut, Contrast, Percentiles, Mode, Surface, ColorBy, Map, Seed, Axes, LabelAxes, Voxel, MaxMemory, Device, Gl])
            command.Options.Add(option);
    }

    /// <summary>What the command line asks.</summary>
    /// <exception cref="CommandException">Options contradict each other or are out of range.</exception>
    public static ViewSettings Parse(ParseResult parse)
    {
        string first = parse.GetValue(Image)!;
        string? second = parse.GetValue(Labels), tracks = parse.GetValue(Tracks);
        bool alone = parse.GetValue(LabelsOnly);
        if (alone && tracks is not null)
            throw Wrong("with --labels-only give labels and, if there are any, tracks; got three files.");
        string? image = alone ? null : first, labels = alone ? first : second;
        tracks = alone ? second : tracks;
        (int port, int time) = (parse.GetValue(Port), parse.GetValue(Time));
        if (port is < 0 or > 65535 || time < 1)
            throw Wrong(string.Create(CultureInfo.InvariantCulture, $"--port must be 0 to 65535 and --time 1 or more; got {port} and {time}."));
        string colorBy = parse.GetValue(ColorBy) ?? (tracks is null ? "id" : "track");
        return new ViewSettings
        {
            Image = image, Labels = labels, Tracks = tracks, Compare = parse.GetValue(Compare),
            Files = new SceneFileOptions
            {
                ImageAxes = parse.GetValue(Axes),
                LabelAxes = parse.GetValue(LabelAxes) ?? (alone ? parse.GetValue(Axes) : null),
                VoxelUm = parse.GetValue(Voxel) is { } voxel ? VoxelSizeText.Parse(voxel) : null,
                MaxMemoryBytes = MemorySize.Parse(MaxMemory.Name, parse.GetValue(MaxMemory)!),
                LongestSide = 1 << 24,                                   // slices are no textures
            },
            Look = new ViewLook
            {
                Time = time - 1,
                Luts = parse.GetValue(Lut)?.Split(',') ?? [],
                Contrast = parse.GetValue(Contrast) is { } contrast ? Pair(Contrast, contrast) : null,
                Percentiles = Pair(Percentiles, parse.GetValue(Percentiles)!) is { Low: >= 0, High: <= 100 } p ? (p.Low / 100, p.High / 100) : throw Wrong($"--percentiles must be 0 to 100; got '{parse.GetValue(Percentiles)}'."),
                Mode = parse.GetValue(Mode) is { } mode ? Enum.Parse<ProjectionMode>(mode, ignoreCase: true) : null,
                Labels = new LabelLayer
                {
                    Coloring = colorBy switch { "id" => LabelColoring.Id, "track" => LabelColoring.Track, _ => LabelColoring.Feature },
                    Feature = colorBy is "id" or "track" ? null : colorBy,
                    FeatureMap = parse.GetValue(Map)!,
                    Seed = parse.GetValue(Seed),
                    Surface = parse.GetValue(Surface) == "voxels" ? LabelSurface.Voxels : LabelSurface.Smooth,
                },
            },
            Server = new ViewOptions
            {
                Port = port,
                BasePath = parse.GetValue(BasePath)!.TrimEnd('/'),
                Hosts = parse.GetValue(AllowHost) ?? [],
                Title = Path.GetFileName((image ?? labels)!.TrimEnd('/')),
                Keys = parse.GetValue(Keys)!,
            },
            Device = parse.GetValue(Device)!,
            Gl = parse.GetValue(Gl)!,
            ReadOnly = parse.GetValue(ReadOnly),
            Window = parse.GetValue(Window) && parse.GetValue(Compare) is not null ? throw Wrong("--compare is for the browser; leave out --window.") : parse.GetValue(Window) && parse.GetValue(Remote) ? throw Wrong("--window and --remote exclude each other; give one.") : parse.GetValue(Window),
            OpensBrowser = !parse.GetValue(NoBrowser),
            Remote = parse.GetValue(Remote),
        };
    }

    private static CommandException Wrong(string line) => new(ExitCode.Usage, line);

    private static (double Low, double High) Pair(Option option, string text) =>
        text.Split(',') is [string a, string b] && double.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out double low)
            && double.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out double high) && low < high
            ? (low, high) : throw Wrong($"{option.Name} must be two rising numbers low,high; got '{text}'.");
}
