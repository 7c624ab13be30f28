using System.IO.Compression;
using System.Numerics;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Numpy;

namespace Cellpose3D.Tests.Support;

/// <summary>Reads reference vectors of <c>tests/Golden</c> and, where it stands beside the checkout, of <c>shared</c>.</summary>
public static class Golden
{
    /// <summary>The checkout's root, found by its solution file.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of a file of <c>tests/Golden/segmentation</c>.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, "tests", "Golden", "segmentation", .. parts]);

    /// <summary>The path of a file of <c>tests/Golden/tracking</c>.</summary>
    public static string Tracking(params string[] parts) => System.IO.Path.Combine([Root, "tests", "Golden", "tracking", .. parts]);

    /// <summary>Opens a gzipped file of <c>tests/Golden/tracking</c>, given without <c>.gz</c>.</summary>
    public static Stream OpenTracking(params string[] parts) =>
        new GZipStream(File.OpenRead(Tracking(parts) + ".gz"), CompressionMode.Decompress);

    /// <summary>Reads <c>group/name.npy</c> (stored as <c>.npy.gz</c>), converted to <typeparamref name="T"/>.</summary>
    public static NdArray<T> Load<T>(string group, string name)
        where T : unmanaged, INumber<T>
    {
        using var stream = new GZipStream(File.OpenRead(Path(group, name + ".npy.gz")), CompressionMode.Decompress);
        return NpyFile.Read<T>(stream, $"{group}/{name}.npy");
    }

    /// <summary>A path of the folder <c>shared</c> beside the checkout; skips the running test, visibly, where it is absent.</summary>
    public static string Shared(params string[] parts)
    {
        string path = System.IO.Path.Combine([System.IO.Path.GetDirectoryName(Root)!, "shared", .. parts]);
        if (!File.Exists(path) && !Directory.Exists(path))
            Assert.Skip($"needs shared/{string.Join('/', parts)} beside the checkout (real images, not part of the project)");
        return path;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(d.FullName, "Cellpose3D.sln")))
                return d.FullName;
        }
        throw new DirectoryNotFoundException($"No Cellpose3D.sln above '{AppContext.BaseDirectory}'.");
    }
}
