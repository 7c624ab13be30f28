using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.IO;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Server;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Cli.Rendering;

/// <summary>One run of <c>render</c>: reads what a picture needs, draws it, writes it.</summary>
internal sealed class Studio(GlThread gl, SceneFiles files, RenderSettings settings, Reporter reporter, CancellationToken cancellationToken)
{
    private const int MostChannels = 8;
    private static readonly string[] DefaultLuts = ["green", "magenta", "cyan", "yellow", "red", "blue", "gray", "hot"];

    private readonly List<double> _seconds = [];
    private int _loaded = -1;
    private LabelVolume? _labels;
    private TrackView? _tracks;

    /// <summary>Draws everything that was asked for.</summary>
    /// <returns>What was drawn, for <c>--json</c>.</returns>
    public JsonObject Draw()
    {
        int[] times = settings.OverTime ? [.. Enumerable.Range(0, files.Frames)] : [settings.Time];
        if (settings.Time >= files.Frames)
            throw new CommandException(ExitCode.Usage, string.Create(CultureInfo.InvariantCulture, $"--time must be 1 to {files.Frames}; got {settings.Time + 1}."));
        int[] channels = Channels();
        _tracks = settings.Tracks is { } tracks ? TrackView.Read(tracks, files, cancellationToken) : null;
        CellColors? colors = files.HasLabels ? new CellColors(settings, files, _tracks, times, cancellationToken) : null;
        SceneRenderer renderer = gl.Invoke(device => new SceneRenderer(device));
        try
        {
            Load(renderer, times[0], channels, colors, out IReadOnlyList<ImageLayer> layers);
            SceneState scene = Scene(layers);
            foreach (SceneCommand command in settings.Commands)
                scene = SceneReducer.Apply(scene, command);
            if (settings.Orthogonal && scene.View != ViewKind.Volume)
                throw new CommandException(ExitCode.Usage, "--slice and --orthogonal exclude each other; give one.");
            JsonArray outputs = settings.IsMovie ? Movie(renderer, scene, times, channels, colors) : [Picture(renderer, scene)];
            reporter.Result(string.Join(Environment.NewLine, outputs.Select(o => (string?)o)));
            return Report(scene, outputs, colors);
        }
        finally
        {
            gl.Invoke(_ => renderer.Dispose());
        }
    }

    private int[] Channels()
    {
        int[] wanted = settings.Channels is { } given ? [.. given] : [.. Enumerable.Range(0, Math.Min(files.Channels, MostChannels))];
        if (files.Channels > MostChannels && settings.Channels is null)
            reporter.Warn(string.Create(CultureInfo.InvariantCulture, $"the first {MostChannels} of {files.Channels} channels are drawn; choose others by --channel."));
        foreach (int c in wanted)
        {
            if (c >= files.Channels)
                throw new CommandException(ExitCode.Usage, string.Create(CultureInfo.InvariantCulture, $"--channel must be 1 to {files.Channels}; got {c + 1}."));
        }
        if (settings.Luts.Count > 0 && settings.Luts.Count != wanted.Length)
            throw new CommandException(ExitCode.Usage, string.Create(CultureInfo.InvariantCulture, $"--lut must name a colour map for each of {wanted.Length} channels; got {settings.Luts.Count}."));
        return wanted;
    }

    private ViewKind View => settings.View ?? (files.Grid.Shape.Z > 1 ? ViewKind.Volume : ViewKind.XY);

    private ProjectionMode Mode => settings.Mode ?? (files.HasLabels ? ProjectionMode.None : ProjectionMode.Mip);

    // what is not looked at is not read: labels alone in 3D need no image
    private bool NeedsImage => View != ViewKind.Volume || settings.Orthogonal || Mode != ProjectionMode.None || settings.Planes != SlicePlanes.None || !settings.Commands.IsEmpty;

    private void Load(SceneRenderer renderer, int time, int[] channels, CellColors? colors, out IReadOnlyList<ImageLayer> layers)
    {
        var looks = new List<ImageLayer>();
        for (int n = 0; n < channels.Length && NeedsImage; n++)
        {
            IntensityVolume image = files.ReadImage(time, channels[n], cancellationToken);
            looks.Add(Look(image, channels, n));
            int slot = n;
            gl.Invoke(_ => renderer.SetImage(slot, image));
        }
        layers = looks;
        if (colors is not null)
        {
            LabelVolume labels = files.ReadLabels(time, cancellationToken);
            IReadOnlyDictionary<uint, Rgb> chosen = colors.Of(time, labels, cancellationToken);
            gl.Invoke(_ =>
            {
                renderer.SetLabels(labels);
                renderer.Colors = chosen;
            });
            _labels = labels;
        }
        _loaded = time;
    }

    private ImageLayer Look(IntensityVolume image, int[] channels, int n)
    {
        (double low, double high) = settings.Contrast ?? image.Percentiles(settings.Percentiles.Low / 100, settings.Percentiles.High / 100);
        var layer = new ImageLayer
        {
            Name = channels[n] < files.ChannelNames.Count ? files.ChannelNames[channels[n]] : string.Create(CultureInfo.InvariantCulture, $"channel {channels[n] + 1}"),
            Lut = settings.Luts.Count > 0 ? settings.Luts[n] : channels.Length == 1 ? "gray" : DefaultLuts[n % DefaultLuts.Length],
            Low = low, High = high,
            Gamma = settings.Gamma,
            Opacity = settings.ImageOpacity,
            Mode = Mode,
            IsoLevel = settings.IsoLevel,
            Density = settings.Density,
        };
        layer.Validate();
        return layer;
    }

    private SceneState Scene(IReadOnlyList<ImageLayer> layers)
    {
        VolumeGrid grid = files.Grid;
        Camera camera = Camera.For(grid, settings.Preset, (double)settings.Width / settings.Height, settings.Up, settings.Perspective);
        camera = camera with { Azimuth = settings.Azimuth ?? camera.Azimuth, Elevation = settings.Elevation ?? camera.Elevation, Roll = settings.Roll };
        camera.Validate();
        (PointUm low, PointUm high) = Shown(grid);
        double aspect = (double)settings.Width / settings.Height;
        // one distance for a whole turn
        double[] turns = settings.Turntable == 0 ? [0] : [.. Enumerable.Range(0, 24).Select(n => 15.0 * n)];
        double height = turns.Max(turn => (camera with { Azimuth = camera.Azimuth + turn }).Fit(low, high, aspect).HeightUm);
        camera = camera.Fit(low, high, aspect) with { HeightUm = height };
        PointUm middle = new((grid.Shape.Z - 1) / 2, (grid.Shape.Y - 1) / 2, (grid.Shape.X - 1) / 2);
        double? at = settings.SliceAt;
        var scene = new SceneState
        {
            Grid = grid,
            Frames = files.Frames,
            Time = _loaded,
            View = View,
            Cursor = View switch { ViewKind.XZ => middle with { Y = at ?? middle.Y }, ViewKind.ZY => middle with { X = at ?? middle.X }, _ => middle with { Z = at ?? middle.Z } },
            Camera = camera with { HeightUm = camera.HeightUm / settings.Zoom },
            Images = [.. layers],
            Labels = files.HasLabels ? settings.Layer : null,
            Clip = settings.Clip?.Within(grid),
            Slices = settings.Planes,
            TailLength = _tracks is null ? 0 : settings.Tail,
            Background = settings.Background,
            Lighting = settings.Lighting,
            Decorations = settings.Decorations,
        };
        return View == ViewKind.Volume || settings.Zoom == 1 ? scene
            : scene with { SliceCentre = true, SliceZoom = settings.Zoom / (ViewGeometry.CameraOf(scene, (double)settings.Width / settings.Height, settings.Height).HeightUm / settings.Height) };
    }

    // the picture is filled by what it shows: a clip box, else the cells alone where no image is around them
    private (PointUm Low, PointUm High) Shown(VolumeGrid grid)
    {
        ClipBox box = (settings.Clip ?? ClipBox.All(grid)).Within(grid);
        bool cellsAlone = _labels is not null && Mode == ProjectionMode.None && settings.Planes == SlicePlanes.None && !settings.Decorations.Box && !settings.OverTime;
        bool ghosts = settings.Layer.Ghost > 0;
        if (cellsAlone && _labels!.BoxOf(id => settings.Layer.Shows(id) || (ghosts && !settings.Layer.Hidden.Contains(id))) is { } cells)
        {
            box = new ClipBox(
                new PointUm(Math.Max(box.Low.Z, cells.Z), Math.Max(box.Low.Y, cells.Y), Math.Max(box.Low.X, cells.X)),
                new PointUm(Math.Min(box.High.Z, cells.EndZ), Math.Min(box.High.Y, cells.EndY), Math.Min(box.High.X, cells.EndX))).Within(grid);
        }
        return (Um(box.Low), Um(box.High));

        PointUm Um(PointUm voxels) => new(voxels.Z * grid.VoxelUm.Z, voxels.Y * grid.VoxelUm.Y, voxels.X * grid.VoxelUm.X);
    }

    private RenderedPicture Frame(SceneRenderer renderer, SceneState scene)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (scene.Decorations.Text is { } text)
            scene = scene with { Decorations = scene.Decorations with { Text = text.Replace("{t}", string.Create(CultureInfo.InvariantCulture, $"{scene.Time + 1}"), StringComparison.Ordinal) } };
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<SceneLine> tails = _tracks?.Tails(scene) ?? [];
        RenderedPicture picture = gl.Invoke(_ =>
        {
            renderer.Lines = tails;
            return settings.Orthogonal
                ? OrthogonalPicture.Render(renderer, scene, settings.Width, settings.Height, settings.Supersampling)
                : renderer.Render(scene, settings.Width, settings.Height, settings.Supersampling);
        });
        _seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        return picture;
    }

    private string Picture(SceneRenderer renderer, SceneState scene)
    {
        Save(settings.Output, Frame(renderer, scene));
        return settings.Output;
    }

    private JsonArray Movie(SceneRenderer renderer, SceneState scene, int[] times, int[] channels, CellColors? colors)
    {
        bool wantsFile = settings.Output.EndsWith(".mp4", StringComparison.OrdinalIgnoreCase);
        string? ffmpeg = wantsFile ? MovieFile.FindFfmpeg() : null;
        bool temporary = ffmpeg is not null;
        string folder = temporary ? Directory.CreateTempSubdirectory("cellpose3d-movie-").FullName : wantsFile ? settings.Output[..^4] : settings.Output;
        if (wantsFile && !temporary)
        {
            OutputPaths.RequireFolder("--output", folder);
            reporter.Warn($"ffmpeg is not on the PATH, so the pictures are kept in '{folder}' (as root: apt-get install ffmpeg, then run again).");
        }
        Directory.CreateDirectory(folder);
        try
        {
            int frames = settings.OverTime ? times.Length : settings.Turntable;
            var outputs = new JsonArray();
            reporter.WithProgress("render", frames, display =>
            {
                for (int n = 0; n < frames; n++)
                {
                    int time = settings.OverTime ? times[n] : times[0];
                    display.Begin(n, MovieFile.FrameName(n));
                    if (time != _loaded)
                        Load(renderer, time, channels, colors, out _);
                    // the first frame's contrast holds for all, or brightness would mean another thing in each
                    SceneState frame = scene with { Time = time };
                    if (settings.Turntable > 0)
                        frame = SceneReducer.Apply(frame, new SceneCommand.Orbit(360.0 * n / settings.Turntable, 0));
                    string path = Path.Combine(folder, MovieFile.FrameName(n));
                    Save(path, Frame(renderer, frame));
                    outputs.Add(path);
                    display.Done(n, MovieFile.FrameName(n));
                }
            });
            if (!temporary)
                return outputs;
            MovieFile.Encode(ffmpeg!, folder, settings.Output, settings.FramesPerSecond, cancellationToken);
            return [settings.Output];
        }
        finally
        {
            if (temporary)
                Directory.Delete(folder, recursive: true);
        }
    }

    private static void Save(string path, RenderedPicture picture)
    {
        byte[] png = picture.ToPng();
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    private JsonObject Report(SceneState scene, JsonArray outputs, CellColors? colors)
    {
        uint[] ids = _labels?.Ids() ?? [];
        PointUm voxel = scene.Grid.VoxelUm;
        return new JsonObject
        {
            ["image"] = settings.Image,
            ["labels"] = settings.Labels,
            ["outputs"] = outputs,
            ["size"] = new JsonArray(settings.Width, settings.Height),
            ["shape"] = new JsonArray(scene.Grid.Shape.Z, scene.Grid.Shape.Y, scene.Grid.Shape.X),
            ["voxel_size_um"] = new JsonArray(voxel.Z, voxel.Y, voxel.X),
            ["voxel_size_known"] = files.HasVoxelSize,
            ["reductions"] = new JsonArray([.. files.Reductions.Select(r => (JsonNode)r)]),
            ["cells"] = ids.Length,
            ["cells_shown"] = ids.Count(id => scene.Labels?.Shows(id) == true),
            ["color_range"] = colors?.Range is { } range ? new JsonArray(range.Low, range.High) : null,
            ["seconds_per_frame"] = _seconds.Count == 0 ? null : Math.Round(_seconds.Average(), 4),
            ["scene"] = JsonNode.Parse(SceneJson.Write(scene)),
        };
    }
}
