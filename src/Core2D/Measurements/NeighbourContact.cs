namespace Cellpose3D.Core2D.Measurements;

/// <summary>A cell that touches another.</summary>
/// <param name="Label">The neighbour.</param>
/// <param name="Faces">Pixel edges, or voxel faces, that both share.</param>
public readonly record struct NeighbourContact(int Label, long Faces);
