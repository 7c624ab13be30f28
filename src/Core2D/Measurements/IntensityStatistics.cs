namespace Cellpose3D.Core2D.Measurements;

/// <summary>The values of one channel in one cell.</summary>
/// <param name="Mean">Mean; NaN when a value is.</param>
/// <param name="Min">Smallest; NaN when a value is.</param>
/// <param name="Max">Largest; NaN when a value is.</param>
/// <param name="Std">Standard deviation of all the cell's values (divided by their number).</param>
public readonly record struct IntensityStatistics(double Mean, double Min, double Max, double Std);
