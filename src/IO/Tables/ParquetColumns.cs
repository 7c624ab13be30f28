using Parquet;
using Parquet.Schema;

namespace Cellpose3D.IO.Tables;

/// <summary>Reads the flat columns of a Parquet file.</summary>
internal static class ParquetColumns
{
    private const int MostRows = 1 << 26;

    /// <summary>Reads a file whole.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static TableColumns Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist.", path);
        try
        {
            return ReadAsync(path).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not (OutOfMemoryException or InvalidDataException or NotSupportedException or UnauthorizedAccessException))
        {
            // the library meets damage with whatever its parsing runs into: IO, index and null errors among them
            throw new InvalidDataException($"'{path}' is not readable as Parquet: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static async Task<TableColumns> ReadAsync(string path)
    {
        ParquetReader reader = await ParquetReader.CreateAsync(path).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            DataField[] fields = reader.Schema.GetDataFields();
            var parts = new Dictionary<string, List<Array>>(StringComparer.Ordinal);
            int rows = 0;
            for (int g = 0; g < reader.RowGroupCount; g++)
            {
                using ParquetRowGroupReader group = reader.OpenRowGroupReader(g);
                if (group.RowCount is < 0 or > MostRows)
                    throw new NotSupportedException($"'{path}' announces {group.RowCount} rows in one group; up to {MostRows} are read.");
                int count = (int)group.RowCount;
                rows += count;
                foreach (DataField field in fields)
                {
                    if (!parts.TryGetValue(field.Name, out List<Array>? list))
                        parts[field.Name] = list = [];
                    list.Add(await ColumnAsync(group, field, count, path).ConfigureAwait(false));
                }
            }
            return new TableColumns($"'{path}'", rows, parts.ToDictionary(p => p.Key, p => Join(p.Value), StringComparer.Ordinal));
        }
    }

    private static async Task<Array> ColumnAsync(ParquetRowGroupReader group, DataField field, int count, string path)
    {
        if (field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>))
        {
            string?[] texts = new string?[count];
            await group.ReadAsync(field, texts.AsMemory()).ConfigureAwait(false);
            return Array.ConvertAll(texts, t => t ?? "");
        }
        if (field.ClrType == typeof(int))
            return await ValuesAsync<int>(group, field, count).ConfigureAwait(false);
        if (field.ClrType == typeof(long))
            return await ValuesAsync<long>(group, field, count).ConfigureAwait(false);
        if (field.ClrType == typeof(double))
            return await ValuesAsync<double>(group, field, count).ConfigureAwait(false);
        if (field.ClrType == typeof(float))
            return await ValuesAsync<float>(group, field, count).ConfigureAwait(false);
        if (field.ClrType == typeof(bool))
            return await ValuesAsync<bool>(group, field, count).ConfigureAwait(false);
        throw new InvalidDataException($"'{path}': column '{field.Name}' must hold int, long, float, double, bool or string; it holds {field.ClrType.Name}.");
    }

    /// <summary>Values as they are, or, where some may be missing, as double with NaN.</summary>
    private static async Task<Array> ValuesAsync<T>(ParquetRowGroupReader group, DataField field, int count)
        where T : struct
    {
        if (!field.IsNullable)
        {
            T[] values = new T[count];
            await group.ReadAsync<T>(field, values.AsMemory()).ConfigureAwait(false);
            return values;
        }
        T?[] some = new T?[count];
        await group.ReadAsync<T>(field, some.AsMemory()).ConfigureAwait(false);
        return Array.ConvertAll(some, v => v is { } value ? Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture) : double.NaN);
    }

    private static Array Join(List<Array> parts)
    {
        Type element = parts[0].GetType().GetElementType()!;
        Array whole = Array.CreateInstance(element, parts.Sum(p => p.Length));
        int at = 0;
        foreach (Array part in parts)
        {
            part.CopyTo(whole, at);
            at += part.Length;
        }
        return whole;
    }
}
