using System.Globalization;
using System.Text;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO.Ctc;

/// <summary>Reads and writes <c>res_track.txt</c> and <c>man_track.txt</c>: one row <c>label begin end parent</c> for each track.</summary>
public static class CtcTrackFile
{
    private static readonly char[] Separators = [' ', '\t', ',', ';'];

    /// <summary>Reads the rows, in the file's order.</summary>
    /// <param name="path">The file; columns are separated by blanks or tabs.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line is not four whole numbers.</exception>
    public static TrackRow[] Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist.", path);
        var rows = new List<TrackRow>();
        int line = 0;
        foreach (string text in File.ReadLines(path))
        {
            line++;
            string[] words = text.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                continue;
            int[] values = new int[4];
            for (int n = 0; n < 4; n++)
            {
                if (words.Length != 4 || !int.TryParse(words[n], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out values[n]))
                    throw new InvalidDataException($"'{path}', line {line} must be four whole numbers, label begin end parent; got '{text}'.");
            }
            rows.Add(new TrackRow(values[0], values[1], values[2], values[3]));
        }
        return [.. rows];
    }

    /// <summary>Writes the rows by label; the file appears whole or not at all.</summary>
    /// <param name="path">Where it appears.</param>
    /// <param name="rows">The rows; borrowed.</param>
    public static void Write(string path, IEnumerable<TrackRow> rows)
    {
        var text = new StringBuilder();
        foreach (TrackRow row in rows.OrderBy(r => r.Label))
            text.Append(CultureInfo.InvariantCulture, $"{row.Label} {row.Begin} {row.End} {row.Parent}\n");
        AtomicFile.Write(path, stream => stream.Write(Encoding.ASCII.GetBytes(text.ToString())));
    }
}
