using System.Globalization;

namespace Cellpose3D.IO.Tables;

/// <summary>A table that was read: columns by name, as text from CSV and as numbers from Parquet.</summary>
/// <param name="place">The file, for messages.</param>
/// <param name="rows">Number of rows.</param>
/// <param name="columns">Columns by name: string[], int[], long[], float[], double[] or bool[].</param>
internal sealed class TableColumns(string place, int rows, IReadOnlyDictionary<string, Array> columns)
{
    public int Rows => rows;

    public bool Has(string name) => columns.ContainsKey(name);

    /// <summary>Numbers; NaN where a cell is empty.</summary>
    /// <exception cref="InvalidDataException">There is no such column, or a cell is no number.</exception>
    public double[] Numbers(string name) => Column(name) switch
    {
        double[] v => v,
        float[] v => Array.ConvertAll(v, n => (double)n),
        int[] v => Array.ConvertAll(v, n => (double)n),
        long[] v => Array.ConvertAll(v, n => (double)n),
        bool[] v => Array.ConvertAll(v, n => n ? 1.0 : 0.0),
        string[] v => Parse(name, v),
        var other => throw new InvalidDataException($"{place}: column '{name}' must hold numbers; it holds {other.GetType().GetElementType()?.Name}."),
    };

    /// <summary>Numbers; NaN in every row where there is no such column.</summary>
    public double[] NumbersOrNone(string name)
    {
        if (Has(name))
            return Numbers(name);
        double[] none = new double[rows];
        none.AsSpan().Fill(double.NaN);
        return none;
    }

    /// <summary>Whole numbers from 0 to 2^31 - 1.</summary>
    /// <exception cref="InvalidDataException">There is no such column, or a cell is something else.</exception>
    public int[] Integers(string name)
    {
        double[] numbers = Numbers(name);
        int[] values = new int[rows];
        for (int row = 0; row < rows; row++)
        {
            if (!(numbers[row] >= 0 && numbers[row] <= int.MaxValue && numbers[row] == Math.Floor(numbers[row])))
                throw new InvalidDataException($"{place}, row {row + 1}: '{name}' must be a whole number from 0 to {int.MaxValue}; got {(double.IsNaN(numbers[row]) ? "nothing" : numbers[row].ToString(CultureInfo.InvariantCulture))}.");
            values[row] = (int)numbers[row];
        }
        return values;
    }

    private Array Column(string name) => columns.TryGetValue(name, out Array? column) ? column
        : throw new InvalidDataException($"{place} must have a column '{name}'; it has {string.Join(", ", columns.Keys)}.");

    private double[] Parse(string name, string[] texts)
    {
        double[] numbers = new double[texts.Length];
        for (int row = 0; row < texts.Length; row++)
        {
            string text = texts[row].Trim();
            if (text.Length == 0)
                numbers[row] = double.NaN;
            else if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
                numbers[row] = number;
            else if (text.ToUpperInvariant() is "TRUE" or "FALSE")
                numbers[row] = text.Length == 4 ? 1 : 0;
            else
                throw new InvalidDataException($"{place}, row {row + 1}: '{name}' must be a number; got '{text}'.");
        }
        return numbers;
    }
}
