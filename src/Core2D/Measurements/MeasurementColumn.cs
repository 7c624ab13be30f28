namespace Cellpose3D.Core2D.Measurements;

/// <summary>One column of a table.</summary>
/// <param name="Name">As in scikit-image's <c>regionprops_table</c> where it has one.</param>
/// <param name="Values">int[], long[], double[], bool[] or string[], one a row; a double that is NaN is missing.</param>
public sealed record MeasurementColumn(string Name, Array Values);
