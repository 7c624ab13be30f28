using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Geff;
using Cellpose3D.IO.Napari;
using Cellpose3D.IO.Tables;
using Cellpose3D.IO.TrackMate;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO;

/// <summary>Reads tracks of every format: GEFF, CTC folders, TrackMate XML, track tables and napari's CSV.</summary>
public static class TrackFile
{
    /// <summary>Reads tracks; the format is told by content.</summary>
    /// <param name="path">A GEFF or CTC folder, an .xml, .csv or .parquet file. Beside napari's <c>name.csv</c> its graph is looked for as <c>name_graph.json</c> and <c>name.json</c>.</param>
    /// <param name="spacing">Size of a voxel, for CTC and napari, which do not hold it; null for 1 um.</param>
    /// <param name="cancellationToken">Checked before every frame of a CTC folder.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or is none of these.</exception>
    /// <exception cref="NotSupportedException">Tracks merge.</exception>
    public static TrackedMovie Read(string path, SpacingUm? spacing = null, CancellationToken cancellationToken = default)
    {
        if (GeffFile.IsGeff(path))
            return GeffFile.Read(path);
        if (Directory.Exists(path))
            return CtcMovie.Read(CtcFolder.Open(path), spacing, null, cancellationToken);
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist.", path);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".xml":
                return TrackMateFile.Read(path);
            case ".csv" or ".parquet":
                TableColumns table = TrackTableFile.Open(path);
                if (table.Has("parent_id") || table.Has("y_um") || Path.GetExtension(path).Equals(".parquet", StringComparison.OrdinalIgnoreCase))
                    return TrackTableFile.Read(table, $"'{path}'");
                string stem = Path.Combine(Path.GetDirectoryName(path) ?? "", Path.GetFileNameWithoutExtension(path));
                string? graph = Array.Find([$"{stem}_graph.json", $"{stem}.json"], File.Exists);
                return NapariTracksFile.Read(path, graph, null, spacing);
            default:
                throw new InvalidDataException($"tracks are read from GEFF and CTC folders, .xml, .csv and .parquet; got '{path}'.");
        }
    }
}
