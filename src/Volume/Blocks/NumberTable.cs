using System.Runtime.InteropServices;

namespace Cellpose3D.Volume.Blocks;

/// <summary>The final numbers of an owner's cells.</summary>
/// <param name="Numbers">By place among the owner's labels; 0 for a cell that is gone.</param>
/// <param name="Entangled">Labels whose holes were filled in one order with those of other cells, ascending.</param>
internal sealed record NumberTable(int[] Numbers, int[] Entangled)
{
    /// <summary>The record of an owner.</summary>
    public byte[] ToBytes() => MemoryMarshal.AsBytes<int>([Numbers.Length, .. Numbers, .. Entangled]).ToArray();

    /// <summary>Reads a record.</summary>
    public static NumberTable FromBytes(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<int> all = MemoryMarshal.Cast<byte, int>(bytes);
        return new NumberTable(all.Slice(1, all[0]).ToArray(), all[(1 + all[0])..].ToArray());
    }
}
