namespace Cellpose3D.Core2D.Tiling;

/// <summary>Where one tile of a <see cref="TileGrid"/> lies and how it is mirrored.</summary>
/// <param name="Y">Row of the image under the tile's first row; negative in the padding.</param>
/// <param name="X">Column of the image under the tile's first column; negative in the padding.</param>
/// <param name="FlipY">The network sees the tile's rows in reverse order.</param>
/// <param name="FlipX">The network sees the tile's columns in reverse order.</param>
public readonly record struct Tile(int Y, int X, bool FlipY, bool FlipX);
