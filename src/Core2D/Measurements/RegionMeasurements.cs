using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Measurements;

/// <summary>Measures every cell of an image or volume in one pass over its planes.</summary>
/// <remarks>
/// Memory grows with the number of cells and the size of some planes, not with the number of planes. Counts are whole numbers, and
/// intensities are added in a fixed order (runs of a row, bands of rows, planes), so the threads never change a bit.
/// </remarks>
public static class RegionMeasurements
{
    private const int BandRows = 64;
    private const long VoxelsAtOnce = 1 << 19;                           // of label planes held at a time, besides their channels

    /// <summary>Measures.</summary>
    /// <param name="labels">int32, 0 = background, gaps allowed; each plane is read once.</param>
    /// <param name="channels">float32, intensities; none, or any number of the labels' size.</param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <param name="progress">Receives the fraction of planes done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between planes.</param>
    /// <returns>One per label that occurs, by ascending label; owned by the caller.</returns>
    /// <exception cref="ArgumentException">A channel has another size than the labels, or a label is negative.</exception>
    public static RegionMeasurement[] Measure(
        PlaneSource<int> labels, IReadOnlyList<PlaneSource<float>> channels, int threads = 0,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        (int depth, int height, int width) = (labels.Depth, labels.Height, labels.Width);
        foreach (PlaneSource<float> channel in channels)
        {
            if ((channel.Depth, channel.Height, channel.Width) != (depth, height, width))
            {
                throw new ArgumentException(
                    $"an image must have the size of its labels, {depth} x {height} x {width}; got {channel.Depth} x {channel.Height} x {channel.Width}.", nameof(channels));
            }
        }
        var regions = new Dictionary<int, RegionSums>();
        int size = checked(height * width), group = (int)Math.Clamp(VoxelsAtOnce / Math.Max(1, size), 1, Math.Max(1, depth));
        int bands = (height + BandRows - 1) / BandRows, background = labels.IsVolume ? 1 : 0;
        int[][] planes = new int[group][];
        float[][][] values = new float[group][][];
        int[]? before = null;
        var units = new List<RegionBand>();
        for (int first = 0; first < depth + background && size > 0; first += group)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(group, depth + background - first), start = first;
            for (int i = 0; i < count; i++)
            {
                planes[i] = start + i < depth ? new int[size] : [];
                values[i] = new float[channels.Count][];
                if (start + i < depth)
                    labels.Read(start + i, planes[i]);
                for (int c = 0; c < channels.Count; c++)
                {
                    values[i][c] = planes[i].Length > 0 ? new float[size] : [];
                    if (planes[i].Length > 0)
                        channels[c].Read(start + i, values[i][c]);
                }
            }
            while (units.Count < count * bands)
                units.Add(new RegionBand());
            int[]? previous = before;
            ParallelWork.Run(count * bands, threads, n =>
            {
                (int i, int band) = Math.DivRem(n, bands);
                int[] above = i > 0 ? planes[i - 1] : previous ?? [];
                units[n].Count(planes[i], above, Array.ConvertAll(values[i], v => (ReadOnlyMemory<float>)v), start + i,
                    (band * BandRows, Math.Min(height, (band + 1) * BandRows)), height, width, labels.IsVolume);
            }, null, cancellationToken);
            for (int n = 0; n < count * bands; n++)
                Merge(regions, units[n].Sums);
            before = planes[count - 1];
            progress?.Report(Math.Min(1, (float)(first + count) / Math.Max(1, depth)));
        }

        RegionSums[] found = [.. regions.Values.Where(r => r.Region.Count > 0)];
        Array.Sort(found, (a, b) => a.Region.Label.CompareTo(b.Region.Label));
        var measured = new RegionMeasurement[found.Length];
        ParallelWork.Run(found.Length, threads, n => measured[n] = new RegionMeasurement(
            found[n], labels.IsVolume, depth, height, width,
            labels.IsVolume ? null : PlaneShape.Measure(found[n].Region, before, width)), null, cancellationToken);
        return measured;
    }

    private static void Merge(Dictionary<int, RegionSums> regions, IReadOnlyList<RegionSums> part)
    {
        foreach (RegionSums sums in part)
        {
            ref RegionSums? whole = ref CollectionsMarshal.GetValueRefOrAddDefault(regions, sums.Region.Label, out bool known);
            if (known)
                whole!.Add(sums);
            else
                whole = sums;
        }
    }
}
