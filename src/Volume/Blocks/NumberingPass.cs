using System.Runtime.InteropServices;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>The last pass: writes every cell under its final number, and measures it.</summary>
internal static class NumberingPass
{
    private const double ProbabilityUnit = 1 << 24;                      // whole numbers add up the same in every order

    /// <summary>Writes every block that is not finished yet.</summary>
    /// <param name="labels">Labels with all changes; borrowed.</param>
    /// <param name="numbers">Final number by label; others become background.</param>
    /// <param name="flows">Its last component is the probability logit, at the labels' size or another one; null for none; borrowed.</param>
    /// <param name="result">Receives the final labels.</param>
    /// <param name="blocks">Blocks of the result.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    /// <param name="workspace">Holds the records.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked before every block.</param>
    /// <returns>Every cell, by number: extent, and mean probability (NaN without flows).</returns>
    public static IReadOnlyList<(CellExtent Extent, double Probability)> Run(
        PatchedLabels labels, Dictionary<int, int> numbers, IVolumeStore<float>? flows, IVolumeStore<int> result, BlockGrid blocks, int threads,
        IVolumeWorkspace workspace, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        blocks.ForEach(workspace, "numbers", progress, cancellationToken, box =>
        {
            int[] values = labels.Read(box);
            ParallelWork.Ranges(values.Length, 1 << 16, threads, (from, to) => Number(values.AsSpan(from, to - from), numbers), cancellationToken);
            result.Write(0, box, values);
            result.Flush();
            CellExtent[] cells = CellExtent.Find(values, box, blocks.Volume);
            long[] sums = flows is null ? new long[cells.Length] : Probabilities(values, cells, ReadLogits(flows, blocks.Volume, box));
            return [.. MemoryMarshal.AsBytes<long>(sums), .. CellExtent.ToBytes(cells)];
        });

        var probability = new Dictionary<int, long>();
        CellExtent[] all = CellExtent.Merge(blocks.Records(workspace, "numbers").Select(record => Take(record, probability)));
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

    private static void Number(Span<int> values, Dictionary<int, int> numbers)
    {
        int last = 0, number = 0;
        foreach (ref int value in values)
        {
            if (value == 0)
                continue;
            if (value != last)
                (last, number) = (value, numbers.GetValueOrDefault(value));
            value = number;
        }
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
