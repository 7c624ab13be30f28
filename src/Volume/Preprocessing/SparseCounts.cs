using System.Runtime.InteropServices;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>Histograms that are mostly zero as small records, added up again by whoever needs the sum.</summary>
internal static class SparseCounts
{
    /// <summary>The record of a histogram: pairs of a bin and its count.</summary>
    public static byte[] ToBytes(long[] counts)
    {
        var pairs = new List<long>();
        for (int bin = 0; bin < counts.Length; bin++)
        {
            if (counts[bin] != 0)
            {
                pairs.Add(bin);
                pairs.Add(counts[bin]);
            }
        }
        return MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(pairs)).ToArray();
    }

    /// <summary>Adds a record to a histogram.</summary>
    public static void Add(ReadOnlySpan<byte> record, long[] counts)
    {
        ReadOnlySpan<long> pairs = MemoryMarshal.Cast<byte, long>(record);
        for (int i = 0; i < pairs.Length; i += 2)
            counts[pairs[i]] += pairs[i + 1];
    }
}
