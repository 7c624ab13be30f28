using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Geff;
using Cellpose3D.IO.Napari;
using Cellpose3D.IO.Tables;
using Cellpose3D.IO.TrackMate;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO;

/// <summary>Reads and writes tracks of every format: GEFF, CTC folders, TrackMate XML, track tables and napari's CSV.</summary>
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
                if (IsTable(table) || Path.GetExtension(path).Equals(".parquet", StringComparison.OrdinalIgnoreCase))
                    return TrackTableFile.Read(table, $"'{path}'");
                return NapariTracksFile.Read(path, Array.Find(Graphs(path), File.Exists), null, spacing);
            default:
                throw new InvalidDataException($"tracks are read from GEFF and CTC folders, .xml, .csv and .parquet; got '{path}'.");
        }
    }

    /// <summary>Writes tracks in place of a file, in its own format; what the movie does not hold, such as a graph's related data, is not kept.</summary>
    /// <param name="path">A GEFF folder, an .xml, .csv or .parquet file that is there; napari's graph goes where it was found, else to <c>name_graph.json</c>.</param>
    /// <param name="movie">The movie; borrowed.</param>
    /// <exception cref="NotSupportedException">A CTC folder, which holds masks too.</exception>
    /// <exception cref="IOException">The place cannot be written to.</exception>
    public static void Write(string path, TrackedMovie movie)
    {
        if (GeffFile.IsGeff(path))
            GeffFile.Write(path, movie);
        else if (Directory.Exists(path))
            throw new NotSupportedException($"'{path}' is a folder with masks; name its track table.");
        else if (Path.GetExtension(path).Equals(".xml", StringComparison.OrdinalIgnoreCase))
            TrackMateFile.Write(path, movie);
        else if (Path.GetExtension(path).Equals(".parquet", StringComparison.OrdinalIgnoreCase) || IsTable(TrackTableFile.Open(path)))
            TrackTableFile.Write(path, movie);
        else
            NapariTracksFile.Write(path, Array.Find(Graphs(path), File.Exists) ?? Graphs(path)[0], movie);
    }

    private static bool IsTable(TableColumns table) => table.Has("parent_id") || table.Has("y_um");

    private static string[] Graphs(string path)
    {
        string stem = Path.Combine(Path.GetDirectoryName(path) ?? "", Path.GetFileNameWithoutExtension(path));
        return [$"{stem}_graph.json", $"{stem}.json"];
    }
}
