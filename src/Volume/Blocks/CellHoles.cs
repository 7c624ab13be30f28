using System.Runtime.InteropServices;

namespace Cellpose3D.Volume.Blocks;

/// <summary>The holes of one cell.</summary>
/// <param name="Label">The cell.</param>
/// <param name="Runs">Voxels of the holes, by row, then by column.</param>
/// <param name="Inside">Other labels that lie in a hole, ascending.</param>
internal sealed record CellHoles(int Label, VoxelRun[] Runs, int[] Inside)
{
    private const int Header = 3;                 // label, number of runs, number of other labels

    /// <summary>Whether another label lies in a hole.</summary>
    public bool HasCells => Inside.Length > 0;

    /// <summary>The holes of several cells as one record.</summary>
    public static byte[] ToBytes(IEnumerable<CellHoles> all)
    {
        var bytes = new List<byte>();
        foreach (CellHoles holes in all)
        {
            bytes.AddRange(MemoryMarshal.AsBytes<int>((int[])[holes.Label, holes.Runs.Length, holes.Inside.Length]));
            bytes.AddRange(MemoryMarshal.AsBytes<VoxelRun>(holes.Runs));
            bytes.AddRange(MemoryMarshal.AsBytes<int>(holes.Inside));
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
            (int label, int runs, int inside) = (header[0], header[1] * Marshal.SizeOf<VoxelRun>(), header[2] * sizeof(int));
            bytes = bytes[(Header * sizeof(int))..];
            all.Add(new CellHoles(label, MemoryMarshal.Cast<byte, VoxelRun>(bytes[..runs]).ToArray(), MemoryMarshal.Cast<byte, int>(bytes.Slice(runs, inside)).ToArray()));
            bytes = bytes[(runs + inside)..];
        }
        return all;
    }
}
