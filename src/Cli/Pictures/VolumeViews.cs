using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Cli.Pictures;

/// <summary>What a picture shows of a volume, gathered in one pass over its planes after one over the labels for the place.</summary>
internal sealed class VolumeViews
{
    private readonly ChannelViews[] _channels;

    private VolumeViews(int channels, PlaneSource<int> labels, (int Z, int Y, int X) place)
    {
        (Depth, Height, Width) = (labels.Depth, labels.Height, labels.Width);
        (AtZ, AtY, AtX) = place;
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

    /// <summary>Along z, the cell of the brightest voxel that belongs to one, and that voxel's value in the first channel.</summary>
    public VolumeView CellsXY { get; }

    /// <summary>The same along y.</summary>
    public VolumeView CellsXZ { get; }

    /// <summary>Reads a volume.</summary>
    public static VolumeViews Take(IReadOnlyList<PlaneSource<float>> channels, PlaneSource<int> labels, CancellationToken cancellationToken)
    {
        var views = new VolumeViews(channels.Count, labels, RichestPlace(labels, cancellationToken));
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

    // where most voxels of cells lie along each axis, counted in a window as wide as a cell or two
    private static (int Z, int Y, int X) RichestPlace(PlaneSource<int> labels, CancellationToken cancellationToken)
    {
        long[] z = new long[labels.Depth], y = new long[labels.Height], x = new long[labels.Width];
        int[] cells = new int[labels.Height * labels.Width];
        for (int plane = 0; plane < labels.Depth; plane++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            labels.Read(plane, cells);
            for (int at = 0; at < cells.Length; at++)
            {
                if (cells[at] == 0)
                    continue;
                z[plane]++;
                y[at / labels.Width]++;
                x[at % labels.Width]++;
            }
        }
        return (Richest(z), Richest(y), Richest(x));
    }

    private static int Richest(long[] counts)
    {
        int window = counts.Length / 20, best = counts.Length / 2;
        long most = -1;
        // the middle first, then outwards: a place off the middle must be richer
        for (int n = 0; n < 2 * counts.Length; n++)
        {
            int at = counts.Length / 2 + (n % 2 == 0 ? n / 2 : -(n + 1) / 2);
            if (at < 0 || at >= counts.Length)
                continue;
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
        for (int at = 0; at < cells.Length; at++)
        {
            if (cells[at] == 0)
                continue;
            int xz = z * Width + at % Width;
            float value = float.IsFinite(values[at]) ? values[at] : float.MinValue;
            if (value > CellsXY.Intensity[at])
                (CellsXY.Intensity[at], CellsXY.Labels[at]) = (value, cells[at]);
            if (value > CellsXZ.Intensity[xz])
                (CellsXZ.Intensity[xz], CellsXZ.Labels[xz]) = (value, cells[at]);
        }
    }
}
