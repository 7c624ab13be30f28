using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D.Native;
using TorchSharp;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>doctor</c>: what is here, what is missing, and which Debian package brings it.</summary>
internal static class DoctorCommand
{
    // library, what it is for, Debian package; nothing but libtorch is needed for TIFF, npy and HDF5 in and labels out
    private static readonly (string Library, string Purpose, string Package)[] Natives =
    [
        ("libgtk-3.so.0", "PNG and JPEG images (OpenCV)", "libgtk-3-0"),
        ("libatomic.so.1", "PNG and JPEG images (OpenCV)", "libatomic1"),
        ("libEGL.so.1", "render (OpenGL; without a graphics card also libgl1-mesa-dri)", "libegl1"),
    ];

    public static Command Create() =>
        new Command("doctor", "Show versions, device, memory, native libraries found, and what is missing with the package to install.")
            .WithAction("cellpose3d doctor", (_, reporter, _) => Run(reporter));

    private static ExitCode Run(Reporter reporter)
    {
        var facts = new List<(string Topic, string Text)>
        {
            ("program", $"cellpose3d {ProgramVersion.Text} on .NET {Environment.Version}"),
            ("system", $"{OsName()}, {RuntimeInformation.ProcessArchitecture}"),
            ("cpu", $"{CpuName()}, {Environment.ProcessorCount} threads, {Simd()}"),
            ("memory", Memory()),
            ("cache", UserFolders.Cache),
        };
        var missing = new List<string>();
        AddTorch(facts, missing);
        foreach ((string library, string purpose, string package) in Natives)
        {
            bool found = NativeLibrary.TryLoad(library, out _);
            facts.Add((library, found ? $"found; for {purpose}" : $"MISSING; for {purpose}: apt-get install {package}"));
            if (!found)
                missing.Add(package);
        }

        foreach ((string topic, string text) in facts)
            reporter.Result($"{topic,-16} {text}");
        reporter.Result(missing.Count == 0 ? "All there." : $"Missing: {string.Join(", ", missing)}.");
        var json = new JsonObject();
        foreach ((string topic, string text) in facts)
            json[topic] = text;
        json["missing"] = new JsonArray([.. missing.Select(m => (JsonNode)m)]);
        reporter.ResultJson(json);
        return missing.Contains("libtorch") ? ExitCode.DeviceOrMemory : ExitCode.Ok;
    }

    private static void AddTorch(List<(string Topic, string Text)> facts, List<string> missing)
    {
        try
        {
            LibTorchInfo library = LibTorch.EnsureLoaded();
            facts.Add(("libtorch", $"TorchSharp {library.Version} with the libtorch of {library.Folder}"
                + (library.PatchedBinding ? "; binding copied for this older C++ run time" : "")
                + $"; {LibTorch.FolderVariable} {(Environment.GetEnvironmentVariable(LibTorch.FolderVariable) is { Length: > 0 } ? "set" : "not set")}"));
            torch.Device device = ComputeDevice.Select("auto");
            facts.Add(("device", ComputeDevice.Describe(device, "auto")));
        }
        catch (DllNotFoundException e)
        {
            facts.Add(("libtorch", $"MISSING: {e.Message}"));
            missing.Add("libtorch");
        }
    }

    private static string OsName() =>
        File.Exists("/etc/os-release")
            ? File.ReadLines("/etc/os-release").FirstOrDefault(l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?[12..].Trim('"') ?? RuntimeInformation.OSDescription
            : RuntimeInformation.OSDescription;

    private static string CpuName() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown CPU"
            : "unknown CPU";

    private static string Simd() =>
        Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? Fma.IsSupported ? "AVX2 with FMA" : "AVX2" : "no AVX2: kernels run on 128-bit vectors";

    private static string Memory()
    {
        GCMemoryInfo info = GC.GetGCMemoryInfo();
        string available = File.Exists("/proc/meminfo")
            ? File.ReadLines("/proc/meminfo").FirstOrDefault(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal)) is { } line
                ? string.Create(CultureInfo.InvariantCulture, $", {long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1048576.0:f1} GB free now")
                : ""
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"{info.TotalAvailableMemoryBytes / 1073741824.0:f1} GB for this process{available}");
    }
}
