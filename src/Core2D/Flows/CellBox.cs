namespace Cellpose3D.Core2D.Flows;

/// <summary>Where one cell lies: its label, bounding box and size.</summary>
/// <param name="Label">The label, above 0.</param>
/// <param name="Z0">First plane; 0 in 2D.</param>
/// <param name="Y0">First row.</param>
/// <param name="X0">First column.</param>
/// <param name="Z1">One past the last plane; 1 in 2D.</param>
/// <param name="Y1">One past the last row.</param>
/// <param name="X1">One past the last column.</param>
/// <param name="Count">Number of voxels.</param>
/// <param name="First">Linear index of its first voxel in raster order.</param>
public readonly record struct CellBox(int Label, int Z0, int Y0, int X0, int Z1, int Y1, int X1, int Count, int First)
{
    /// <summary>Number of planes of the box.</summary>
    public int Depth => Z1 - Z0;

    /// <summary>Number of rows of the box.</summary>
    public int Height => Y1 - Y0;

    /// <summary>Number of columns of the box.</summary>
    public int Width => X1 - X0;

    internal CellBox Union(CellBox other) => new(
        Label, Math.Min(Z0, other.Z0), Math.Min(Y0, other.Y0), Math.Min(X0, other.X0),
        Math.Max(Z1, other.Z1), Math.Max(Y1, other.Y1), Math.Max(X1, other.X1),
        Count + other.Count, Math.Min(First, other.First));
}
