namespace Cellpose3D.Viewer.Server;

/// <summary>A picture of the 3D view for a page.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Jpeg">The picture as a JPEG file's bytes.</param>
/// <param name="Ids">The cell of each pixel, uint32 little-endian [Height, Width], as a zlib stream; null in pictures that are soon replaced.</param>
/// <param name="Milliseconds">What drawing took, without packing.</param>
internal sealed record Picture(int Width, int Height, byte[] Jpeg, byte[]? Ids, double Milliseconds);
