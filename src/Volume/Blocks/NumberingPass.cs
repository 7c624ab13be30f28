using System.Runtime.InteropServices;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>The last pass: writes every cell under its final number, and measures it.</summary>
/// <param name="flows">Its last component is the probability logit, at the labels' size or another one; null for none; borrowed.</param>
/// <param name="result">Receives the final labels.</param>
internal sealed class NumberingPass(IVolumeStore<float>? flows, IVolumeStore<int> result)
{
    private const double ProbabilityUnit = 1 << 24;                      // whole numbers add up the same in every order

    /// <summary>Writes a block; the record is the part of each cell that lies in it.</summary>
    /// <param name="box">The block.</param>
    /// <param name="values">int32 [depth, height, width], final numbers; borrowed until they are written.</param>
    public StepResult RunBlock(VolumeBox box, int[] values)
    {
        CellExtent[] cells = CellExtent.Find(values, box, result.Shape);
        long[] sums = flows is null ? new long[cells.Length] : Probabilities(values, cells, ReadLogits(flows, result.Shape, box));
        return new StepResult([.. MemoryMarshal.AsBytes<long>(sums), .. CellExtent.ToBytes(cells)], () =>
        {
            result.Write(0, box, values);
            result.Flush();
        });
    }

    /// <summary>Every cell, by number: extent, and mean probability (NaN without flows).</summary>
    /// <param name="records">Those of all blocks.</param>
    public IReadOnlyList<(CellExtent Extent, double Probability)> Merge(IEnumerable<byte[]> records)
    {
        var probability = new Dictionary<int, long>();
        CellExtent[] all = CellExtent.Merge(records.Select(record => Take(record, probability)));
        return [.. all.Select(c => (c, flows is null ? double.NaN : probability[c.Label] / ProbabilityUnit / c.Count))];
    }

    private static byte[] Take(byte[] record, Dictionary<int, long> probability)
    {
        int count = record.Length / (sizeof(long) + Marshal.SizeOf<CellExtent>());
        ReadOnlySpan<long> sums = MemoryMarshal.Cast<byte, long>(record.AsSpan(0, count * sizeof(long)));
        byte[] cells = record[(count * sizeof(long))..];
        ReadOnlySpan<CellExtent> extents = MemoryMarshal.Cast<byte, CellExtent>(cells);
        for (int n = 0; n < count; n++)
            probability[extents[n].Label] = probability.GetValueOrDefault(extents[n].Label) + sums[n];
        return cells;
    }

    private static float[] ReadLogits(IVolumeStore<float> flows, VolumeShape volume, VolumeBox box)
    {
        bool same = flows.Shape == volume;
        var nearest = new NearestVoxels(flows.Shape, volume);
        VolumeBox from = same ? box : nearest.SourceOf(box);
        float[] logits = GC.AllocateUninitializedArray<float>(checked((int)from.Count));
        flows.Read(flows.Components - 1, from, logits);
        return same ? logits : nearest.Resize(logits, from, box);
    }

    private static long[] Probabilities(int[] values, CellExtent[] cells, float[] logits)
    {
        var place = new Dictionary<int, int>();
        for (int n = 0; n < cells.Length; n++)
            place[cells[n].Label] = n;
        long[] sums = new long[cells.Length];
        int last = 0, at = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] == 0)
                continue;
            if (values[i] != last)
                (last, at) = (values[i], place[values[i]]);
            sums[at] += (long)(ProbabilityUnit / (1 + Math.Exp(-logits[i])));
        }
        return sums;
    }
}
