using System.IO.Compression;
using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Numpy;

/// <summary>Reads and writes NumPy's <c>.npz</c>: a zip archive of <c>.npy</c> arrays.</summary>
public static class NpzFile
{
    private const long LargestRatio = 1032;     // Deflate's limit: a size in a damaged archive cannot ask for more

    /// <summary>Names of the arrays, without <c>.npy</c>, in the order of the archive.</summary>
    /// <param name="path">The <c>.npz</c> file.</param>
    /// <exception cref="InvalidDataException">Not a zip archive, or a damaged one.</exception>
    public static IReadOnlyList<string> Names(string path)
    {
        using ZipArchive archive = Open(path);
        return [.. archive.Entries.Select(e => Name(e.FullName))];
    }

    /// <summary>Reads one array and converts its values to <typeparamref name="T"/>.</summary>
    /// <param name="path">The <c>.npz</c> file.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns><typeparamref name="T"/> with the array's shape, C order; owned by the caller.</returns>
    /// <exception cref="InvalidDataException">A damaged archive, or no array of that name.</exception>
    /// <exception cref="NotSupportedException">An element type that is not a plain number.</exception>
    public static NdArray<T> Read<T>(string path, string name)
        where T : unmanaged, System.Numerics.INumber<T> => Read<T, NumberConversion<T>>(path, name);

    /// <summary>Writes float arrays, deflated; the file appears whole or not at all.</summary>
    /// <param name="path">The <c>.npz</c> file.</param>
    /// <param name="arrays">Names without <c>.npy</c>, and float32 arrays of any axes; borrowed.</param>
    public static void Write(string path, params IEnumerable<(string Name, NdArray<float> Array)> arrays) =>
        AtomicFile.Write(path, stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach ((string name, NdArray<float> array) in arrays)
            {
                using Stream entry = archive.CreateEntry(name + ".npy").Open();
                NpyFile.Write(entry, array);
            }
        });

    internal static NdArray<T> Read<T, TConversion>(string path, string name)
        where T : unmanaged
        where TConversion : struct, ISampleConversion<T> =>
        With(path, name, (stream, available) => NpyFile.ReadValues<T, TConversion>(stream, NpyFile.ReadHeader(stream, Inside(path, name)), Inside(path, name), available));

    internal static NpyHeader ReadHeader(string path, string name) =>
        With(path, name, (stream, _) => NpyFile.ReadHeader(stream, Inside(path, name)));

    internal static string Inside(string path, string name) => $"{path}[{name}]";

    private static TResult With<TResult>(string path, string name, Func<Stream, long, TResult> read)
    {
        using ZipArchive archive = Open(path);
        ZipArchiveEntry entry = archive.Entries.FirstOrDefault(e => Name(e.FullName) == name)
            ?? throw new InvalidDataException($"'{path}' holds no array '{name}'; it holds {string.Join(", ", archive.Entries.Select(e => Name(e.FullName)))}.");
        try
        {
            long available = Math.Min(entry.Length, entry.CompressedLength > long.MaxValue / LargestRatio ? long.MaxValue : entry.CompressedLength * LargestRatio);
            using Stream stream = entry.Open();
            return read(stream, Math.Min(available, new FileInfo(path).Length * LargestRatio));
        }
        catch (Exception e) when (e is ArgumentException or IOException and not FileNotFoundException)   // what the archive reader makes of damaged entries
        {
            throw new InvalidDataException($"'{Inside(path, name)}' does not unpack: {e.Message}", e);
        }
    }

    private static ZipArchive Open(string path)
    {
        FileStream stream = File.OpenRead(path);
        ZipArchive? archive = null;
        try
        {
            archive = new ZipArchive(stream, ZipArchiveMode.Read);
            _ = archive.Entries;
            return archive;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or IOException)
        {
            archive?.Dispose();
            stream.Dispose();
            throw new InvalidDataException($"'{path}' is not a .npz archive: {e.Message}", e);
        }
    }

    private static string Name(string entry) => entry.EndsWith(".npy", StringComparison.Ordinal) ? entry[..^4] : entry;
}
