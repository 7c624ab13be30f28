using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Measuring;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.IO;
using Cellpose3D.IO.Tables;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>measure</c>: the table of cells of a label image.</summary>
internal static class MeasureCommand
{
    private static readonly Argument<string> Labels = new("labels") { Description = "Label image, volume, or either over time." };
    private static readonly Argument<string?> Image = new("image") { Description = "Image of the same size, for intensities; all its channels are measured.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string> Output = new("--output", "-o") { Description = "Table to write: .csv or .parquet.", Required = true };
    private static readonly Option<string?> Axes = new("--axes") { Description = "What the labels' axes are, slowest first, for example TYX; default: from the file's metadata." };
    private static readonly Option<string?> ImageAxes = new("--image-axes") { Description = "What the image's axes are, for example TCYX; default: from the file's metadata." };
    private static readonly Option<string?> Voxel = new("--voxel-size") { Description = "Micrometres as z,y,x; default: from the labels' metadata, else the image's." };
    private static readonly Option<string?> Cells = new("--cells") { Description = "Table of segment, for flow error and probability; default: STEM_cells.csv beside STEM_cp_masks." };

    public static Command Create() =>
        new Command("measure", "Measure every cell of a label image: size, shape, place, intensities, neighbours; CSV or Parquet.")
        {
            Labels, Image, Output, Axes, ImageAxes, Voxel, Cells,
        }.WithAction("cellpose3d measure stack_cp_masks.tif stack.tif -o cells.csv", Run);

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        string output = parse.GetValue(Output)!, path = parse.GetValue(Labels)!;
        OutputPaths.RequireFile(Output.Name, output);
        if (!MeasurementFile.IsKnown(output))
            throw new CommandException(ExitCode.Usage, $"{Output.Name} must end in {string.Join(" or ", MeasurementFile.Endings)}; got '{output}'.");
        VoxelSize? given = parse.GetValue(Voxel) is { } voxel ? VoxelSizeText.Parse(voxel) : null;

        using PlaneFile<int> labels = PlaneFiles.OpenLabels(path, parse.GetValue(Axes), cancellationToken);
        using PlaneFile<float>? image = parse.GetValue(Image) is { } imagePath ? PlaneFiles.OpenImage(imagePath, parse.GetValue(ImageAxes), cancellationToken) : null;
        if (image is not null)
            RequireSameSize(labels, image);
        VoxelSize spacing = given ?? (labels.SpacingUm.X is not null ? labels.SpacingUm : image?.SpacingUm ?? default);
        string? qualityFile = parse.GetValue(Cells) ?? CellQualityFile.Beside(path);
        Dictionary<(int Frame, int Label), CellQuality>? qualities = qualityFile is null ? null : CellQualityFile.Read(qualityFile);
        if (spacing.X is null || (labels.IsVolume && spacing.Z is null))
            reporter.Warn($"'{path}' does not say how large its voxels are, so there are no columns in micrometres; give --voxel-size z,y,x.");

        var frames = new List<IReadOnlyList<RegionMeasurement>>();
        reporter.WithProgress("measure", labels.Frames, display =>
        {
            for (int t = 0; t < labels.Frames; t++)
            {
                int frame = t;
                string name = labels.HasTime ? string.Create(CultureInfo.InvariantCulture, $"frame {t}") : Path.GetFileName(InputImages.FileOf(path));
                display.Begin(t, name);
                PlaneSource<float>[] channels = image is null ? [] : [.. Enumerable.Range(0, image.Channels).Select(c => image.Planes(frame, c))];
                frames.Add(RegionMeasurements.Measure(labels.Planes(t, 0), channels, 0, display, cancellationToken));
                display.Done(t, string.Create(CultureInfo.InvariantCulture, $"{name}: {frames[^1].Count} cells"));
            }
        });
        MeasurementTable table = RegionTable.Build(frames, labels.IsVolume, labels.HasTime, spacing, qualities);
        MeasurementFile.Write(output, table);
        reporter.Result(string.Create(CultureInfo.InvariantCulture, $"{table.Rows} cells, {table.Columns.Count} columns in '{output}'"));
        reporter.ResultJson(new JsonObject
        {
            ["labels"] = path, ["image"] = parse.GetValue(Image), ["table"] = output, ["cells"] = table.Rows, ["frames"] = labels.Frames,
            ["voxel_size_um"] = new JsonArray(spacing.Z, spacing.Y, spacing.X), ["qualities"] = qualityFile,
            ["columns"] = new JsonArray([.. table.Columns.Select(c => (JsonNode)c.Name)]),
        });
        return ExitCode.Ok;
    }

    private static void RequireSameSize(PlaneFile<int> labels, PlaneFile<float> image)
    {
        PlaneSource<int> l = labels.Planes(0, 0);
        PlaneSource<float> i = image.Planes(0, 0);
        if ((labels.Frames, l.Depth, l.Height, l.Width) == (image.Frames, i.Depth, i.Height, i.Width))
            return;
        throw new CommandException(ExitCode.BadInput, string.Create(CultureInfo.InvariantCulture,
            $"'{image.Path}' is T {image.Frames}, Z {i.Depth}, Y {i.Height}, X {i.Width}; '{labels.Path}' is T {labels.Frames}, Z {l.Depth}, Y {l.Height}, X {l.Width}. Give the image of these labels, or --axes and --image-axes."));
    }
}
