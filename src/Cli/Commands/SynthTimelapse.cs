using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.IO.Ctc;
using Cellpose3D.Tracking.Synthesis;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>synth timelapse</c>: movies with exact truth, in the layout of the Cell Tracking Challenge.</summary>
internal static class SynthTimelapse
{
    private static readonly Option<string> Output = new("--output", "-o") { Description = "Folder for the movies: 01, 01_GT, 02, 02_GT, and so on.", Required = true };
    private static readonly Option<int> Count = new("--count") { Description = "Number of movies, up to 99.", DefaultValueFactory = _ => 1 };
    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of the first movie; the next has the next one." };
    private static readonly Option<int> Frames = new("--frames") { Description = "Number of frames.", DefaultValueFactory = _ => 30 };
    private static readonly Option<string> Size = new("--size") { Description = "Rows x columns, or planes x rows x columns.", DefaultValueFactory = _ => "256x256" };
    private static readonly Option<double?> Diameter = new("--diameter", "-d") { Description = "Mean cell diameter in pixels; default: drawn for each movie." };
    private static readonly Option<double?> Anisotropy = new("--anisotropy") { Description = "Distance of planes over the width of a pixel; default: 1, 2 or 3, drawn for each movie." };
    private static readonly Option<double?> Motion = new("--motion")
    {
        Description = $"Mean distance a cell moves in a frame, in diameters; presets {string.Join(", ", TimelapseOptions.MotionPresets.Select(m => m.ToString(CultureInfo.InvariantCulture)))}; default: drawn for each movie.",
    };

    private static readonly Option<double?> Persistence = new("--persistence") { Description = "How much of its last step a cell repeats, 0 to 1; default: drawn." };
    private static readonly Option<double?> Drift = new("--drift-share") { Description = "Share of the motion's power that is drift of the whole image, 0 to 1; default: drawn." };
    private static readonly Option<double?> Flow = new("--flow-share") { Description = "Share of the motion's power that neighbours have in common, 0 to 1; default: drawn." };
    private static readonly Option<double?> Crowding = new("--crowding") { Description = "Share of the image that cells cover at the start, 0 to 0.8; default: drawn." };
    private static readonly Option<double?> Cycle = new("--cycle") { Description = "Mean frames from division to division, 0 for none; default: drawn." };
    private static readonly Option<double> DeathRate = new("--death-rate") { Description = "Chance that a cell dies, per frame.", DefaultValueFactory = _ => 0.001 };
    private static readonly Option<double> BlinkRate = new("--blink-rate") { Description = "Chance that a cell vanishes for one to three frames, per frame.", DefaultValueFactory = _ => 0.002 };
    private static readonly Option<double?> Bleaching = new("--bleaching") { Description = "Share of the light lost by the last frame; default: drawn." };
    private static readonly Option<int> Skip = new("--frame-skip") { Description = "Every how many simulated frames one is kept.", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> Interval = new("--frame-interval") { Description = "Seconds between simulated frames.", DefaultValueFactory = _ => 600 };
    private static readonly Option<double> Noise = new("--noise") { Description = "Factor on the camera's noise; 0 for none.", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> Blur = new("--blur") { Description = "Factor on the blur of the optics; 0 for none.", DefaultValueFactory = _ => 1 };
    private static readonly Option<double?> Defects = new("--mask-defects")
    {
        Description = "Also write masks with mistakes to 01_ERR_SEG: this share of cells missed, as many false, merged and split, twice as many eroded and dilated.",
    };

    private static readonly Option<bool> Stack = new("--stack") { Description = "Also write each movie to one file, 01.ome.tif, and its masks to 01_masks.ome.tif." };

    public static Command Create() =>
        new Command("timelapse", "Make movies of dividing nuclei, with exact masks and lineages.")
        {
            Output, Count, Seed, Frames, Size, Diameter, Anisotropy, Motion, Persistence, Drift, Flow, Crowding, Cycle, DeathRate, BlinkRate, Bleaching,
            Skip, Interval, Noise, Blur, Defects, Stack,
        }.WithAction("cellpose3d synth timelapse -o movies --frames 20 --size 256x256 --motion 0.3 --seed 1", Run);

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        string folder = parse.GetValue(Output)!;
        int count = parse.GetValue(Count);
        if (count is < 1 or > 99)
            throw new CommandException(ExitCode.Usage, $"--count must be 1 to 99; got {count}.");
        OutputPaths.RequireFolder(Output.Name, folder);
        TimelapseOptions options = Read(parse);
        MaskDefects? defects = parse.GetValue(Defects) is double rate ? MaskDefects.Of(rate) : null;
        try
        {
            options.Validate();
            defects?.Validate();
        }
        catch (ArgumentException error)
        {
            throw new CommandException(ExitCode.Usage, error.Message.Split(" (Parameter")[0]);
        }
        Directory.CreateDirectory(folder);
        var made = new JsonArray();
        reporter.WithProgress("synth", count, display =>
        {
            for (int n = 0; n < count; n++)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"{n + 1:d2}");
                display.Begin(n, name);
                var movie = new SyntheticMovie(options with { Seed = options.Seed + n });
                TimelapseWriter.Write(folder, n + 1, movie, defects, parse.GetValue(Stack), display, cancellationToken);
                made.Add(new JsonObject
                {
                    ["movie"] = Path.Combine(folder, name), ["truth"] = Path.Combine(folder, name + "_GT"), ["seed"] = movie.Options.Seed, ["frames"] = movie.FrameCount,
                    ["tracks"] = movie.Rows.Count, ["divisions"] = movie.Events.Count(e => e.Kind == LineageEventKind.Divide),
                    ["diameter"] = Math.Round(movie.Diameter, 2), ["step_diameters"] = Math.Round(movie.MeanStepDiameters, 3),
                });
                display.Done(n, name);
            }
        });
        reporter.Result($"{count} {(count == 1 ? "movie" : "movies")} with masks and lineages in '{folder}'");
        reporter.ResultJson(new JsonObject { ["movies"] = made });
        return ExitCode.Ok;
    }

    private static TimelapseOptions Read(ParseResult parse)
    {
        (int depth, int height, int width) = SizeText.PlaneOrVolume(Size.Name, parse.GetValue(Size)!);
        return new TimelapseOptions
        {
            Seed = parse.GetValue(Seed),
            Frames = parse.GetValue(Frames),
            Depth = depth,
            Height = height,
            Width = width,
            Diameter = parse.GetValue(Diameter),
            Anisotropy = parse.GetValue(Anisotropy),
            Motion = parse.GetValue(Motion),
            Persistence = parse.GetValue(Persistence),
            DriftShare = parse.GetValue(Drift),
            FlowShare = parse.GetValue(Flow),
            Crowding = parse.GetValue(Crowding),
            CycleFrames = parse.GetValue(Cycle),
            DeathRate = parse.GetValue(DeathRate),
            BlinkRate = parse.GetValue(BlinkRate),
            Bleaching = parse.GetValue(Bleaching),
            FrameSkip = parse.GetValue(Skip),
            FrameIntervalS = parse.GetValue(Interval),
            Noise = parse.GetValue(Noise),
            Blur = parse.GetValue(Blur),
        };
    }
}
