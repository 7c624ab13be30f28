using Cellpose3D.Core2D.Measurements;
using Parquet;
using Parquet.Schema;

namespace Cellpose3D.IO.Tables;

/// <summary>A table as one row group of a Parquet file; missing values are NaN.</summary>
internal static class ParquetTable
{
    public static void Write(Stream stream, MeasurementTable table) => WriteAsync(stream, table).GetAwaiter().GetResult();

    private static async Task WriteAsync(Stream stream, MeasurementTable table)
    {
        DataField[] fields = [.. table.Columns.Select(Field)];
        ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            for (int n = 0; n < fields.Length; n++)
            {
                await (table.Columns[n].Values switch
                {
                    int[] v => group.WriteAsync<int>(fields[n], v),
                    long[] v => group.WriteAsync<long>(fields[n], v),
                    double[] v => group.WriteAsync<double>(fields[n], v),
                    bool[] v => group.WriteAsync<bool>(fields[n], v),
                    string[] v => group.WriteAsync(fields[n], v),
                    _ => throw Unknown(table.Columns[n]),
                }).ConfigureAwait(false);
            }
            group.CompleteValidate();
        }
    }

    private static DataField Field(MeasurementColumn column) => column.Values switch
    {
        int[] => new DataField<int>(column.Name),
        long[] => new DataField<long>(column.Name),
        double[] => new DataField<double>(column.Name),
        bool[] => new DataField<bool>(column.Name),
        string[] => new DataField<string>(column.Name),
        _ => throw Unknown(column),
    };

    private static ArgumentException Unknown(MeasurementColumn column) =>
        new($"column '{column.Name}' must hold int, long, double, bool or string; it holds {column.Values.GetType().GetElementType()}.");
}
