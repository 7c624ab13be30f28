using System.Runtime.InteropServices;

namespace Cellpose3D.Volume.Blocks;

/// <summary>The holes of one cell.</summary>
/// <param name="Label">The cell.</param>
/// <param name="Runs">Voxels of the holes, by row, then by column.</param>
/// <param name="HasCells">Whether another label lies in a hole.</param>
internal sealed record CellHoles(int Label, VoxelRun[] Runs, bool HasCells)
{
    private const int Header = 3;                 // label, number of runs, other labels

    /// <summary>The holes of several cells as one record.</summary>
    public static byte[] ToBytes(IEnumerable<CellHoles> all)
    {
        var bytes = new List<byte>();
        foreach (CellHoles holes in all)
        {
            bytes.AddRange(MemoryMarshal.AsBytes<int>((int[])[holes.Label, holes.Runs.Length, holes.HasCells ? 1 : 0]));
            bytes.AddRange(MemoryMarshal.AsBytes<VoxelRun>(holes.Runs));
        }
        return [.. bytes];
    }

    /// <summary>Reads a record.</summary>
    public static List<CellHoles> FromBytes(ReadOnlySpan<byte> bytes)
    {
        var all = new List<CellHoles>();
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<int> header = MemoryMarshal.Cast<byte, int>(bytes[..(Header * sizeof(int))]);
            (int label, int count, bool hasCells) = (header[0], header[1], header[2] != 0);
            bytes = bytes[(Header * sizeof(int))..];
            int size = count * Marshal.SizeOf<VoxelRun>();
            all.Add(new CellHoles(label, MemoryMarshal.Cast<byte, VoxelRun>(bytes[..size]).ToArray(), hasCells));
            bytes = bytes[size..];
        }
        return all;
    }
}
