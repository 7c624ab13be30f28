using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Synthesis;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Volume.Synthesis;

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

    private static readonly Option<string?> Kind3D = new("--kind") { Description = $"One of {string.Join(", ", Cells3D.Kinds)}; default: all in turn." };
    private static readonly Option<string> Size3D = new("--size") { Description = "Planes x rows x columns.", DefaultValueFactory = _ => "32x256x256" };
    private static readonly Option<double?> Diameter3D = new("--diameter", "-d") { Description = "Mean cell diameter in pixels of a plane; default: drawn for each volume." };
    private static readonly Option<double?> Anisotropy = new("--anisotropy") { Description = "Distance of planes over the width of a pixel; default: 1, 2, 3 or 4, drawn for each volume." };
    private static readonly Option<double> Noise = new("--noise") { Description = "Factor on the camera's noise; 0 for none.", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> Blur = new("--blur") { Description = "Factor on the blur of the optics; 0 for none.", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        Command cells3d = new Command("cells3d", "Make volumes of cells of several kinds, with exact labels.") { Output, Count, Kind3D, Seed, Size3D, Diameter3D, Anisotropy, Noise, Blur }
            .WithAction("cellpose3d synth cells3d -o synthetic --kind nuclei --size 24x128x128 --anisotropy 2 --count 1", RunVolumes);
        Command cells2d = new Command("cells2d", "Make 2D images of cells of many kinds, with exact labels.") { Output, Count, Kind, Seed, Size, Diameter }
            .WithAction("cellpose3d synth cells2d -o synthetic --count 20 --seed 1", Run);
        return new Command("synth", "Make synthetic images and movies with exact truth.") { cells2d, cells3d, SynthTimelapse.Create() }.WithExample("cellpose3d synth cells2d -o synthetic");
    }

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        string folder = parse.GetValue(Output)!;
        string? kind = parse.GetValue(Kind);
        int count = parse.GetValue(Count);
        Prepare(folder, kind, Cells2D.Kinds, count);
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

    private static ExitCode RunVolumes(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        string folder = parse.GetValue(Output)!;
        string? kind = parse.GetValue(Kind3D);
        int count = parse.GetValue(Count);
        (int depth, int height, int width) = SizeText.Volume(Size3D.Name, parse.GetValue(Size3D)!);
        Prepare(folder, kind, Cells3D.Kinds, count);
        var made = new JsonArray();
        reporter.WithProgress("synth", count, display =>
        {
            for (int n = 0; n < count; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var options = new VolumeSynthesisOptions
                {
                    Kind = kind ?? Cells3D.Kinds[n % Cells3D.Kinds.Count],
                    Seed = parse.GetValue(Seed) + n,
                    Depth = depth,
                    Height = height,
                    Width = width,
                    Diameter = parse.GetValue(Diameter3D),
                    Anisotropy = parse.GetValue(Anisotropy),
                    Noise = parse.GetValue(Noise),
                    Blur = parse.GetValue(Blur),
                };
                string stem = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{options.Kind}_{options.Seed:d6}"));
                display.Begin(n, Path.GetFileName(stem));
                SyntheticVolume volume = Cells3D.Generate(options, 0, display, cancellationToken);
                var tiff = new TiffWriterOptions { VoxelSizeUm = volume.SpacingUm };
                WriteCounts($"{stem}_img.tif", volume.Image, tiff, cancellationToken);
                TiffWriter.WriteLabels($"{stem}_masks.tif", volume.Labels, "ZYX", tiff, cancellationToken);
                made.Add(new JsonObject
                {
                    ["image"] = $"{stem}_img.tif", ["kind"] = volume.Kind, ["seed"] = options.Seed,
                    ["mean_diameter"] = Math.Round(volume.MeanDiameter, 2), ["anisotropy"] = Math.Round(volume.SpacingUm.Anisotropy!.Value, 3),
                });
                display.Done(n, Path.GetFileName(stem));
            }
        });
        reporter.Result($"{count} volumes with labels in '{folder}'");
        reporter.ResultJson(new JsonObject { ["volumes"] = made });
        return ExitCode.Ok;
    }

    private static void Prepare(string folder, string? kind, IReadOnlyList<string> kinds, int count)
    {
        if (kind is not null && !kinds.Contains(kind))
            throw new CommandException(ExitCode.Usage, $"--kind must be one of {string.Join(", ", kinds)}; got '{kind}'.");
        if (count < 1)
            throw new CommandException(ExitCode.Usage, $"--count must be 1 or more; got {count}.");
        OutputPaths.RequireFolder(Output.Name, folder);
        Directory.CreateDirectory(folder);
    }

    private static void WriteCounts(string path, NdArray<float> image, TiffWriterOptions options, CancellationToken cancellationToken)
    {
        (string axes, int[] shape) = image.Shape[0] > 1 ? ("CZYX", image.Shape) : ("ZYX", image.Shape[1..]);
        using var writer = new TiffWriter(path, PixelType.UInt16, axes, shape, options);
        int size = image.Shape[2] * image.Shape[3];
        ushort[] plane = new ushort[size];
        for (int p = 0; p < writer.PlaneCount; p++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<float> counts = image.Data.AsSpan(p * size, size);
            for (int n = 0; n < size; n++)
                plane[n] = (ushort)counts[n];
            writer.WritePlane<ushort>(plane);
        }
        writer.Complete();
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
