using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume;
using Cellpose3D.Volume.Sources;
using TorchSharp;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>inspect --plan</c>: what a volume of any size would take to segment on many machines, from rates measured on this one.</summary>
internal static class ScalePlan
{
    // processor seconds a voxel of everything but the network: docs/SCALING.md says how it was measured
    private const double VoxelSeconds = 1.1e-6;
    private const long ProgramBytes = 400L << 20;                        // program, libtorch, a model and its buffers

    private static readonly Option<bool> Plan = new("--plan") { Description = "Show what segmenting in 3D would take: core-hours, GPU-hours, scratch, files, memory of a task." };
    private static readonly Option<string?> Size = new("--size") { Description = "With --plan: planes, rows and columns of a volume that need not exist, as in 1000,20000,20000." };
    private static readonly Option<string> Model = new("--model", "-m") { Description = "With --plan: the model.", DefaultValueFactory = _ => "nuclei" };
    private static readonly Option<double?> Diameter = new("--diameter", "-d") { Description = "With --plan: cell diameter in pixels; default: the model's own." };
    private static readonly Option<double?> Anisotropy = new("--anisotropy") { Description = "With --plan: plane distance over pixel width; default: the file's, else 1." };
    private static readonly Option<int> Workers = new("--workers") { Description = "With --plan: processes at a time.", DefaultValueFactory = _ => 16 };
    private static readonly Option<string> MaxMemory = new("--max-memory") { Description = "With --plan: memory of each process for volumes.", DefaultValueFactory = _ => "4G" };
    private static readonly Option<int?> BlockSize = new("--block-size") { Description = "With --plan: side of a block." };
    private static readonly Option<double?> GpuRate = new("--gpu-tiles-per-second") { Description = "With --plan: tiles of 224 x 224 that your graphics card does in a second; without it the network is planned on processors." };

    /// <summary>Adds the options to a command.</summary>
    public static void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Plan, Size, Model, Diameter, Anisotropy, Workers, MaxMemory, BlockSize, GpuRate])
            command.Options.Add(option);
    }

    /// <summary>Whether a plan is asked for.</summary>
    public static bool IsWanted(ParseResult parse) => parse.GetValue(Plan) || parse.GetValue(Size) is not null;

    /// <summary>Shows the plans.</summary>
    public static ExitCode Run(ParseResult parse, string[] files, string? axes, Reporter reporter)
    {
        var options = new VolumeOptions
        {
            Segmentation = new SegmentationOptions { Diameter = parse.GetValue(Diameter) },
            Anisotropy = parse.GetValue(Anisotropy),
            Workers = parse.GetValue(Workers),
            BlockSize = parse.GetValue(BlockSize),
            MaxMemoryBytes = MemorySize.Parse(MaxMemory.Name, parse.GetValue(MaxMemory)!),
        };
        options.Validate();
        if (parse.GetValue(GpuRate) is { } rate && !(rate > 0 && double.IsFinite(rate)))
            throw new CommandException(ExitCode.Usage, $"--gpu-tiles-per-second must be above 0; got {rate}.");
        (string Name, VolumeShape Shape, VoxelSize Spacing)[] volumes = [.. parse.GetValue(Size) is { } size ? [("size " + size, ShapeOf(size), default(VoxelSize))] : Array.Empty<(string, VolumeShape, VoxelSize)>(), .. files.Select(f => Look(f, axes))];
        if (volumes.Length == 0)
            throw new CommandException(ExitCode.Usage, "--plan needs a file, or --size Z,Y,X.");
        torch.Device device = ComputeDevice.Select("cpu");
        using CellposeModel model = ModelLoading.Load(
            new SegmentationSettings { Images = [], Model = parse.GetValue(Model)!, Device = "cpu", Save = new HashSet<string>(), Options = options.Segmentation }, device, reporter);
        var plans = new JsonArray();
        var segmenter = new VolumeSegmenter(model, options);
        foreach ((string name, VolumeShape shape, VoxelSize spacing) in volumes)
        {
            VolumePlan plan = VolumePlan.Of(shape, spacing, 1, model.Info, options);
            JsonObject json = Describe(plan, segmenter.MeasureTile(plan).Processor, options.Workers, parse.GetValue(GpuRate), out (string Topic, string Text)[] facts);
            json["volume"] = name;
            plans.Add(json);
            reporter.Result(name);
            foreach ((string topic, string text) in facts)
                reporter.Result($"  {topic,-16} {text}");
        }
        reporter.ResultJson(new JsonObject { ["plans"] = plans });
        return ExitCode.Ok;
    }

    private static JsonObject Describe(VolumePlan plan, double tileSeconds, int workers, double? gpuRate, out (string Topic, string Text)[] facts)
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        double rest = plan.Flows.Count * VoxelSeconds / 3600, network = plan.NetworkWork * tileSeconds / 3600;
        double? gpuHours = gpuRate is { } rate ? plan.NetworkWork / rate / 3600 : null;
        double cores = rest + (gpuHours is null ? network : 0), wall = (rest + (gpuHours ?? network)) / workers;
        long memory = plan.WorkingBytes + ProgramBytes;
        facts =
        [
            ("network sees", string.Create(c, $"{plan.Scale.Network} of {plan.Scale.Image} voxels, {plan.NetworkWork:g4} tiles of 224 x 224")),
            ("blocks", string.Create(c, $"{plan.Blocks} of {plan.Block}, margin {plan.Halo}")),
            ("core-hours", string.Create(c, $"{cores:g4}: {rest:g4} without the network (1.1 us a voxel), {(gpuHours is null ? $"{network.ToString("g4", c)} for it ({tileSeconds.ToString("g3", c)} s a tile, measured now)" : "the network on GPUs")}")),
            ("gpu-hours", gpuHours is { } hours ? string.Create(c, $"{hours:g4}") : "none; give --gpu-tiles-per-second to plan the network on graphics cards"),
            ("scratch", string.Create(c, $"{MemorySize.Text(plan.WorkspaceBytes)} in {plan.WorkspaceFiles} files at most at a time")),
            ("memory", string.Create(c, $"{MemorySize.Text(memory)} a task")),
            .. plan.PlanePixels <= VolumePlan.MostPlanePixels ? Array.Empty<(string, string)>()
                : [("too large", string.Create(c, $"planes of {plan.PlanePixels} pixels, of which {VolumePlan.MostPlanePixels} fit: cut the volume into parts"))],
            ("time", string.Create(c, $"{wall:g4} hours with {workers} processes of one core each")),
        ];
        return new JsonObject
        {
            ["plan"] = PlanFacts.ToJson(plan),
            ["core_hours"] = cores,
            ["gpu_hours"] = gpuHours,
            ["seconds_per_tile"] = tileSeconds,
            ["scratch_bytes"] = plan.WorkspaceBytes,
            ["scratch_files"] = plan.WorkspaceFiles,
            ["memory_per_task_bytes"] = memory,
            ["hours"] = wall,
            ["workers"] = workers,
        };
    }

    private static (string Name, VolumeShape Shape, VoxelSize Spacing) Look(string file, string? axes)
    {
        using VolumeReader volume = VolumeFile.Open(file, new VolumeOpenOptions { Axes = axes });
        return (file, volume.Shape, volume.SpacingUm);
    }

    private static VolumeShape ShapeOf(string text)
    {
        int[] lengths = [.. text.Split(',', StringSplitOptions.TrimEntries).Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out int length) ? length : 0)];
        return lengths is [> 0, > 0, > 0]
            ? new VolumeShape(lengths[0], lengths[1], lengths[2])
            : throw new CommandException(ExitCode.Usage, $"--size must be planes, rows and columns as in 1000,20000,20000; got '{text}'.");
    }
}
