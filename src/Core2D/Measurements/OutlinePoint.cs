namespace Cellpose3D.Core2D.Measurements;

/// <summary>The centre of a pixel on a cell's outline.</summary>
/// <param name="Y">Row.</param>
/// <param name="X">Column.</param>
public readonly record struct OutlinePoint(int Y, int X);
