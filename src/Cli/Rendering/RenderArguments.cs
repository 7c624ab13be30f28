using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Cellpose3D.Cli.Commands;
using Cellpose3D.Cli.Measuring;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Cli.Rendering;

/// <summary>The options of <c>render</c>.</summary>
internal static class RenderArguments
{
    private static readonly Argument<string> Image = new("image") { Description = "Image or volume, also over time; labels with --labels-only. 'file.h5:/path' names an array in one." };
    private static readonly Argument<string?> Labels = new("labels") { Description = "Labels of the same size.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string> Output = new("--output", "-o") { Description = "A .png; for --turntable and --movie a folder of PNGs or an .mp4 (needs ffmpeg).", Required = true };
    private static readonly Option<bool> LabelsOnly = new("--labels-only") { Description = "The one file given holds labels." };
    private static readonly Option<string?> Axes = new("--axes") { Description = "What the image's axes are, slowest first, for example TZYX; default: from the file's metadata." };
    private static readonly Option<string?> LabelAxes = new("--label-axes") { Description = "What the labels' axes are; default: from the file's metadata." };
    private static readonly Option<string?> Voxel = new("--voxel-size") { Description = "Micrometres as z,y,x; default: from the image's metadata, else the labels'." };
    private static readonly Option<string> MaxMemory = new("--max-memory") { Description = "Memory for volumes; what needs more is drawn more coarsely, and said so.", DefaultValueFactory = _ => "4G" };
    private static readonly Option<string> Gl = new("--gl") { Description = "Way to OpenGL: auto, surfaceless, device, device:N or display.", DefaultValueFactory = _ => "auto" };

    private static readonly Option<string> Size = new("--size") { Description = "Pixels as WIDTHxHEIGHT.", DefaultValueFactory = _ => "1280x960" };
    private static readonly Option<int> Supersample = new("--supersample") { Description = "Pixels drawn for one along each side, 1 to 8.", DefaultValueFactory = _ => 2 };
    private static readonly Option<int> Turntable = new("--turntable") { Description = "Draw a full turn in this many pictures." };
    private static readonly Option<bool> Movie = new("--movie") { Description = "Draw every time point." };
    private static readonly Option<int> Fps = new("--fps") { Description = "Pictures a second in an .mp4.", DefaultValueFactory = _ => 24 };
    private static readonly Option<int> Time = new("--time") { Description = "Time point, counted from 1.", DefaultValueFactory = _ => 1 };

    private static readonly Option<string> View = new("--view") { Description = "Where the camera looks from: corner, front, back, left, right, top or bottom.", DefaultValueFactory = _ => "corner" };
    private static readonly Option<string> Up = new("--up") { Description = "Axis that stands upright: y as in the planes, or z.", DefaultValueFactory = _ => "y" };
    private static readonly Option<double?> Azimuth = new("--azimuth") { Description = "Degrees around the upright axis." };
    private static readonly Option<double?> Elevation = new("--elevation") { Description = "Degrees above the horizon, -90 to 90." };
    private static readonly Option<double> Roll = new("--roll") { Description = "Degrees around the line of sight." };
    private static readonly Option<double> Zoom = new("--zoom") { Description = "Enlargement beyond what shows everything.", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> Perspective = new("--perspective") { Description = "Angle of view in degrees; 0 for a parallel projection, true to scale everywhere." };
    private static readonly Option<string?> Slice = new("--slice") { Description = "Draw one plane instead of 3D: xy, xz or zy. A flat image is drawn as xy if no option of 3D is given." };
    private static readonly Option<double?> At = new("--at") { Description = "Where along its axis the slice lies, counted from 1; default: the middle." };
    private static readonly Option<bool> Orthogonal = new("--orthogonal") { Description = "Draw three planes at right angles and 3D in one picture." };
    private static readonly Option<string?> Planes = new("--planes") { Description = "Planes of the image inside the 3D view, for example z=10,x=40, counted from 1." };
    private static readonly Option<string?> Clip = new("--clip") { Description = "Part to draw as z0:z1,y0:y1,x0:x1 in voxels from 0, ends exclusive; empty is open, as in :,20:,:." };

    private static readonly Option<string?> Channel = new("--channel") { Description = "Channels to draw, counted from 1, for example 1,3; default: the first eight." };
    private static readonly Option<string?> Lut = new("--lut") { Description = $"Colour map of each channel drawn: {string.Join(", ", ColorMap.Names)}." };
    private static readonly Option<string?> Contrast = new("--contrast") { Description = "Intensities shown black and in full, as low,high; default: by --percentiles." };
    private static readonly Option<string> Percentiles = new("--percentiles") { Description = "Percentiles shown black and in full.", DefaultValueFactory = _ => "50,99.8" };
    private static readonly Option<double> Gamma = new("--gamma") { Description = "Exponent on the contrast.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> Mode = new("--mode") { Description = "Image in 3D: mip, attenuated, translucent, iso or none; default: mip, with labels none." };
    private static readonly Option<double> Opacity = new("--opacity") { Description = "Share of the image in the picture, 0 to 1.", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> Density = new("--density") { Description = "How fast attenuated and translucent light is swallowed.", DefaultValueFactory = _ => 2 };
    private static readonly Option<double> Iso = new("--iso") { Description = "Level of the surface within the contrast, 0 to 1.", DefaultValueFactory = _ => 0.5 };

    private static readonly Option<string> Surface = new("--surface") { Description = "Surface of cells: smooth, or the faces of voxels.", DefaultValueFactory = _ => "smooth" };
    private static readonly Option<string?> Isolate = new("--isolate") { Description = "Cells to draw alone, for example 3,17-20." };
    private static readonly Option<string?> Hide = new("--hide") { Description = "Cells not to draw." };
    private static readonly Option<string?> Select = new("--select") { Description = "Cells to make stand out." };
    private static readonly Option<double> Ghost = new("--ghost") { Description = "Opacity of the cells that are not isolated, as glass, 0 to 1." };
    private static readonly Option<string> ColorBy = new("--color-by") { Description = "id (touching cells apart), track (the same in every frame, daughters near their mother), or a column of 'measure' or of --table.", DefaultValueFactory = _ => "id" };
    private static readonly Option<string?> Table = new("--table") { Description = "CSV with a column label, for --color-by." };
    private static readonly Option<string?> Tracks = new("--tracks") { Description = "Tracks, whose tails are drawn: GEFF or CTC folder, TrackMate .xml, .csv, .parquet, man_track.txt or res_track.txt; --color-by track takes tracks and mothers from them." };
    private static readonly Option<int> Tail = new("--tail") { Description = "Time points that tails of --tracks go back; 0 for none.", DefaultValueFactory = _ => 8 };
    private static readonly Option<string> Map = new("--color-map") { Description = "Colour map for --color-by a column.", DefaultValueFactory = _ => "viridis" };
    private static readonly Option<string?> Range = new("--color-range") { Description = "Numbers at the map's ends as low,high; default: smallest and largest." };
    private static readonly Option<int> Seed = new("--seed") { Description = "Another number gives cells other colours." };
    private static readonly Option<double> SliceOpacity = new("--label-opacity") { Description = "Opacity of labels on slices, 0 to 1.", DefaultValueFactory = _ => 0.3 };
    private static readonly Option<double> Outlines = new("--outlines") { Description = "Width of outlines on slices in pixels; 0 for none.", DefaultValueFactory = _ => 1.5 };
    private static readonly Option<double> Edges = new("--edges") { Description = "Width of lines between cells in 3D in pixels; 0 for none.", DefaultValueFactory = _ => 1 };

    private static readonly Option<string> Ground = new("--background") { Description = "studio, black, white, transparent, #rrggbb, or two colours from top to bottom as #rrggbb,#rrggbb.", DefaultValueFactory = _ => "studio" };
    private static readonly Option<double> Occlusion = new("--occlusion") { Description = "Darkness of creases and gaps, 0 to 1.", DefaultValueFactory = _ => 0.9 };
    private static readonly Option<bool> ScaleBar = new("--scale-bar") { Description = "Draw a bar of a round length." };
    private static readonly Option<bool> Arrows = new("--arrows") { Description = "Draw arrows along x, y and z." };
    private static readonly Option<bool> Box = new("--box") { Description = "Draw the volume's edges." };
    private static readonly Option<string?> Text = new("--text") { Description = "A line at the top left; {t} is the time point." };
    private static readonly Option<string?> Commands = new("--commands") { Description = "File of scene commands, one JSON object a line, applied at last." };

    /// <summary>Adds the options to a command.</summary>
    public static void AddTo(Command command)
    {
        Surface.AcceptOnlyFromAmong("smooth", "voxels");
        View.AcceptOnlyFromAmong("corner", "front", "back", "left", "right", "top", "bottom");
        Up.AcceptOnlyFromAmong("y", "z");
        Slice.AcceptOnlyFromAmong("xy", "xz", "zy");
        Mode.AcceptOnlyFromAmong("mip", "attenuated", "translucent", "iso", "none");
        Map.AcceptOnlyFromAmong([.. ColorMap.Names]);
        command.Arguments.Add(Image);
        command.Arguments.Add(Labels);
        foreach (Option option in (Option[])[Output, LabelsOnly, Size, Supersample, View, Up, Azimuth, Elevation, Roll, Zoom, Perspective, Slice, At, Orthogonal, Planes, Clip,
            Channel, Lut, Contrast, Percentiles, Gamma, Mode, Opacity, Density, Iso, Surface, Isolate, Hide, Select, Ghost, ColorBy, Table, Tracks, Tail, Map, Range, Seed,
            SliceOpacity, Outlines, Edges, Ground, Occlusion, ScaleBar, Arrows, Box, Text, Time, Turntable, Movie, Fps, Axes, LabelAxes, Voxel, MaxMemory, Gl, Commands])
            command.Options.Add(option);
    }

    /// <summary>What the command line asks.</summary>
    /// <exception cref="CommandException">Options contradict each other or are out of range.</exception>
    public static RenderSettings Parse(ParseResult parse)
    {
        string image = parse.GetValue(Image)!;
        string? labels = parse.GetValue(Labels);
        if (parse.GetValue(LabelsOnly) && labels is not null)
            throw Wrong("--labels-only is for one file; got two.");
        (int width, int height) = SizeOf(parse.GetValue(Size)!);
        if (parse.GetValue(Turntable) < 0 || parse.GetValue(Fps) < 1 || parse.GetValue(Time) < 1 || !(parse.GetValue(Zoom) > 0))
            throw Wrong($"--turntable must be 0 or more, --fps and --time 1 or more, --zoom above 0; got {parse.GetValue(Turntable)}, {parse.GetValue(Fps)}, {parse.GetValue(Time)}, {parse.GetValue(Zoom)}.");
        string colorBy = parse.GetValue(ColorBy)!;
        (double Low, double High)? range = Pair(Range, parse.GetValue(Range));
        var layer = new LabelLayer
        {
            Coloring = colorBy switch { "id" => LabelColoring.Id, "track" => LabelColoring.Track, _ => LabelColoring.Feature },
            Feature = colorBy is "id" or "track" ? null : colorBy,
            FeatureMap = parse.GetValue(Map)!,
            FeatureLow = range?.Low,
            FeatureHigh = range?.High,
            Seed = parse.GetValue(Seed),
            Surface = parse.GetValue(Surface) == "voxels" ? LabelSurface.Voxels : LabelSurface.Smooth,
            Isolated = Ids(Isolate, parse.GetValue(Isolate)),
            Hidden = Ids(Hide, parse.GetValue(Hide)),
            Selected = Ids(Select, parse.GetValue(Select)),
            Ghost = parse.GetValue(Ghost),
            SliceOpacity = parse.GetValue(SliceOpacity),
            OutlineWidth = parse.GetValue(Outlines),
            EdgeWidth = parse.GetValue(Edges),
        };
        layer.Validate();
        return new RenderSettings
        {
            Image = parse.GetValue(LabelsOnly) ? null : image,
            Labels = parse.GetValue(LabelsOnly) ? image : labels,
            Output = parse.GetValue(Output)!,
            Files = new SceneFileOptions
            {
                ImageAxes = parse.GetValue(Axes),
                LabelAxes = parse.GetValue(LabelAxes) ?? (parse.GetValue(LabelsOnly) ? parse.GetValue(Axes) : null),
                VoxelUm = parse.GetValue(Voxel) is { } voxel ? VoxelSizeText.Parse(voxel) : null,
                MaxMemoryBytes = MemorySize.Parse(MaxMemory.Name, parse.GetValue(MaxMemory)!),
            },
            Gl = parse.GetValue(Gl)!,
            Width = width, Height = height,
            Supersampling = parse.GetValue(Supersample),
            Turntable = parse.GetValue(Turntable),
            OverTime = parse.GetValue(Movie),
            FramesPerSecond = parse.GetValue(Fps),
            Orthogonal = parse.GetValue(Orthogonal),
            Time = parse.GetValue(Time) - 1,
            View = parse.GetValue(Slice) switch { "xy" => ViewKind.XY, "xz" => ViewKind.XZ, "zy" => ViewKind.ZY, _ => In3D.Any(o => parse.GetResult(o) is { Implicit: false }) ? ViewKind.Volume : null },
            SliceAt = parse.GetValue(At) - 1,
            Preset = Enum.Parse<CameraPreset>(parse.GetValue(View)!, ignoreCase: true),
            Up = parse.GetValue(Up) == "z" ? UpAxis.Z : UpAxis.Y,
            Azimuth = parse.GetValue(Azimuth), Elevation = parse.GetValue(Elevation), Roll = parse.GetValue(Roll),
            Zoom = parse.GetValue(Zoom), Perspective = parse.GetValue(Perspective),
            Channels = parse.GetValue(Channel) is { } channels ? [.. Ids(Channel, channels).Select(c => (int)c - 1)] : null,
            Luts = parse.GetValue(Lut)?.Split(',') ?? [],
            Contrast = Pair(Contrast, parse.GetValue(Contrast)),
            Percentiles = Pair(Percentiles, parse.GetValue(Percentiles)) is { Low: >= 0, High: <= 100 } p ? p : throw Wrong($"--percentiles must be 0 to 100; got '{parse.GetValue(Percentiles)}'."),
            Gamma = parse.GetValue(Gamma),
            Mode = parse.GetValue(Mode) is { } mode ? Enum.Parse<ProjectionMode>(mode, ignoreCase: true) : null,
            ImageOpacity = parse.GetValue(Opacity), Density = parse.GetValue(Density), IsoLevel = parse.GetValue(Iso),
            Layer = layer,
            ColorBy = colorBy, Table = parse.GetValue(Table), Tracks = parse.GetValue(Tracks),
            Tail = parse.GetValue(Tail) is >= 0 and var tail ? tail : throw Wrong($"--tail must be 0 or more; got {parse.GetValue(Tail)}."),
            Clip = ClipOf(parse.GetValue(Clip)),
            Planes = PlanesOf(parse.GetValue(Planes)),
            Background = BackgroundOf(parse.GetValue(Ground)!),
            Lighting = new Lighting(parse.GetValue(Occlusion) is >= 0 and <= 1 and var dark ? dark : throw Wrong($"--occlusion must be 0 to 1; got {parse.GetValue(Occlusion)}.")),
            Decorations = new Decorations(parse.GetValue(ScaleBar), parse.GetValue(Arrows), parse.GetValue(Box), parse.GetValue(Text)),
            Commands = parse.GetValue(Commands) is { } file ? [.. File.ReadLines(file).Where(l => l.Trim().Length > 0).Select(SceneJson.ReadCommand)] : [],
        };
    }

    // whoever gives one of these wants a flat image in space
    private static Option[] In3D => [View, Up, Azimuth, Elevation, Roll, Perspective, Orthogonal, Planes, Clip, Turntable, Mode, Surface, Box];

    private static CommandException Wrong(string line) => new(ExitCode.Usage, line);

    private static (int Width, int Height) SizeOf(string text) =>
        text.Split('x') is [string w, string h] && int.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width > 0
            && int.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out int height) && height > 0
            ? (width, height) : throw Wrong($"--size must be WIDTHxHEIGHT in pixels, as in 1920x1080; got '{text}'.");

    private static (double Low, double High)? Pair(Option option, string? text)
    {
        if (text is null)
            return null;
        return text.Split(',') is [string a, string b] && double.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out double low)
            && double.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out double high) && low < high
            ? (low, high) : throw Wrong($"{option.Name} must be two rising numbers low,high; got '{text}'.");
    }

    private static ImmutableSortedSet<uint> Ids(Option option, string? text)
    {
        if (text is null)
            return [];
        var ids = ImmutableSortedSet.CreateBuilder<uint>();
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !uint.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint from)
                || !uint.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out uint to) || from == 0 || to < from || to - from > 10_000_000)
                throw Wrong($"{option.Name} must be whole numbers from 1 and ranges of them, as in 3,17-20; got '{text}'.");
            for (uint id = from; ; id++)
            {
                ids.Add(id);
                if (id == to)
                    break;
            }
        }
        return ids.ToImmutable();
    }

    private static ClipBox? ClipOf(string? text)
    {
        if (text is null)
            return null;
        (double Low, double High)[] ends = [.. text.Split(',').Select(part => part.Split(':') is [string a, string b] ? (End(a, 0), End(b, double.MaxValue)) : (1, 0))];
        return ends is [var z, var y, var x] && ends.All(e => e.Low < e.High)
            ? new ClipBox(new PointUm(z.Low, y.Low, x.Low), new PointUm(z.High, y.High, x.High))
            : throw Wrong($"--clip must be z0:z1,y0:y1,x0:x1 with rising ends, as in :,20:80,:; got '{text}'.");

        static double End(string end, double open) => end.Length == 0 ? open
            : double.TryParse(end, NumberStyles.Float, CultureInfo.InvariantCulture, out double v) && v >= 0 ? v : double.NaN;
    }

    private static SlicePlanes PlanesOf(string? text)
    {
        SlicePlanes planes = SlicePlanes.None;
        foreach (string part in text?.Split(',') ?? [])
        {
            if (part.Length < 3 || part[1] != '=' || !double.TryParse(part.AsSpan(2), NumberStyles.Float, CultureInfo.InvariantCulture, out double at) || !(at >= 1))
                throw Wrong($"--planes must be such as z=10,x=40, counted from 1; got '{text}'.");
            planes = part[0] switch
            {
                'z' => planes with { Z = at - 1 },
                'y' => planes with { Y = at - 1 },
                'x' => planes with { X = at - 1 },
                _ => throw Wrong($"--planes must name z, y or x; got '{text}'."),
            };
        }
        return planes;
    }

    private static Background BackgroundOf(string text)
    {
        try
        {
            return text switch
            {
                "studio" => Background.Studio,
                "transparent" => Background.Black with { IsTransparent = true },
                _ when text.Split(',') is [string top, string bottom] => new Background(Rgb.Parse(top), Rgb.Parse(bottom)),
                _ => new Background(Rgb.Parse(text), Rgb.Parse(text)),
            };
        }
        catch (FormatException e)
        {
            throw new CommandException(ExitCode.Usage, $"--background: {e.Message}", e);
        }
    }
}
