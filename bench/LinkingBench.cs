using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cellpose3D.Tracking;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.Synthesis;

namespace Cellpose3D.Bench;

/// <summary>Links 1000 cells a frame: the time of 60 frames, and the memory of 250, 500 and 1000.</summary>
/// <remarks>Frames are made one at a time beside the tracker, so neither time nor growth of memory is the generator's.</remarks>
internal static class LinkingBench
{
    public const int Cells = 1000;

    private const int Diameter = 16;
    private const double Crowding = 0.3;

    public static void Run()
    {
        Console.WriteLine("| frames | cells | candidates | links | processor s | wall s | resident at most, MB | links |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (int frames in (ReadOnlySpan<int>)[60, 250, 500, 1000])
        {
            // a process each: the peak of one run must not hide that of another
            string[] own = Environment.GetCommandLineArgs();
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
                start.ArgumentList.Add(own[0]);
            start.ArgumentList.Add("linking-run");
            start.ArgumentList.Add(frames.ToString(CultureInfo.InvariantCulture));
            using Process child = Process.Start(start)!;
            Console.Write(child.StandardOutput.ReadToEnd());
            child.WaitForExit();
        }
    }

    public static void One(int frames, int count)
    {
        int side = (int)Math.Sqrt(count * Math.PI / 4 * Diameter * Diameter / Crowding);
        var movie = new SyntheticMovie(new TimelapseOptions
        {
            Seed = 1, Frames = frames, Height = side, Width = side, Diameter = Diameter, Crowding = Crowding, Motion = 0.4, CycleFrames = 0, DeathRate = 0, Images = false, MaxCells = Math.Max(20_000, 2 * count),
        });
        var tracker = new Tracker();
        long candidates = 0, cells = 0;
        TimeSpan processor = TimeSpan.Zero, wall = TimeSpan.Zero;
        foreach (SyntheticFrame frame in movie.Frames())
        {
            cells += frame.Cells.Count;
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            tracker.Add(frame.Labels);
            processor += Environment.CpuUsage.TotalTime - before;
            wall += Stopwatch.GetElapsedTime(start);
            candidates = Math.Max(candidates, tracker.Candidates.Count);
        }
        TimeSpan last = Environment.CpuUsage.TotalTime;
        long end = Stopwatch.GetTimestamp();
        TrackingSolution solution = tracker.Finish();
        processor += Environment.CpuUsage.TotalTime - last;
        wall += Stopwatch.GetElapsedTime(end);
        Console.WriteLine($"| {frames} | {cells / frames} a frame | {candidates} held at most | {solution.LinkCount} | {processor.TotalSeconds:f1} | {wall.TotalSeconds:f1} | {PeakMegabytes()} | {Hash(solution)} |");
    }

    /// <summary>The same for the same links with the same probabilities and margins: what is made faster must not change it.</summary>
    private static string Hash(TrackingSolution solution)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Link link in solution.Links)
            hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<Link>(in link)));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..8];
    }

    private static long PeakMegabytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}
