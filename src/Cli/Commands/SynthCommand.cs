using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Synthesis;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>synth</c>: images with exact truth, for training, testing and trying out.</summary>
internal static class SynthCommand
{
    private static readonly Option<string> Output = new("--output", "-o") { Description = "Folder for the images and labels.", Required = true };
    private static readonly Option<int> Count = new("--count") { Description = "Number of images.", DefaultValueFactory = _ => 10 };
    private static readonly Option<string?> Kind = new("--kind") { Description = $"One of {string.Join(", ", Cells2D.Kinds)}; default: all in turn." };
    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of the first image; the next has the next one." };
    private static readonly Option<int> Size = new("--size") { Description = "Side in pixels.", DefaultValueFactory = _ => 512 };
    private static readonly Option<double?> Diameter = new("--diameter", "-d") { Description = "Mean cell diameter in pixels; default: drawn for each image." };

    public static Command Create()
    {
        Command cells2d = new Command("cells2d", "Make 2D images of cells of many kinds, with exact labels.") { Output, Count, Kind, Seed, Size, Diameter }
            .WithAction("cellpose3d synth cells2d -o synthetic --count 20 --seed 1", Run);
        return new Command("synth", "Make synthetic images with exact truth.") { cells2d }.WithExample("cellpose3d synth cells2d -o synthetic");
    }

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        string folder = parse.GetValue(Output)!;
        string? kind = parse.GetValue(Kind);
        if (kind is not null && !Cells2D.Kinds.Contains(kind))
            throw new CommandException(ExitCode.Usage, $"--kind must be one of {string.Join(", ", Cells2D.Kinds)}; got '{kind}'.");
        int count = parse.GetValue(Count);
        if (count < 1)
            throw new CommandException(ExitCode.Usage, $"--count must be 1 or more; got {count}.");
        OutputPaths.RequireFolder(Output.Name, folder);
        Directory.CreateDirectory(folder);

        var made = new JsonArray();
        reporter.WithProgress("synth", count, display =>
        {
            for (int n = 0; n < count; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long seed = parse.GetValue(Seed) + n;
                SyntheticImage image = Cells2D.Generate(new SynthesisOptions
                {
                    Kind = kind ?? Cells2D.Kinds[n % Cells2D.Kinds.Count],
                    Seed = seed,
                    Height = parse.GetValue(Size),
                    Width = parse.GetValue(Size),
                    Diameter = parse.GetValue(Diameter),
                });
                string stem = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{image.Kind}_{seed:d6}"));
                display.Begin(n, Path.GetFileName(stem));
                WriteImage($"{stem}_img.tif", image.Image);
                TiffWriter.WriteLabels($"{stem}_masks.tif", image.Labels);
                made.Add(new JsonObject { ["image"] = $"{stem}_img.tif", ["kind"] = image.Kind, ["seed"] = seed, ["mean_diameter"] = Math.Round(image.MeanDiameter, 2) });
                display.Done(n, Path.GetFileName(stem));
            }
        });
        reporter.Result($"{count} images with labels in '{folder}'");
        reporter.ResultJson(new JsonObject { ["images"] = made });
        return ExitCode.Ok;
    }

    // a camera's whole numbers as 16 bits, phase in radians as it is
    private static void WriteImage(string path, NdArray<float> image)
    {
        (string axes, int[] shape) = image.Shape[0] > 1 ? ("CYX", image.Shape) : ("YX", image.Shape[1..]);
        if (image.Data.Any(v => v < 0 || v > ushort.MaxValue || v != MathF.Round(v)))
        {
            TiffWriter.WriteFloats(path, image.Reshape(shape), axes);
            return;
        }
        using var writer = new TiffWriter(path, PixelType.UInt16, axes, shape);
        for (int c = 0; c < image.Shape[0]; c++)
        {
            ushort[] plane = [.. image.Plane(c).ToArray().Select(v => (ushort)v)];
            writer.WritePlane<ushort>(plane);
        }
        writer.Complete();
    }
}
