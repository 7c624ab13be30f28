using System.Globalization;
using Cellpose3D.Core2D.Measurements;
using CsvHelper;

namespace Cellpose3D.IO.Tables;

/// <summary>A table as CSV: a header, a row a cell, numbers in full precision with a point, missing values empty.</summary>
internal static class CsvTable
{
    public static void Write(Stream stream, MeasurementTable table)
    {
        using var text = new StreamWriter(stream, leaveOpen: true);
        CsvWriterOptions format = CsvWriterOptions.Default with { FormatProvider = CultureInfo.InvariantCulture, NewLine = "\n" };
        using var csv = CsvWriter.Create(text, format, leaveOpen: true);
        csv.WriteHeader([.. table.Columns.Select(c => c.Name)]);
        for (int n = 0; n < table.Rows; n++)
        {
            foreach (MeasurementColumn column in table.Columns)
                csv.WriteField(Text(column, n));
            csv.EndRecord();
        }
    }

    private static string Text(MeasurementColumn column, int row) => column.Values switch
    {
        double[] v => double.IsNaN(v[row]) ? "" : v[row].ToString("R", CultureInfo.InvariantCulture),
        int[] v => v[row].ToString(CultureInfo.InvariantCulture),
        long[] v => v[row].ToString(CultureInfo.InvariantCulture),
        bool[] v => v[row] ? "true" : "false",
        string[] v => v[row],
        _ => throw new ArgumentException($"column '{column.Name}' must hold int, long, double, bool or string; it holds {column.Values.GetType().GetElementType()}."),
    };
}
