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

    /// <summary>Writes one row a cell of a volume: time point, label, voxels, cubic micrometres, flow error, mean probability, touches border.</summary>
    /// <param name="stream">Receives the text; left open.</param>
    /// <param name="times">The results of the time points.</param>
    /// <param name="voxelUm">Size of a voxel; the volume stays empty where it is not known.</param>
    public static void WriteVolumes(Stream stream, IReadOnlyList<VolumeResult> times, VoxelSize voxelUm)
    {
        double? voxel = voxelUm.Z * voxelUm.Y * voxelUm.X;
        using var text = new StreamWriter(stream, leaveOpen: true);
        CsvWriterOptions format = CsvWriterOptions.Default with { FormatProvider = CultureInfo.InvariantCulture, NewLine = "\n" };
        using var csv = CsvWriter.Create(text, format, leaveOpen: true);
        csv.WriteHeader(["frame", "label", "volume_vox", "volume_um3", "flow_error", "mean_probability", "touches_border"]);
        for (int t = 0; t < times.Count; t++)
        {
            foreach (CellQuality cell in times[t].Cells)
            {
                csv.WriteField(t);
                csv.WriteField(cell.Label);
                csv.WriteField(cell.Area);
                csv.WriteField(voxel is { } um3 ? (cell.Area * um3).ToString("g6", CultureInfo.InvariantCulture) : "");
                csv.WriteField(double.IsNaN(cell.FlowError) ? "" : cell.FlowError.ToString("g6", CultureInfo.InvariantCulture));
                csv.WriteField(cell.MeanProbability.ToString("f4", CultureInfo.InvariantCulture));
                csv.WriteField(cell.TouchesBorder ? "true" : "false");
                csv.EndRecord();
            }
        }
    }
}
