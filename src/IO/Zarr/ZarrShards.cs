using Cellpose3D.IO.Zarr.Codecs;

namespace Cellpose3D.IO.Zarr;

/// <summary>Files that hold many chunks each, found by an index of offsets and lengths.</summary>
/// <param name="Shape">Lengths of the part of the array that one file holds.</param>
/// <param name="IndexDecoders">From the stored index to plain little-endian pairs of 64 bits.</param>
/// <param name="IndexBytes">Length of the stored index.</param>
/// <param name="IsIndexAtEnd">Whether the index is the last thing of the file, else the first.</param>
/// <param name="IsIndexBigEndian">Byte order of the pairs.</param>
internal sealed record ZarrShards(int[] Shape, ZarrCodec[] IndexDecoders, int IndexBytes, bool IsIndexAtEnd, bool IsIndexBigEndian);
