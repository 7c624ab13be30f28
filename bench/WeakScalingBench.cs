using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Bench;

/// <summary>
/// Weak scaling of <c>--engine local</c>: one process with some work, then two with twice as much, over a volume, images and a movie; beside that the plain
/// run, and two plain runs at the same time, which shows what the machine itself loses by working on both processors.
/// </summary>
/// <remarks>Every process has one thread. Processor seconds are those of all processes of a run together, their start included.</remarks>
internal static class WeakScalingBench
{
    private const int Diameter = 30, ImageSide = 512, FrameSide = 256, Pitch = 30;
    private const float NetworkDiameter = 15;
    private const double TicksPerSecond = 100;                           // of /proc/self/stat

    /// <summary>Runs everything.</summary>
    /// <param name="side">Side of the smaller volume, in voxels; a block has half of it.</param>
    /// <param name="count">Images, and frames, for one process.</param>
    public static void Run(int side, int count)
    {
        string folder = Directory.CreateTempSubdirectory("weak-scaling-").FullName;
        try
        {
            string model = Path.Combine(folder, "stand-in.safetensors");
            StandInNetwork.Write(model, NetworkDiameter);
            string[] common = ["--model", model, "--diameter", Diameter.ToString(CultureInfo.InvariantCulture), "--device", "cpu", "--threads", "1", "--quiet"];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} processors, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} before"));
            Console.WriteLine("| work | run | items | wall s | processor s | wall s an item and process | processor s an item |");
            Console.WriteLine("|---|---|---|---|---|---|---|");

            string one = Path.Combine(folder, "one.tif"), two = Path.Combine(folder, "two.tif");
            Write(one, "ZYX", side, side);
            Write(two, "ZYX", 2 * side, side);
            string[] blocks = ["--do-3d", "--anisotropy", "1", "--block-size", (side / 2).ToString(CultureInfo.InvariantCulture), "--save", "masks,table", .. common];
            Measure("volume", folder, 8, ["segment", one, .. blocks], ["segment", two, .. blocks], withFiles: true);

            string few = Images(folder, "few", count, ImageSide), many = Images(folder, "many", 2 * count, ImageSide);
            string[] images = ["--save", "masks,table", .. common];
            Measure("images", folder, count, ["segment", few, .. images], ["segment", many, .. images], withFiles: false);

            string shorter = Images(folder, "short", count, FrameSide), longer = Images(folder, "long", 2 * count, FrameSide);
            string[] movie = ["--format", "tif", "--save", "none", .. common];
            Measure("movie", folder, count, ["track", shorter, .. movie], ["track", longer, .. movie], withFiles: false);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} after"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(string work, string folder, int items, string[] once, string[] twice, bool withFiles)
    {
        Print("plain", items, 1, [once]);
        if (withFiles)
            Print("plain, --resume: scratch in files", items, 1, [[.. once, "--resume"]]);
        Print("two plain runs at a time", 2 * items, 2, [once, once]);
        Print("--workers 1", items, 1, [[.. once, "--engine", "local", "--workers", "1"]]);
        Print("--workers 2, twice the work", 2 * items, 2, [[.. twice, "--engine", "local", "--workers", "2"]]);

        void Print(string run, int done, int processes, string[][] commands)
        {
            (double wall, double processor) = Time(commands, folder, work == "volume" ? done / commands.Length : null);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {work} | {run} | {done} | {wall:f1} | {processor:f1} | {wall * processes / done:f2} | {processor / done:f2} |"));
        }
    }

    private static (double Wall, double Processor) Time(string[][] commands, string folder, int? blocks)
    {
        double before = ChildSeconds();
        var watch = Stopwatch.StartNew();
        Process[] running =
        [
            .. commands.Select((words, n) => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "cellpose3d.dll"), .. words, "-o", Path.Combine(folder, $"results{n}")])
            {
                RedirectStandardOutput = true, UseShellExecute = false,
            })!),
        ];
        foreach (Process process in running)
        {
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"a run ended with {process.ExitCode}: {output}");
            process.Dispose();
        }
        double wall = watch.Elapsed.TotalSeconds;
        for (int n = 0; n < commands.Length; n++)
        {
            string results = Path.Combine(folder, $"results{n}");
            JsonNode? cut = JsonNode.Parse(File.ReadAllText(Path.Combine(results, "run.json")))!["images"]?[0]?["volumes"]?[0]?["plan"]?["blocks"];
            if (blocks is { } expected && (int)cut! != expected)
                throw new InvalidOperationException($"the volume was cut into {cut} blocks rather than {expected}.");
            Directory.Delete(results, recursive: true);
        }
        return (wall, ChildSeconds() - before);
    }

    // user and system time of children that have ended, and of theirs
    private static double ChildSeconds()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static string Images(string folder, string name, int count, int side)
    {
        string images = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        for (int n = 0; n < count; n++)
            Write(Path.Combine(images, string.Create(CultureInfo.InvariantCulture, $"image{n:d4}.tif")), "YX", 1, side);
        return images;
    }

    // bright balls, or the discs of a plane through their middles
    private static void Write(string path, string axes, int planes, int side)
    {
        using var writer = new TiffWriter(path, PixelType.UInt8, axes, axes == "YX" ? [side, side] : [planes, side, side], new TiffWriterOptions { Compress = false });
        float[] profile = [.. Enumerable.Range(0, Math.Max(planes, side)).Select(i =>
        {
            double d = (i + 0.5) % Pitch - Pitch / 2.0;
            return (float)Math.Exp(-d * d / (2 * 8.0 * 8.0));
        })];
        byte[] plane = new byte[side * side];
        for (int z = 0; z < planes; z++)
        {
            for (int n = 0; n < plane.Length; n++)
                plane[n] = (byte)(20 + 200 * (planes == 1 ? 1 : profile[z]) * profile[n / side] * profile[n % side]);
            writer.WritePlane<byte>(plane);
        }
        writer.Complete();
    }
}
