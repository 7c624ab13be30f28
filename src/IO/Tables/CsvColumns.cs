using System.Text;

namespace Cellpose3D.IO.Tables;

/// <summary>Reads CSV: a header, then rows of as many fields, separated by commas, quoted where they hold some.</summary>
internal static class CsvColumns
{
    /// <summary>Reads a file whole.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It has no header, a column twice, a row of another length, or an open quote.</exception>
    public static TableColumns Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist.", path);
        string[]? header = null;
        var columns = new List<List<string>>();
        int line = 0;
        foreach (string text in File.ReadLines(path, Encoding.UTF8))
        {
            line++;
            if (text.Length == 0)
                continue;
            string[] fields = Fields(text, path, line);
            if (header is null)
            {
                header = Array.ConvertAll(fields, f => f.Trim());
                foreach (string name in header)
                    columns.Add([]);
                if (header.Distinct(StringComparer.Ordinal).Count() != header.Length)
                    throw new InvalidDataException($"'{path}' must name each column once; got {text}.");
                continue;
            }
            if (fields.Length != header.Length)
                throw new InvalidDataException($"'{path}', line {line} must have {header.Length} fields; it has {fields.Length}: it was cut short or is no CSV.");
            for (int n = 0; n < fields.Length; n++)
                columns[n].Add(fields[n]);
        }
        if (header is null)
            throw new InvalidDataException($"'{path}' is empty; a table begins with the names of its columns.");
        return new TableColumns($"'{path}'", columns[0].Count, header.Zip(columns).ToDictionary(p => p.First, p => (Array)p.Second.ToArray(), StringComparer.Ordinal));
    }

    private static string[] Fields(string text, string path, int line)
    {
        if (!text.Contains('"', StringComparison.Ordinal))
            return text.Split(',');
        var fields = new List<string>();
        var field = new StringBuilder();
        bool isQuoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"' && isQuoted && i + 1 < text.Length && text[i + 1] == '"')
                field.Append(text[++i]);
            else if (c == '"')
                isQuoted = !isQuoted;
            else if (c == ',' && !isQuoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
                field.Append(c);
        }
        if (isQuoted)
            throw new InvalidDataException($"'{path}', line {line} opens a quote and does not close it.");
        fields.Add(field.ToString());
        return [.. fields];
    }
}
