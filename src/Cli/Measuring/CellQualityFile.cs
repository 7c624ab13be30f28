using System.Globalization;
using Cellpose3D.Core2D;

namespace Cellpose3D.Cli.Measuring;

/// <summary>Reads the table that <c>segment</c> writes beside its labels, for the qualities that labels alone do not tell.</summary>
internal static class CellQualityFile
{
    private const string LabelsEnding = "_cp_masks", TableEnding = "_cells.csv";

    /// <summary>The table that belongs to labels written by <c>segment</c>; null when it is not there.</summary>
    /// <param name="labels">The label file.</param>
    public static string? Beside(string labels)
    {
        string stem = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(labels))!, Path.GetFileNameWithoutExtension(labels));
        if (!stem.EndsWith(LabelsEnding, StringComparison.Ordinal))
            return null;
        string table = stem[..^LabelsEnding.Length] + TableEnding;
        return File.Exists(table) ? table : null;
    }

    /// <summary>Reads a table with the columns label, flow_error and mean_probability, and plane where there are several images.</summary>
    /// <returns>By frame and label.</returns>
    /// <exception cref="InvalidDataException">A column is missing, or a field is no number.</exception>
    public static Dictionary<(int Frame, int Label), CellQuality> Read(string path)
    {
        var cells = new Dictionary<(int Frame, int Label), CellQuality>();
        using var reader = new StreamReader(path);
        string[] header = (reader.ReadLine() ?? "").Split(',');
        int label = Column("label"), error = Column("flow_error"), probability = Column("mean_probability"), plane = Array.IndexOf(header, "plane");
        int line = 1;
        while (reader.ReadLine() is { } text)
        {
            line++;
            string[] fields = text.Split(',');
            if (fields.Length != header.Length)
                throw new InvalidDataException($"line {line} of '{path}' has {fields.Length} fields; its header has {header.Length}.");
            (int frame, int cell) = (plane < 0 ? 0 : (int)Number(fields[plane], line), (int)Number(fields[label], line));
            cells[(frame, cell)] = new CellQuality(cell, 0, Number(fields[error], line), Number(fields[probability], line), false);
        }
        return cells;

        int Column(string name) => Array.IndexOf(header, name) is int i and >= 0
            ? i : throw new InvalidDataException($"'{path}' must have a column '{name}'; it has {string.Join(", ", header)}.");

        double Number(string field, int at) =>
            field.Length == 0 ? double.NaN
            : double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
            : throw new InvalidDataException($"line {at} of '{path}' must hold numbers; got '{field}'.");
    }
}
