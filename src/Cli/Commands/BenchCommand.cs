using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Synthesis;
using TorchSharp;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>bench</c>: how fast this machine is, and what its time goes to.</summary>
internal static class BenchCommand
{
    private const int Tiles = 8, TileSide = 224;

    private static readonly Option<string> Model = new("--model") { Description = "Name of a model or path of a weight file.", DefaultValueFactory = _ => "nuclei" };
    private static readonly Option<string> Device = new("--device") { Description = "auto, cpu, cuda or cuda:N.", DefaultValueFactory = _ => "auto" };
    private static readonly Option<int> Size = new("--size") { Description = "Rows and columns of the image that is segmented.", DefaultValueFactory = _ => 1024 };
    private static readonly Option<int> Repeats = new("--repeats") { Description = "Runs of each stage after the first; the median counts.", DefaultValueFactory = _ => 3 };

    public static Command Create()
    {
        Size.Validators.Add(r => RequireRange(r.GetValueOrDefault<int>(), 64, 16384, "--size", r));
        Repeats.Validators.Add(r => RequireRange(r.GetValueOrDefault<int>(), 1, 1000, "--repeats", r));
        return new Command("bench", "Time the network against the device's matrix rate, and the stages of segmenting a made image.") { Model, Device, Size, Repeats }
            .WithAction("cellpose3d bench --model cyto --size 2048", Run);
    }

    private static void RequireRange(int value, int least, int most, string name, System.CommandLine.Parsing.OptionResult result)
    {
        if (value < least || value > most)
            result.AddError($"{name} must be {least} to {most}; got {value}.");
    }

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        (string asked, int size, int repeats) = (parse.GetValue(Device)!, parse.GetValue(Size), parse.GetValue(Repeats));
        torch.Device device = ComputeDevice.Select(asked);
        var settings = new SegmentationSettings
        {
            Images = [], Model = parse.GetValue(Model)!, Device = asked, Save = new HashSet<string>(), Options = new SegmentationOptions(),
        };
        using CellposeModel model = ModelLoading.Load(settings, device, reporter);
        reporter.Info($"device: {ComputeDevice.Describe(device, asked)}");

        double matrix = NetworkSpeed.MatrixRate(device, model.Precision, repeats);
        cancellationToken.ThrowIfCancellationRequested();
        double seconds = NetworkSpeed.Forward(model, Tiles, TileSide, repeats)[repeats / 2];
        double rate = Tiles * model.Nets.Sum(n => n.Architecture.Operations(TileSide, TileSide)) / seconds;
        cancellationToken.ThrowIfCancellationRequested();
        StageTimings stages = Stages(model, size, repeats, cancellationToken, out int cells);

        (string Topic, double Value, string Unit)[] rows =
        [
            ("matrix product", matrix / 1e9, "GFLOP/s"),
            ("network", rate / 1e9, "GFLOP/s"),
            ("of the matrix rate", 100 * rate / matrix, "%"),
            ("tiles of 224 x 224", Tiles / seconds, "a second"),
            ("normalise", stages.Normalize, "s"),
            ("network with tiles", stages.Network, "s"),
            ("flows to masks", stages.Dynamics, "s"),
            ("whole image", stages.Normalize + stages.Network + stages.Dynamics, "s"),
        ];
        reporter.Result(string.Create(CultureInfo.InvariantCulture, $"model {model.Info.Name}, {Tiles} tiles a batch; then an image of {size} x {size} pixels, {cells} cells found"));
        foreach ((string topic, double value, string unit) in rows)
            reporter.Result(string.Create(CultureInfo.InvariantCulture, $"  {topic,-20} {value,9:g4} {unit}"));
        reporter.ResultJson(new JsonObject
        {
            ["version"] = ProgramVersion.Text,
            ["device"] = ComputeDevice.Describe(device, asked),
            ["model"] = model.Info.Name,
            ["matrix_flops"] = matrix,
            ["network_flops"] = rate,
            ["tiles_per_second"] = Tiles / seconds,
            ["image"] = new JsonObject
            {
                ["size"] = size, ["cells"] = cells, ["normalize_seconds"] = stages.Normalize, ["network_seconds"] = stages.Network, ["dynamics_seconds"] = stages.Dynamics,
            },
        });
        return ExitCode.Ok;
    }

    // the run whose time is the median one
    private static StageTimings Stages(CellposeModel model, int size, int repeats, CancellationToken cancellationToken, out int cells)
    {
        SyntheticImage image = Cells2D.Generate(new SynthesisOptions { Kind = "nuclei", Seed = 1, Height = size, Width = size, Diameter = model.Info.DiamMean, Crowding = 0.5 });
        var segmenter = new Segmenter2D(model, new SegmentationOptions { Diameter = model.Info.DiamMean, KeepMaps = false });
        var runs = new List<Segmentation2D>();
        for (int n = 0; n <= repeats; n++)                               // the first one warms up
            runs.Add(segmenter.Segment(image.Image, null, cancellationToken));
        cells = runs[0].Cells.Count;
        return runs.Skip(1).Select(r => r.Timings).OrderBy(t => t.Normalize + t.Network + t.Dynamics).ElementAt(repeats / 2);
    }
}
