namespace Cellpose3D.Core2D.Measurements;

/// <summary>A table of cells.</summary>
/// <param name="Columns">In the order in which they are written.</param>
public sealed record MeasurementTable(IReadOnlyList<MeasurementColumn> Columns)
{
    /// <summary>Number of cells.</summary>
    public int Rows => Columns.Count == 0 ? 0 : Columns[0].Values.Length;

    /// <summary>Finds a column.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public MeasurementColumn this[string name] => Columns.FirstOrDefault(c => c.Name == name)
        ?? throw new KeyNotFoundException($"the table must have a column '{name}'; it has {string.Join(", ", Columns.Select(c => c.Name))}.");
}
