using Cellpose3D.Core2D.Measurements;
using Cellpose3D.IO.Tables;
using Parquet;
using Parquet.Schema;

namespace Cellpose3D.IO.Tests.Tables;

public sealed class MeasurementFileTests
{
    private static readonly MeasurementTable Sample = new(
    [
        new MeasurementColumn("label", new[] { 1, 70_000 }),
        new MeasurementColumn("area", new[] { 12L, 5_000_000_000L }),
        new MeasurementColumn("centroid-0", new[] { 0.1, double.NaN }),
        new MeasurementColumn("touches_border", new[] { true, false }),
        new MeasurementColumn("neighbour_labels", new[] { "3 7", "" }),
    ]);

    [Fact]
    public void Write_Csv_IsExactText()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "cells.csv");

        MeasurementFile.Write(path, Sample);

        Assert.Equal("label,area,centroid-0,touches_border,neighbour_labels\n1,12,0.1,true,3 7\n70000,5000000000,,false,\n", File.ReadAllText(path));
    }

    [Fact]
    public async Task Write_Parquet_ReadsBackEqual()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "cells.parquet");

        MeasurementFile.Write(path, Sample);

        await using ParquetReader reader = await ParquetReader.CreateAsync(path, cancellationToken: TestContext.Current.CancellationToken);
        using var group = reader.OpenRowGroupReader(0);
        DataField[] fields = reader.Schema.GetDataFields();
        Assert.Equal(Sample.Columns.Select(c => c.Name), fields.Select(f => f.Name));
        Assert.Equal(Sample.Columns[0].Values, await ReadAsync<int>(group, fields[0]));
        Assert.Equal(Sample.Columns[1].Values, await ReadAsync<long>(group, fields[1]));
        Assert.Equal(Sample.Columns[2].Values, await ReadAsync<double>(group, fields[2]));
        Assert.Equal(Sample.Columns[3].Values, await ReadAsync<bool>(group, fields[3]));
        string?[] text = new string?[2];
        await group.ReadAsync(fields[4], text.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Sample.Columns[4].Values, text);
    }

    private static async Task<T[]> ReadAsync<T>(ParquetRowGroupReader group, DataField field)
        where T : struct
    {
        T[] values = new T[group.RowCount];
        await group.ReadAsync<T>(field, values.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        return values;
    }

    [Theory]
    [InlineData("cells.csv")]
    [InlineData("cells.parquet")]
    public void Write_NoCells_IsATableWithoutRows(string name)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, name);

        MeasurementFile.Write(path, new MeasurementTable([new MeasurementColumn("label", Array.Empty<int>()), new MeasurementColumn("area", Array.Empty<double>())]));

        Assert.True(new FileInfo(path).Length > 0);
    }

    [Fact]
    public void Write_OtherEnding_NamesThoseThatAreWritten()
    {
        Assert.Contains(".csv or .parquet; got 'cells.xlsx'", Assert.Throws<ArgumentException>(() => MeasurementFile.Write("cells.xlsx", Sample)).Message);
    }
}
