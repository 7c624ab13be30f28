using System.Globalization;
using System.Text;

namespace Cellpose3D.Cli.Rendering;

/// <summary>Reads one number of each cell from a CSV with a column <c>label</c>.</summary>
internal static class LabelTable
{
    /// <summary>Reads a column.</summary>
    /// <returns>By frame, -1 in a table without that column, and label; empty fields are left out.</returns>
    /// <exception cref="InvalidDataException">A column is missing, or a field is no number.</exception>
    public static Dictionary<(int Frame, uint Id), double> Read(string path, string column)
    {
        using var reader = new StreamReader(path);
        string[] header = Fields(reader.ReadLine() ?? "");
        int label = Column("label"), wanted = Column(column), frame = Array.IndexOf(header, "frame");
        var values = new Dictionary<(int Frame, uint Id), double>();
        for (int line = 2; reader.ReadLine() is { } text; line++)
        {
            if (text.Length == 0)
                continue;
            string[] fields = Fields(text);
            if (fields.Length != header.Length)
                throw new InvalidDataException($"line {line} of '{path}' has {fields.Length} fields; its header has {header.Length}.");
            if (fields[wanted].Length > 0)
                values[(frame < 0 ? -1 : (int)Number(fields[frame], line), (uint)Number(fields[label], line))] = Number(fields[wanted], line);
        }
        return values;

        int Column(string name) => Array.IndexOf(header, name) is int i and >= 0
            ? i : throw new InvalidDataException($"'{path}' must have a column '{name}'; it has {string.Join(", ", header)}.");

        double Number(string field, int at) => field switch
        {
            "true" => 1,
            "false" => 0,
            _ => double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
                : throw new InvalidDataException($"line {at} of '{path}' must hold numbers; got '{field}'."),
        };
    }

    // fields between commas; quotes keep commas, and a doubled quote is one
    private static string[] Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
                field.Append(line[i++]);
            else if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
                Finish();
            else
                field.Append(c);
        }
        Finish();
        return [.. fields];

        void Finish()
        {
            fields.Add(field.ToString());
            field.Clear();
        }
    }
}
