using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TorchSharp;

namespace Cellpose3D.Core2D.Native;

/// <summary>
/// Loads libtorch once per process, from the folder shipped beside the assembly or from <c>CELLPOSE3D_LIBTORCH</c>.
/// </summary>
/// <remarks>
/// TorchSharp's own binding library asks for GLIBCXX_3.4.32, which Debian 12, Ubuntu 22.04 and RHEL 9 do not have.
/// The one symbol behind it is never relocated, so on such systems a private copy with that requirement marked weak
/// is loaded instead (<see cref="ElfVersionPatch"/>). The copy lies in the user's cache, named by its content's hash; where nothing can be written there, each process makes its own.
/// This must happen before anything of TorchSharp is touched, even <c>torch.CPU</c>: its static constructor would take
/// whatever libtorch the system has by that name. Everything here that touches TorchSharp first comes through this class.
/// </remarks>
public static class LibTorch
{
    /// <summary>The environment variable that names a folder with another libtorch, for example one with CUDA.</summary>
    public const string FolderVariable = "CELLPOSE3D_LIBTORCH";

    private const string BindingFile = "libLibTorchSharp.so";
    private const string BindingVersion = "GLIBCXX_3.4.32";
    private const string BindingSymbol = "_ZSt21ios_base_library_initv";

    private static readonly Lazy<LibTorchInfo> Loaded = new(Load);

    /// <summary>Loads libtorch unless it is loaded, and tells what was loaded.</summary>
    /// <exception cref="DllNotFoundException">A library is missing or was refused by the loader; the message names it and the remedy.</exception>
    public static LibTorchInfo EnsureLoaded() => Loaded.Value;

    private static LibTorchInfo Load()
    {
        string shipped = Path.Combine(Path.GetDirectoryName(typeof(LibTorch).Assembly.Location) is { Length: > 0 } d ? d : AppContext.BaseDirectory, "libtorch");
        string? named = Environment.GetEnvironmentVariable(FolderVariable);
        string folder = string.IsNullOrEmpty(named) ? shipped : named;
        if (!File.Exists(Path.Combine(folder, "libtorch_cpu.so")))
        {
            throw new DllNotFoundException(string.IsNullOrEmpty(named)
                ? $"libtorch_cpu.so is not in '{folder}'; build the program anew or set {FolderVariable} to a folder of libtorch."
                : $"{FolderVariable} names '{folder}', which holds no libtorch_cpu.so; name the 'lib' folder of a libtorch or PyTorch install.");
        }

        Allocator.Tune();
        bool cuda = File.Exists(Path.Combine(folder, "libtorch_cuda.so"));
        string[] files = cuda
            ? ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"]
            : ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
        foreach (string file in files)
            LoadFile(Path.Combine(folder, file));

        string binding = Path.Combine(shipped, BindingFile);
        bool patched = !HasBindingVersion();
        if (patched)
            LoadWeak(binding);
        else
            LoadFile(binding);
        string version = typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "unknown";
        // TorchSharp finds both by their names, already loaded.
        torch.InitializeDeviceType(DeviceType.CPU);
        return new LibTorchInfo(folder, version, cuda, patched);
    }

    private static void LoadFile(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new DllNotFoundException($"{Path.GetFileName(path)} of '{Path.GetDirectoryName(path)}' does not load: {FirstLine(e.Message)}", e);
        }
    }

    private static string FirstLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .FirstOrDefault(l => l.Contains(".so", StringComparison.Ordinal) && l.Contains(':', StringComparison.Ordinal)) ?? text;

    private static bool HasBindingVersion() =>
        NativeLibrary.TryLoad("libstdc++.so.6", out nint library)
        && Libc.VersionedSymbol(library, BindingSymbol, BindingVersion) != 0;

    private static void LoadWeak(string binding)
    {
        byte[] bytes = File.ReadAllBytes(binding);
        ElfVersionPatch.MarkWeak(bytes, BindingVersion);
        string cached;
        try
        {
            cached = CachedCopy(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // a home that cannot be written to, as on nodes of some clusters: a copy for this process alone
            DirectoryInfo own = Directory.CreateTempSubdirectory("cellpose3d-");
            try
            {
                string path = Path.Combine(own.FullName, BindingFile);
                File.WriteAllBytes(path, bytes);
                LoadFile(path);
            }
            finally
            {
                own.Delete(recursive: true);                             // what is loaded stays
            }
            return;
        }
        LoadFile(cached);
    }

    private static string CachedCopy(byte[] bytes)
    {
        string name = $"libLibTorchSharp-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}.so";
        string folder = Path.Combine(UserFolders.Cache, "native");
        string path = Path.Combine(folder, name);
        if (File.Exists(path) && new FileInfo(path).Length == bytes.Length)
            return path;

        Directory.CreateDirectory(folder);
        string temporary = $"{path}.{Guid.NewGuid():n}";   // several processes may get here at once; rename is atomic
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, path, overwrite: true);
        return path;
    }
}
