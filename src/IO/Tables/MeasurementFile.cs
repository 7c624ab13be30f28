using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.IO.Tables;

/// <summary>Writes tables of cells as CSV or Parquet, by the file's name; the file appears whole or not at all.</summary>
public static class MeasurementFile
{
    /// <summary>Endings that are written.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".csv", ".parquet"];

    /// <summary>Whether a file of this name can be written.</summary>
    /// <param name="path">The file.</param>
    public static bool IsKnown(string path) => Endings.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>Writes a table.</summary>
    /// <param name="path">Where the file appears; its ending decides the format.</param>
    /// <param name="table">The cells; borrowed.</param>
    /// <exception cref="ArgumentException">The name has another ending.</exception>
    /// <exception cref="IOException">The folder is missing or cannot be written to.</exception>
    public static void Write(string path, MeasurementTable table)
    {
        if (!IsKnown(path))
            throw new ArgumentException($"a table must be a file ending in {string.Join(" or ", Endings)}; got '{path}'.", nameof(path));
        if (Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase))
            AtomicFile.Write(path, stream => CsvTable.Write(stream, table));
        else
            AtomicFile.Write(path, stream => ParquetTable.Write(stream, table));
    }
}
