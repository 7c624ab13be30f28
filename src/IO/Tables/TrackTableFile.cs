using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.IO.Tables;

/// <summary>Reads and writes a movie as one table, CSV or Parquet; columns as in <see cref="TrackTable"/>.</summary>
/// <remarks>
/// Boxes and moments of cells are not held, and empty frames at the end are not either. A link's probability comes back, its cost
/// follows from it. Pins come back as accepted links; rejected ones are not held.
/// </remarks>
public static class TrackTableFile
{
    /// <summary>Writes a movie.</summary>
    /// <param name="path">Where the file appears; .csv or .parquet.</param>
    /// <param name="movie">The movie; borrowed.</param>
    /// <param name="splitAtGaps">Whether a skipped frame ends a track. Default false.</param>
    /// <exception cref="ArgumentException">The name has another ending.</exception>
    /// <exception cref="IOException">The folder is missing or cannot be written to.</exception>
    public static void Write(string path, TrackedMovie movie, bool splitAtGaps = false) =>
        MeasurementFile.Write(path, TrackTable.Build(movie, movie.Tracks(splitAtGaps)));

    /// <summary>Reads a movie; only <c>track_id</c>, <c>t</c> and <c>y x</c> or <c>y_um x_um</c> must be there.</summary>
    /// <param name="path">A .csv or .parquet file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A column is missing, a row is damaged, or tracks contradict themselves.</exception>
    public static TrackedMovie Read(string path) => Read(Open(path), $"'{path}'");

    /// <summary>Reads a table whatever its columns.</summary>
    internal static TableColumns Open(string path) =>
        Path.GetExtension(path).Equals(".parquet", StringComparison.OrdinalIgnoreCase) ? ParquetColumns.Read(path) : CsvColumns.Read(path);

    /// <summary>Reads a movie from columns.</summary>
    internal static TrackedMovie Read(TableColumns table, string source)
    {
        int[] tracks = table.Integers("track_id"), frames = table.Integers("t");
        bool isVolume = table.Has("z") || table.Has("z_um");
        SpacingUm spacing = Spacing(table, isVolume);
        double[] y = Place(table, "y", spacing.Y), x = Place(table, "x", spacing.X), z = isVolume ? Place(table, "z", spacing.Z) : new double[table.Rows];
        int[] labels = table.Has("label") ? table.Integers("label") : new int[table.Rows];
        double[] voxels = table.NumbersOrNone("voxels"), diameters = table.NumbersOrNone("diameter_um"), intensities = table.NumbersOrNone("intensity");
        double[] probabilities = table.NumbersOrNone("link_prob"), margins = table.NumbersOrNone("link_margin"), edited = table.NumbersOrNone("edited");
        var cells = new GraphCell[table.Rows];
        for (int row = 0; row < cells.Length; row++)
        {
            cells[row] = new GraphCell(row, new Detection
            {
                Frame = frames[row],
                Label = labels[row],
                Centroid = new PointUm(z[row], y[row], x[row]),
                Size = voxels[row] >= 0 ? (long)voxels[row] : 0,
                DiameterUm = diameters[row] >= 0 ? (float)diameters[row] : 0,
                Intensity = (float)intensities[row],
            }, tracks[row]);
        }
        var parents = new Dictionary<int, int>();
        if (table.Has("parent_id"))
        {
            int[] column = table.Integers("parent_id");
            for (int row = 0; row < cells.Length; row++)
            {
                if (column[row] != 0 && !parents.TryAdd(tracks[row], column[row]) && parents[tracks[row]] != column[row])
                    throw new InvalidDataException($"{source}: track {tracks[row]} has parents {parents[tracks[row]]} and {column[row]}; it must have one.");
            }
        }
        TrackingSolution solution = SolutionFromGraph.FromTracks(
            cells, parents, source, strength: row => ((float)probabilities[row], (float)margins[row]));
        for (int row = 0; row < cells.Length; row++)
        {
            if (edited[row] != 1)
                continue;
            int cell = labels[row] > 0 ? solution.Detections.Find(frames[row], labels[row]) : -1;
            if (cell >= 0 && solution.ParentOf(cell) is var parent and >= 0)
                solution.Pin(new LinkPin(parent, cell, Accept: true));
        }
        return new TrackedMovie { Solution = solution, Spacing = spacing, FrameSeconds = Interval(table, frames) };
    }

    /// <summary>Micrometres, or voxels of one micrometre where the table has no micrometres.</summary>
    private static double[] Place(TableColumns table, string axis, double spacing) =>
        table.Has($"{axis}_um") ? table.Numbers($"{axis}_um") : Array.ConvertAll(table.Numbers(axis), v => v * spacing);

    /// <summary>The voxel's edges, from the row where an axis reaches farthest; 1 um where that cannot be told.</summary>
    private static SpacingUm Spacing(TableColumns table, bool isVolume)
    {
        return new SpacingUm(isVolume ? Edge("z") : 1, Edge("y"), Edge("x"));

        double Edge(string axis)
        {
            if (!table.Has(axis) || !table.Has($"{axis}_um"))
                return 1;
            double[] voxels = table.Numbers(axis), um = table.Numbers($"{axis}_um");
            int farthest = -1;
            for (int row = 0; row < voxels.Length; row++)
            {
                if (Math.Abs(voxels[row]) > (farthest < 0 ? 0 : Math.Abs(voxels[farthest])))
                    farthest = row;
            }
            double edge = farthest < 0 ? 1 : um[farthest] / voxels[farthest];
            return edge > 0 && double.IsFinite(edge) ? Math.Round(edge, 12) : 1;             // rounded: the quotient is off by its last bit
        }
    }

    private static double? Interval(TableColumns table, int[] frames)
    {
        double[] times = table.NumbersOrNone("time_s");
        int last = frames.Length == 0 ? -1 : Array.IndexOf(frames, frames.Max());
        return last >= 0 && frames[last] > 0 && times[last] / frames[last] is > 0 and < double.PositiveInfinity and var seconds ? Math.Round(seconds, 12) : null;
    }
}
