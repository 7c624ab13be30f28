namespace Cellpose3D.Core2D.Measurements;

/// <summary>The shape of one cell in a plane, measured as Cellpose does.</summary>
/// <param name="Label">The cell's label.</param>
/// <param name="Area">Pixels.</param>
/// <param name="Perimeter">Length in pixels of its outlines through pixel centres; 0 for outlines of fewer than 5 points.</param>
/// <param name="Convexity">Perimeter of the convex hull over <paramref name="Perimeter"/>, in [0, 1].</param>
/// <param name="Solidity">Area inside the outline over the area of the convex hull, in [0, 1].</param>
/// <param name="Compactness">Mean distance to the middle in a disc of the same area, over that in the cell, in [0, 1]; 1 for a disc.</param>
/// <remarks>The three ratios are 0 for cells of fewer than 16 pixels or without perimeter.</remarks>
public readonly record struct RegionShape(int Label, long Area, double Perimeter, double Convexity, double Solidity, double Compactness);
