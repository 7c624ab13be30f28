using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.Lineages;

/// <summary>Turns cells that carry track numbers as labels, and the rows that say who comes from whom, into a solution.</summary>
public static class SolutionFromRows
{
    /// <summary>Links the cells of each row, and each row's first cell to its parent's last.</summary>
    /// <param name="cells">Cells whose labels are track numbers; shared with the solution.</param>
    /// <param name="rows">The rows; borrowed.</param>
    /// <exception cref="InvalidDataException">Rows and cells disagree (see <see cref="TrackRows.Check"/>).</exception>
    public static TrackingSolution Build(DetectionTable cells, IReadOnlyList<TrackRow> rows)
    {
        int[][] labels = new int[cells.FrameCount][];
        for (int t = 0; t < labels.Length; t++)
        {
            ReadOnlySpan<Detection> frame = cells.Frame(t);
            labels[t] = new int[frame.Length];
            for (int n = 0; n < frame.Length; n++)
                labels[t][n] = frame[n].Label;
        }
        TrackRows.Check(rows, labels);
        var solution = new TrackingSolution(cells);
        Dictionary<int, TrackRow> byLabel = rows.ToDictionary(r => r.Label);
        foreach (TrackRow row in rows)
        {
            int before = -1;
            if (row.Parent > 0)
                before = cells.Find(byLabel[row.Parent].End, row.Parent);
            else
                solution.NameTrack(cells.Find(row.Begin, row.Label), row.Label);
            for (int t = row.Begin; t <= row.End; t++)
            {
                int cell = cells.Find(t, row.Label);
                if (before >= 0)
                    solution.SetLink(new Link(before, cell, float.NaN, float.NaN));
                before = cell;
            }
        }
        foreach (TrackRow row in rows)
        {
            int first = cells.Find(row.Begin, row.Label);
            if (row.Parent > 0 && solution.ChildCount(solution.ParentOf(first)) > 1)
                solution.NameTrack(first, row.Label);
        }
        return solution;
    }
}
