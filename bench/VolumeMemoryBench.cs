using System.Diagnostics;
using System.Globalization;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Bench;

/// <summary>
/// Peak memory of <c>segment --do-3d</c> over volumes of 1, 8 and 64 times the voxels, as the operating system counts it: the high-water mark
/// of resident memory (VmHWM) of the program's own process.
/// </summary>
internal static class VolumeMemoryBench
{
    private const int Pitch = 30, Diameter = 30;                         // voxels between cells; rows, columns and planes alike
    private const float NetworkDiameter = 15;                            // so that the network sees half the size, as it mostly does

    /// <summary>Runs the three sizes.</summary>
    /// <param name="side">Side of the smallest volume, voxels.</param>
    /// <param name="memory">As for <c>--max-memory</c>.</param>
    public static void Run(int side, string memory)
    {
        string folder = Directory.CreateTempSubdirectory("volume-memory-").FullName;
        try
        {
            string model = Path.Combine(folder, "stand-in.safetensors");
            StandInNetwork.Write(model, NetworkDiameter);
            Console.WriteLine($"--max-memory {memory}; {Environment.ProcessorCount} processors");
            Console.WriteLine("| volume | voxels | cells | input | peak resident MB | of the 8x peak | processor s | wall s | work folder |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
            double reference = 0;
            foreach (int factor in (int[])[2, 1, 4])                     // 8x first: the others are compared with it
            {
                string volume = Path.Combine(folder, $"v{factor}.tif");
                WriteVolume(volume, side * factor);
                Child child = Segment(volume, model, memory, folder);
                reference = reference == 0 ? child.PeakKiB : reference;
                long voxels = (long)side * factor * side * factor * side * factor;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {side * factor}³ ({factor * factor * factor}x) | {voxels / 1e6:f1} M | {child.Cells} | {new FileInfo(volume).Length >> 20} MB | {child.PeakKiB / 1024.0:f0} | {child.PeakKiB / reference:p0} | {child.ProcessorSeconds:f0} | {child.WallSeconds:f0} | {child.FolderPeak >> 20} MB |"));
                File.Delete(volume);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Bright balls with soft edges, uint8, plane by plane.</summary>
    public static void WriteVolume(string path, int side)
    {
        using var writer = new TiffWriter(path, PixelType.UInt8, "ZYX", [side, side, side], new TiffWriterOptions { Compress = false });
        float[] profile = [.. Enumerable.Range(0, side).Select(i =>
        {
            double d = (i + 0.5) % Pitch - Pitch / 2.0;
            return (float)Math.Exp(-d * d / (2 * 8.0 * 8.0));
        })];
        byte[] plane = new byte[checked(side * side)];
        for (int z = 0; z < side; z++)
        {
            for (int y = 0; y < side; y++)
            {
                float row = 200 * profile[z] * profile[y];
                for (int x = 0; x < side; x++)
                    plane[y * side + x] = (byte)(20 + row * profile[x]);
            }
            writer.WritePlane<byte>(plane);
        }
        writer.Complete();
    }

    private static Child Segment(string volume, string model, string memory, string folder)
    {
        string results = Path.Combine(folder, "results");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string word in (string[])[Path.Combine(AppContext.BaseDirectory, "cellpose3d.dll"), "segment", volume, "-o", results, "--do-3d",
            "--model", model, "--diameter", Diameter.ToString(CultureInfo.InvariantCulture), "--max-memory", memory, "--device", "cpu", "--quiet"])
            start.ArgumentList.Add(word);
        var watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        long peak = 0, largest = 0;
        TimeSpan processor = default;
        for (int n = 0; !process.WaitForExit(100); n++)
        {
            peak = Math.Max(peak, HighWater(process.Id));                // the kernel keeps the maximum; the last look counts
            if (n % 50 == 0)
                largest = Math.Max(largest, SizeOf(results));
            try
            {
                processor = process.TotalProcessorTime;
            }
            catch (InvalidOperationException)
            {
                break;                                                   // it ended just now
            }
        }
        process.WaitForExit();
        string output = process.StandardOutput.ReadToEnd();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"segment ended with {process.ExitCode}: {output}");
        Directory.Delete(results, recursive: true);
        return new Child(peak, processor.TotalSeconds, watch.Elapsed.TotalSeconds, output.Split(' ')[0], largest);
    }

    private static long HighWater(int process)
    {
        try
        {
            foreach (string line in File.ReadLines($"/proc/{process}/status"))
            {
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    return long.Parse(line.AsSpan(6, line.Length - 6 - 3), NumberStyles.Integer | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
            }
        }
        catch (IOException)
        {
            // the process is gone
        }
        return 0;
    }

    private static long SizeOf(string folder)
    {
        long size = 0;
        try
        {
            foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
                size += file.Exists ? file.Length : 0;
        }
        catch (IOException)
        {
            // files come and go while they are counted
        }
        return size;
    }

    private sealed record Child(long PeakKiB, double ProcessorSeconds, double WallSeconds, string Cells, long FolderPeak);
}
