namespace Cellpose3D.Tracking.Lineages;

/// <summary>Checks that rows and masks tell the same story.</summary>
public static class TrackRows
{
    /// <summary>Checks rows against each other and against the labels of each frame.</summary>
    /// <param name="rows">The rows; borrowed.</param>
    /// <param name="labels">Labels present in each frame, ascending, without background; borrowed.</param>
    /// <param name="source">What the message calls the rows, for example a file's name.</param>
    /// <exception cref="InvalidDataException">
    /// A label twice or not above 0, a row that ends before it begins, a parent that is unknown or ends too late, a label
    /// without a row, or a row whose label is missing from one of its frames.
    /// </exception>
    public static void Check(IReadOnlyList<TrackRow> rows, IReadOnlyList<int[]> labels, string source = "the track table")
    {
        var byLabel = new Dictionary<int, TrackRow>(rows.Count);
        foreach (TrackRow row in rows)
        {
            if (row.Label < 1)
                throw new InvalidDataException($"{source}: labels must be above 0; got {row.Label}.");
            if (!byLabel.TryAdd(row.Label, row))
                throw new InvalidDataException($"{source}: label {row.Label} has two rows; a track has one.");
            if (row.Begin < 0 || row.End < row.Begin || row.End >= labels.Count)
                throw new InvalidDataException($"{source}: track {row.Label} must lie within frames 0 to {labels.Count - 1}; got {row.Begin} to {row.End}.");
        }
        foreach (TrackRow row in rows)
        {
            if (row.Parent == 0)
                continue;
            if (!byLabel.TryGetValue(row.Parent, out TrackRow parent))
                throw new InvalidDataException($"{source}: track {row.Label} has parent {row.Parent}, which has no row.");
            if (parent.End >= row.Begin)
                throw new InvalidDataException($"{source}: track {row.Label} begins in frame {row.Begin}; its parent {row.Parent} must end before, but ends in frame {parent.End}.");
        }
        long expected = 0, found = 0;
        foreach (TrackRow row in rows)
            expected += row.End - row.Begin + 1;
        for (int t = 0; t < labels.Count; t++)
        {
            foreach (int label in labels[t])
            {
                if (!byLabel.TryGetValue(label, out TrackRow row))
                    throw new InvalidDataException($"{source}: frame {t} has a mask {label} without a row.");
                if (t < row.Begin || t > row.End)
                    throw new InvalidDataException($"{source}: frame {t} has a mask {label}, whose row holds it to frames {row.Begin} to {row.End}; a label used again after a gap must be a new one with the old as parent.");
                found++;
            }
        }
        if (found == expected)
            return;
        foreach (TrackRow row in rows)
        {
            for (int t = row.Begin; t <= row.End; t++)
            {
                if (Array.BinarySearch(labels[t], row.Label) < 0)
                    throw new InvalidDataException($"{source}: track {row.Label} lies in frames {row.Begin} to {row.End}, but frame {t} has no mask {row.Label}.");
            }
        }
    }
}
