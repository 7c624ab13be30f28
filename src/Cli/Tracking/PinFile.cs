using System.Globalization;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Cli.Tracking;

/// <summary>Reads a user's words on links: the table of doubtful links with verdicts filled in, or any table with its columns.</summary>
internal static class PinFile
{
    private static readonly string[] Columns = ["frame_from", "label_from", "frame_to", "label_to", "verdict"];

    /// <summary>Reads the rows that have a verdict: yes (the link is) or no (it is not).</summary>
    /// <param name="path">A CSV; other columns are passed over.</param>
    /// <param name="cells">The cells that its frames and labels mean.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A column is missing, a field is no number or verdict, or there is no such cell.</exception>
    public static IReadOnlyList<LinkPin> Read(string path, DetectionTable cells)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist.", path);
        using var reader = new StreamReader(path);
        string[] header = (reader.ReadLine() ?? "").Split(',', StringSplitOptions.TrimEntries);
        int[] at = [.. Columns.Select(name => Array.IndexOf(header, name) is int i and >= 0
            ? i : throw new InvalidDataException($"'{path}' must have a column '{name}'; it has {string.Join(", ", header)}."))];
        var pins = new List<LinkPin>();
        for (int line = 2; reader.ReadLine() is { } text; line++)
        {
            string[] fields = text.Split(',', StringSplitOptions.TrimEntries);
            if (text.Length == 0)
                continue;
            if (fields.Length != header.Length)
                throw new InvalidDataException($"line {line} of '{path}' has {fields.Length} fields; its header has {header.Length}.");
            string verdict = fields[at[4]].ToLowerInvariant();
            if (verdict.Length == 0)
                continue;
            if (verdict is not ("yes" or "no"))
                throw new InvalidDataException($"line {line} of '{path}': a verdict must be yes, no or empty; got '{fields[at[4]]}'.");
            pins.Add(new LinkPin(Cell(0), Cell(2), verdict == "yes"));

            int Cell(int column)
            {
                int frame = Number(fields[at[column]]), label = Number(fields[at[column + 1]]);
                return cells.Find(frame, label) is int id and >= 0
                    ? id : throw new InvalidDataException($"line {line} of '{path}': frame {frame} has no mask {label}. Verdicts hold for the masks they were given on: track these by --labels.");
            }

            int Number(string field) => int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                ? value : throw new InvalidDataException($"line {line} of '{path}' must hold whole numbers for frames and labels; got '{field}'.");
        }
        return pins;
    }
}
