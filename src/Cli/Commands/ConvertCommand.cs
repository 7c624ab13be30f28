using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Volumes;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>convert</c>: a volume from one format into another, box by box.</summary>
internal static class ConvertCommand
{
    private static readonly Argument<string> Input = new("in") { Description = "TIFF, HDF5 (also Imaris and BigDataViewer), OME-Zarr or .npy; 'file.h5:/path' names an array in one." };
    private static readonly Argument<string> Output = new("out") { Description = "What to write: .tif, .ome.tif, .h5 ('file.h5:/path' names the array), .zarr, or image.zarr/labels/NAME." };
    private static readonly Option<string?> Axes = new("--axes") { Description = "What the input's axes are, slowest first, for example ZCYX; default: from its metadata." };
    private static readonly Option<int> Level = new("--level") { Description = "Which resolution of an input that holds several; 0 is the finest." };
    private static readonly Option<int?> Channel = new("--channel") { Description = "Take one channel only, counted from 1." };
    private static readonly Option<int?> Time = new("--time") { Description = "Take one time point only, counted from 1." };
    private static readonly Option<bool> Labels = new("--labels") { Description = "Values are labels, kept exactly; default: where the input says so, or holds whole numbers of 32 or 64 bits." };
    private static readonly Option<bool> Image = new("--image") { Description = "Values are intensities, whatever the input says." };
    private static readonly Option<string?> Type = new("--type") { Description = "How samples are stored: uint8, uint16, uint32 or float32; default: as in the input where it is one of these." };
    private static readonly Option<string?> Voxel = new("--voxel-size") { Description = "Micrometres, Z,Y,X, for example 2,0.5,0.5; default: from the input's metadata." };
    private static readonly Option<string?> Chunk = new("--chunk-size") { Description = "Voxels of a piece in .h5 and .zarr, Z,Y,X or one number for all; default: 64,128,128." };
    private static readonly Option<string?> Compression = new("--compression") { Description = "zstd (.zarr only), gzip or none; default: zstd in .zarr, gzip elsewhere." };
    private static readonly Option<string> Zarr = new("--zarr") { Description = "Version of OME-Zarr: 0.4 (Zarr 2) or 0.5 (Zarr 3).", DefaultValueFactory = _ => "0.4" };
    private static readonly Option<int?> Levels = new("--levels") { Description = "Number of resolutions in .zarr; default: until a plane has at most 256 pixels a side." };

    public static Command Create()
    {
        Type.AcceptOnlyFromAmong("uint8", "uint16", "uint32", "float32");
        Compression.AcceptOnlyFromAmong("zstd", "gzip", "none");
        Zarr.AcceptOnlyFromAmong("0.4", "0.5");
        return new Command("convert", "Write a volume in another format, with its axes and micrometres, however large it is.")
        {
            Input, Output, Axes, Level, Channel, Time, Labels, Image, Type, Voxel, Chunk, Compression, Zarr, Levels,
        }.WithAction("cellpose3d convert stack.tif stack.zarr --voxel-size 2,0.5,0.5", Run);
    }

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        string input = parse.GetValue(Input)!, output = parse.GetValue(Output)!;
        if (parse.GetValue(Labels) && parse.GetValue(Image))
            throw new CommandException(ExitCode.Usage, "--labels and --image exclude each other; give one.");
        if (Path.GetFullPath(input) == Path.GetFullPath(output))
            throw new CommandException(ExitCode.Usage, $"the output must be another file than the input; got '{output}' twice.");
        if (VolumeFile.FormatOf(output) is VolumeFormat.Tiff or VolumeFormat.OmeTiff)
            OutputPaths.RequireFile("out", output);
        VolumeConvertOptions options = Options(parse);
        using VolumeReader source = VolumeFile.Open(input, new VolumeOpenOptions
        {
            Axes = parse.GetValue(Axes),
            Level = parse.GetValue(Level),
            AsLabels = parse.GetValue(Labels),
        });
        PixelType type = default;
        reporter.WithProgress("convert", 1, display =>
        {
            display.Begin(0, Path.GetFileName(input));
            type = VolumeConverter.Run(source, output, options, display, cancellationToken);
            display.Done(0, output);
        });
        using VolumeReader written = VolumeFile.Open(output);
        ImageInfo info = written.Description.Image;
        reporter.Result($"{output}: {info.Format}, {ImageFacts.Sizes(info)}, {type.ToString().ToLowerInvariant()}, um: {ImageFacts.Voxel(info.VoxelSizeUm)}");
        var json = new JsonObject { ["input"] = input, ["output"] = output };
        foreach ((string topic, JsonNode? value, _) in ImageFacts.Of(written))
            json[topic.Replace(' ', '_')] = value;
        reporter.ResultJson(json);
        return ExitCode.Ok;
    }

    private static VolumeConvertOptions Options(ParseResult parse)
    {
        double[]? size = Numbers(Voxel.Name, parse.GetValue(Voxel), mayBeOne: false);
        double[]? chunk = Numbers(Chunk.Name, parse.GetValue(Chunk), mayBeOne: true);
        if (chunk is not null && chunk.Any(c => c != Math.Floor(c) || c > int.MaxValue))
            throw new CommandException(ExitCode.Usage, $"{Chunk.Name} must be whole numbers; got '{parse.GetValue(Chunk)}'.");
        return new VolumeConvertOptions
        {
            Channel = FromOne(Channel.Name, parse.GetValue(Channel)),
            Time = FromOne(Time.Name, parse.GetValue(Time)),
            IsLabels = parse.GetValue(Labels) ? true : parse.GetValue(Image) ? false : null,
            Write = new VolumeWriteOptions
            {
                VoxelSizeUm = size is null ? default : new VoxelSize(size[0], size[1], size[2]),
                Chunk = chunk is null ? null : new VolumeShape((int)chunk[0], (int)chunk[1], (int)chunk[2]),
                Type = parse.GetValue(Type) is { } type ? Enum.Parse<PixelType>(type, ignoreCase: true) : null,
                Compression = parse.GetValue(Compression) is { } compression ? Enum.Parse<VolumeCompression>(compression, ignoreCase: true) : VolumeCompression.Default,
                ZarrVersion = parse.GetValue(Zarr) == "0.5" ? OmeZarrVersion.V05 : OmeZarrVersion.V04,
                Levels = parse.GetValue(Levels),
            },
        };
    }

    private static int? FromOne(string option, int? value) => value is null or >= 1 ? value - 1
        : throw new CommandException(ExitCode.Usage, $"{option} must be 1 or more; got {value}.");

    private static double[]? Numbers(string option, string? text, bool mayBeOne)
    {
        if (text is null)
            return null;
        double[] values = [.. text.Split(',').Select(t => double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out double v) && v > 0 && double.IsFinite(v) ? v : -1)];
        if (values.Length == 1 && mayBeOne)
            values = [values[0], values[0], values[0]];
        return values.Length == 3 && values.All(v => v > 0) ? values
            : throw new CommandException(ExitCode.Usage, $"{option} must be {(mayBeOne ? "one or " : "")}three positive numbers Z,Y,X; got '{text}'.");
    }
}
