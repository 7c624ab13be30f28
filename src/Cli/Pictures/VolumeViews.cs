using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Cli.Pictures;

/// <summary>What a picture shows of a volume, gathered in one pass over its planes, after one that finds the place and the brightness of each cell.</summary>
internal sealed class VolumeViews
{
    private readonly ChannelViews[] _channels;
    private readonly IReadOnlyDictionary<int, float> _means;             // of each cell in the first channel
    private readonly float[] _shownXY, _shownXZ;                         // means of the cells shown

    private VolumeViews(int channels, PlaneSource<int> labels, (int Z, int Y, int X) place, IReadOnlyDictionary<int, float> means)
    {
        (Depth, Height, Width) = (labels.Depth, labels.Height, labels.Width);
        (AtZ, AtY, AtX) = place;
        _means = means;
        (_shownXY, _shownXZ) = (new float[Height * Width], new float[Depth * Width]);
        _channels = [.. Enumerable.Range(0, channels).Select(_ => new ChannelViews(
            new VolumeView(Height, Width), new VolumeView(Depth, Width), new VolumeView(Height, Depth), new VolumeView(Height, Width), new VolumeView(Depth, Width)))];
        (CellsXY, CellsXZ) = (new VolumeView(Height, Width), new VolumeView(Depth, Width));
        foreach (float[] values in _channels.SelectMany(v => new[] { v.TopXY.Intensity, v.TopXZ.Intensity }).Append(CellsXY.Intensity).Append(CellsXZ.Intensity))
            Array.Fill(values, float.NegativeInfinity);
    }

    public int Depth { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>The place through which the planes go.</summary>
    public int AtZ { get; }

    /// <summary>The place through which the planes go.</summary>
    public int AtY { get; }

    /// <summary>The place through which the planes go.</summary>
    public int AtX { get; }

    /// <summary>Along z, the brightest cell (by its mean, so that noise does not mix cells), and its brightest voxel there, in the first channel.</summary>
    public VolumeView CellsXY { get; }

    /// <summary>The same along y.</summary>
    public VolumeView CellsXZ { get; }

    /// <summary>Reads a volume.</summary>
    public static VolumeViews Take(IReadOnlyList<PlaneSource<float>> channels, PlaneSource<int> labels, CancellationToken cancellationToken)
    {
        ((int, int, int) place, Dictionary<int, float> means) = Survey(labels, channels[0], cancellationToken);
        var views = new VolumeViews(channels.Count, labels, place, means);
        int[] cells = new int[labels.Height * labels.Width];
        float[][] values = [.. channels.Select(_ => new float[cells.Length])];
        for (int z = 0; z < labels.Depth; z++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            labels.Read(z, cells);
            for (int c = 0; c < values.Length; c++)
            {
                channels[c].Read(z, values[c]);
                views.AddPlane(views._channels[c], z, values[c], cells);
            }
            views.AddCells(z, values[0], cells);
        }
        return views;
    }

    /// <summary>One view in all channels.</summary>
    public IReadOnlyList<VolumeView> Of(Func<ChannelViews, VolumeView> view) => Array.ConvertAll(_channels, v => view(v));

    /// <summary>The contrast of each channel over some views.</summary>
    public Contrast[] Contrasts(Func<ChannelViews, float[][]> views) => Array.ConvertAll(_channels, v => Contrast.For(views(v)));

    // where most voxels of cells lie along each axis, counted in a window as wide as a cell or two; and the mean of each cell
    private static ((int Z, int Y, int X) Place, Dictionary<int, float> Means) Survey(
        PlaneSource<int> labels, PlaneSource<float> image, CancellationToken cancellationToken)
    {
        var sums = new Dictionary<int, (double Sum, long Count)>();
        float[] values = new float[labels.Height * labels.Width];
        long[] z = new long[labels.Depth], y = new long[labels.Height], x = new long[labels.Width];
        int[] cells = new int[labels.Height * labels.Width];
        for (int plane = 0; plane < labels.Depth; plane++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            labels.Read(plane, cells);
            image.Read(plane, values);
            for (int at = 0; at < cells.Length;)
            {
                int start = at, label = cells[at];
                double sum = 0;
                for (; at < cells.Length && cells[at] == label; at++)
                {
                    if (label == 0)
                        continue;
                    z[plane]++;
                    y[at / labels.Width]++;
                    x[at % labels.Width]++;
                    sum += float.IsFinite(values[at]) ? values[at] : 0;
                }
                ref (double Sum, long Count) total = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, label, out _);
                total = (total.Sum + sum, total.Count + at - start);
            }
        }
        return ((Richest(z), Richest(y), Richest(x)), sums.ToDictionary(s => s.Key, s => (float)(s.Value.Sum / s.Value.Count)));
    }

    private static int Richest(long[] counts)
    {
        int window = counts.Length / 20, best = counts.Length / 2;
        long most = -1;
        // the middle first, then outwards: a place off the middle must be richer
        for (int n = 0; n < 2 * counts.Length; n++)
        {
            int at = counts.Length / 2 + (n % 2 == 0 ? n / 2 : -(n + 1) / 2);
            if (at < counts.Length / 8 || at > (counts.Length - 1) - counts.Length / 8)
                continue;                                                // near the border cells are cut
            long sum = 0;
            for (int k = Math.Max(0, at - window); k <= Math.Min(counts.Length - 1, at + window); k++)
                sum += counts[k];
            if (sum > most)
                (best, most) = (at, sum);
        }
        return best;
    }

    private void AddPlane(ChannelViews views, int z, float[] values, int[] cells)
    {
        if (z == AtZ)
        {
            values.CopyTo(views.XY.Intensity, 0);
            cells.CopyTo(views.XY.Labels, 0);
        }
        values.AsSpan(AtY * Width, Width).CopyTo(views.XZ.Intensity.AsSpan(z * Width, Width));
        cells.AsSpan(AtY * Width, Width).CopyTo(views.XZ.Labels.AsSpan(z * Width, Width));
        Span<float> topXZ = views.TopXZ.Intensity.AsSpan(z * Width, Width);
        for (int y = 0; y < Height; y++)
        {
            (views.YZ.Intensity[y * Depth + z], views.YZ.Labels[y * Depth + z]) = (values[y * Width + AtX], cells[y * Width + AtX]);
            for (int x = 0; x < Width; x++)
            {
                float value = values[y * Width + x];
                ref float topXY = ref views.TopXY.Intensity[y * Width + x];
                topXY = value > topXY ? value : topXY;                   // comparisons leave NaN out
                topXZ[x] = value > topXZ[x] ? value : topXZ[x];
            }
        }
    }

    private void AddCells(int z, float[] values, int[] cells)
    {
        int label = 0;
        float mean = 0;
        for (int at = 0; at < cells.Length; at++)
        {
            if (cells[at] == 0)
                continue;
            if (cells[at] != label)
                (label, mean) = (cells[at], _means[cells[at]]);
            Show(CellsXY, _shownXY, at, label, mean, values[at]);
            Show(CellsXZ, _shownXZ, z * Width + at % Width, label, mean, values[at]);
        }
    }

    private static void Show(VolumeView view, float[] shown, int at, int label, float mean, float value)
    {
        int there = view.Labels[at];
        if (there == label)
            view.Intensity[at] = value > view.Intensity[at] ? value : view.Intensity[at];
        else if (there == 0 || mean > shown[at] || (mean == shown[at] && label < there))
            (view.Labels[at], shown[at], view.Intensity[at]) = (label, mean, value);
    }
}
