using System.Runtime.InteropServices;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Some voxels of a volume, ascending, and a number for each: how many points end there, or the label of the region it is in.</summary>
/// <remarks>The volume of end points holds places in its block's table of ends, counted from 1; 0 is background.</remarks>
/// <param name="Voxels">int64, linear index in the whole volume.</param>
/// <param name="Values">int32, as many.</param>
internal sealed record VoxelTable(long[] Voxels, int[] Values)
{
    /// <summary>The table as a record.</summary>
    public byte[] ToBytes() => [.. MemoryMarshal.AsBytes<long>(Voxels), .. MemoryMarshal.AsBytes<int>(Values)];

    /// <summary>Reads a record.</summary>
    public static VoxelTable FromBytes(ReadOnlySpan<byte> bytes)
    {
        int count = bytes.Length / (sizeof(long) + sizeof(int));
        return new VoxelTable(
            MemoryMarshal.Cast<byte, long>(bytes[..(count * sizeof(long))]).ToArray(),
            MemoryMarshal.Cast<byte, int>(bytes[(count * sizeof(long))..]).ToArray());
    }

    /// <summary>The number of a voxel; 0 where it has none.</summary>
    public int ValueAt(long voxel) => Array.BinarySearch(Voxels, voxel) is >= 0 and int place ? Values[place] : 0;

    /// <summary>Adds tables up.</summary>
    /// <param name="tables">Counts of the same volume.</param>
    /// <param name="above">Voxels whose sum is not above it are dropped.</param>
    public static VoxelTable Sum(IReadOnlyList<VoxelTable> tables, int above)
    {
        long[] voxels = [.. tables.SelectMany(t => t.Voxels)];
        int[] counts = [.. tables.SelectMany(t => t.Values)];
        if (tables.Count > 1)
            Array.Sort(voxels, counts);
        int kept = 0;
        for (int i = 0; i < voxels.Length;)
        {
            long voxel = voxels[i];
            int sum = 0;
            for (; i < voxels.Length && voxels[i] == voxel; i++)
                sum = checked(sum + counts[i]);
            if (sum > above)
                (voxels[kept], counts[kept++]) = (voxel, sum);
        }
        return new VoxelTable(voxels[..kept], counts[..kept]);
    }
}
