using System.Globalization;
using System.Text;
using System.Text.Json;
using Cellpose3D.IO.Tables;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO.Napari;

/// <summary>Reads and writes what a Tracks layer of napari takes: a CSV of track, frame and place, and a JSON of who comes from whom.</summary>
/// <remarks>
/// Places are in voxels, so that tracks lie on the image's layer and take its scale. A track begins anew after a skipped frame, with
/// the old one as its parent. Labels, sizes and probabilities are not held.
/// </remarks>
public static class NapariTracksFile
{
    /// <summary>Writes a movie.</summary>
    /// <param name="tablePath">Where the CSV appears; rows by track, then by frame.</param>
    /// <param name="graphPath">Where the JSON appears, <c>{"child": [parent]}</c>; null for none.</param>
    /// <param name="movie">The movie; borrowed.</param>
    /// <param name="columns">Names of the columns; null for the usual ones.</param>
    /// <param name="splitAtGaps">Whether a skipped frame ends a track. Default true.</param>
    /// <exception cref="ArgumentException">Names that cannot stand in a CSV.</exception>
    /// <exception cref="IOException">A folder is missing or cannot be written to.</exception>
    public static void Write(string tablePath, string? graphPath, TrackedMovie movie, NapariColumns? columns = null, bool splitAtGaps = true)
    {
        columns ??= new NapariColumns();
        columns.Validate();
        TrackSet tracks = movie.Tracks(splitAtGaps);
        Track[] byId = [.. tracks.Tracks.OrderBy(t => t.Id)];
        bool isVolume = movie.IsVolume;
        AtomicFile.Write(tablePath, stream =>
        {
            using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
            text.WriteLine(string.Join(',', isVolume ? [columns.TrackId, columns.T, columns.Z, columns.Y, columns.X] : new[] { columns.TrackId, columns.T, columns.Y, columns.X }));
            foreach (Track track in byId)
            {
                foreach (int cell in track.Cells)
                {
                    Detection at = movie.Solution.Detections[cell];
                    string z = isVolume ? $"{Number(at.Centroid.Z / movie.Spacing.Z)}," : "";
                    text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{track.Id},{at.Frame},{z}{Number(at.Centroid.Y / movie.Spacing.Y)},{Number(at.Centroid.X / movie.Spacing.X)}"));
                }
            }
        });
        if (graphPath is null)
            return;
        string graph = $"{{{string.Join(", ", byId.Where(t => t.ParentId > 0).Select(t => string.Create(CultureInfo.InvariantCulture, $"\"{t.Id}\": [{t.ParentId}]")))}}}";
        AtomicFile.Write(graphPath, stream => stream.Write(Encoding.ASCII.GetBytes(graph)));
    }

    /// <summary>Reads a movie.</summary>
    /// <param name="tablePath">The CSV.</param>
    /// <param name="graphPath">The JSON; null where there is none: then no track has a parent.</param>
    /// <param name="columns">Names of the columns; null for the usual ones. Other columns are passed over.</param>
    /// <param name="spacing">Size of a voxel, to give places in micrometres; null for 1 um.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A column is missing, a row or the graph is damaged, or tracks contradict themselves.</exception>
    /// <exception cref="NotSupportedException">A track has two parents.</exception>
    public static TrackedMovie Read(string tablePath, string? graphPath = null, NapariColumns? columns = null, SpacingUm? spacing = null)
    {
        columns ??= new NapariColumns();
        columns.Validate();
        SpacingUm voxel = spacing ?? SpacingUm.Unit;
        TableColumns table = CsvColumns.Read(tablePath);
        int[] tracks = table.Integers(columns.TrackId), frames = table.Integers(columns.T);
        double[] y = table.Numbers(columns.Y), x = table.Numbers(columns.X);
        double[] z = table.Has(columns.Z) ? table.Numbers(columns.Z) : new double[table.Rows];
        int shift = tracks.Contains(0) ? 1 : 0;                          // some programs count tracks from 0
        var cells = new GraphCell[table.Rows];
        for (int row = 0; row < cells.Length; row++)
        {
            var cell = new Detection { Frame = frames[row], Label = 0, Centroid = voxel.At(z[row], y[row], x[row]), Intensity = float.NaN };
            cells[row] = new GraphCell(row, cell, checked(tracks[row] + shift));
        }
        Dictionary<int, int> parents = graphPath is null ? [] : Graph(graphPath, shift);
        return new TrackedMovie { Solution = SolutionFromGraph.FromTracks(cells, parents, $"'{tablePath}'"), Spacing = voxel };
    }

    private static Dictionary<int, int> Graph(string path, int shift)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist.", path);
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"'{path}' must hold one object, {{\"child\": [parent]}}.");
            var parents = new Dictionary<int, int>();
            foreach (JsonProperty entry in json.RootElement.EnumerateObject())
            {
                JsonElement[] list = entry.Value.ValueKind == JsonValueKind.Array ? [.. entry.Value.EnumerateArray()] : [entry.Value];
                if (list.Length > 1)
                    throw new NotSupportedException($"'{path}': track {entry.Name} has {list.Length} parents; tracks that merge are not held.");
                if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int child)
                    || list.Length == 0 || list[0].ValueKind != JsonValueKind.Number || !list[0].TryGetInt32(out int parent)
                    || !parents.TryAdd(checked(child + shift), checked(parent + shift)))
                    throw new InvalidDataException($"'{path}': every entry must be \"child\": [parent], each child once; got \"{entry.Name}\": {entry.Value.GetRawText()}.");
            }
            return parents;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not readable as JSON: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>Full precision; whole numbers keep a decimal, which tells readers that the column holds places.</summary>
    private static string Number(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny(".E") || !double.IsFinite(value) ? text : text + ".0";
    }
}
