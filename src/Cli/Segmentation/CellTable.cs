using System.Globalization;
using Cellpose3D.Core2D;
using CsvHelper;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>The table of cells with their quality, as CSV.</summary>
internal static class CellTable
{
    /// <summary>Writes one row a cell: plane, label, area, flow error, mean probability, touches border.</summary>
    /// <param name="stream">Receives the text; left open.</param>
    /// <param name="planes">The results of an image's planes.</param>
    public static void Write(Stream stream, IReadOnlyList<Segmentation2D> planes)
    {
        using var text = new StreamWriter(stream, leaveOpen: true);
        CsvWriterOptions format = CsvWriterOptions.Default with { FormatProvider = CultureInfo.InvariantCulture, NewLine = "\n" };
        using var csv = CsvWriter.Create(text, format, leaveOpen: true);
        csv.WriteHeader(["plane", "label", "area_px", "flow_error", "mean_probability", "touches_border"]);
        for (int n = 0; n < planes.Count; n++)
        {
            foreach (CellQuality cell in planes[n].Cells)
            {
                csv.WriteField(n);
                csv.WriteField(cell.Label);
                csv.WriteField(cell.Area);
                csv.WriteField(double.IsNaN(cell.FlowError) ? "" : cell.FlowError.ToString("g6", CultureInfo.InvariantCulture));
                csv.WriteField(cell.MeanProbability.ToString("f4", CultureInfo.InvariantCulture));
                csv.WriteField(cell.TouchesBorder ? "true" : "false");
                csv.EndRecord();
            }
        }
    }
}
