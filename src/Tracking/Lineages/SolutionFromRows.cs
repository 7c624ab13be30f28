using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.Lineages;

/// <summary>Turns cells that carry track numbers as labels, and the rows that say who comes from whom, into a solution.</summary>
public static class SolutionFromRows
{
    /// <summary>Links the cells of each row, and each row's first cell to its parent's last.</summary>
    /// <param name="cells">Cells whose labels are track numbers; shared with the solution.</param>
    /// <param name="rows">The rows; borrowed.</param>
    /// <param name="source">What messages call the rows, for example a file's name.</param>
    /// <exception cref="InvalidDataException">Rows and cells disagree (see <see cref="TrackRows.Check"/>).</exception>
    public static TrackingSolution Build(DetectionTable cells, IReadOnlyList<TrackRow> rows, string source = "the track table")
    {
        int[][] labels = new int[cells.FrameCount][];
        for (int t = 0; t < labels.Length; t++)
        {
            ReadOnlySpan<Detection> frame = cells.Frame(t);
            labels[t] = new int[frame.Length];
            for (int n = 0; n < frame.Length; n++)
                labels[t][n] = frame[n].Label;
        }
        TrackRows.Check(rows, labels, source);
        var solution = new TrackingSolution(cells);
        Dictionary<int, TrackRow> byLabel = rows.ToDictionary(r => r.Label);
        foreach (TrackRow row in rows)
        {
            int before = row.Parent > 0 ? cells.Find(byLabel[row.Parent].End, row.Parent) : -1;
            solution.NameTrack(cells.Find(row.Begin, row.Label), row.Label);     // an only child too: its name counts where tracks end at gaps
            for (int t = row.Begin; t <= row.End; t++)
            {
                int cell = cells.Find(t, row.Label);
                if (before >= 0)
                    solution.SetLink(new Link(before, cell, float.NaN, float.NaN));
                before = cell;
            }
        }
        return solution;
    }
}
