using System.Runtime.InteropServices;

namespace Cellpose3D.Volume.Blocks;

/// <summary>The voxels in which the points of one block end, ascending, and how many end in each: a sparse histogram.</summary>
/// <remarks>The block's volume of end points holds places in this table, counted from 1; 0 is background.</remarks>
/// <param name="Voxels">int64, linear index in the whole volume.</param>
/// <param name="Counts">int32, as many.</param>
internal sealed record EndPointTable(long[] Voxels, int[] Counts)
{
    /// <summary>The table as the record of its block.</summary>
    public byte[] ToBytes() => [.. MemoryMarshal.AsBytes<long>(Voxels), .. MemoryMarshal.AsBytes<int>(Counts)];

    /// <summary>Reads a record.</summary>
    public static EndPointTable FromBytes(ReadOnlySpan<byte> bytes)
    {
        int count = bytes.Length / (sizeof(long) + sizeof(int));
        return new EndPointTable(
            MemoryMarshal.Cast<byte, long>(bytes[..(count * sizeof(long))]).ToArray(),
            MemoryMarshal.Cast<byte, int>(bytes[(count * sizeof(long))..]).ToArray());
    }
}
