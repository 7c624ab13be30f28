using System.Runtime.InteropServices;

namespace Cellpose3D.Volume.Blocks;

/// <summary>What an owner knows of its cells before holes are filled.</summary>
/// <param name="TooSmall">How many were removed for their size.</param>
/// <param name="Cells">Those that are left, ascending by label.</param>
/// <param name="Holes">The holes of those that have any.</param>
internal sealed record OwnerCells(int TooSmall, CellExtent[] Cells, IReadOnlyList<CellHoles> Holes)
{
    /// <summary>The record of an owner.</summary>
    public byte[] ToBytes() =>
        [.. MemoryMarshal.AsBytes<int>((int[])[TooSmall, Cells.Length]), .. CellExtent.ToBytes(Cells), .. CellHoles.ToBytes(Holes)];

    /// <summary>Reads a record.</summary>
    public static OwnerCells FromBytes(ReadOnlySpan<byte> bytes)
    {
        const int header = 2 * sizeof(int);
        ReadOnlySpan<int> counts = MemoryMarshal.Cast<byte, int>(bytes[..header]);
        int size = counts[1] * Marshal.SizeOf<CellExtent>();
        return new OwnerCells(
            counts[0], MemoryMarshal.Cast<byte, CellExtent>(bytes.Slice(header, size)).ToArray(), CellHoles.FromBytes(bytes[(header + size)..]));
    }
}
