using System.Buffers;

namespace Cellpose3D.Core2D.Preprocessing;

/// <summary>Rescales intensities by percentiles of overlapping tiles, interpolated between the tiles, so that uneven light evens out.</summary>
/// <remarks>The maps of percentiles are small; rows of them are interpolated as they are needed, never to the size of the image.</remarks>
internal static class TileNormalizer
{
    private const double Overlap = 0.1;   // of a tile, with its neighbour
    private const double MapSigma = 1;    // tiles, smoothing of the maps

    /// <summary>Rescales every plane of a channel.</summary>
    /// <param name="channel">float32 [(Z,) Y, X], finite; overwritten.</param>
    /// <param name="height">Y.</param>
    /// <param name="width">X.</param>
    /// <param name="options">Gives tile size, percentiles, smoothing, the rule and the number of threads.</param>
    /// <param name="ct">Checked between planes.</param>
    public static void Apply(Memory<float> channel, int height, int width, NormalizeOptions options, CancellationToken ct)
    {
        int planes = channel.Length / (height * width);
        int[] y0 = Starts(height, options.TileNormBlockSize), x0 = Starts(width, options.TileNormBlockSize);
        var low = new NdArray<double>(planes, y0.Length, x0.Length);
        var high = new NdArray<double>(planes, y0.Length, x0.Length);
        Measure(channel, height, width, y0, x0, low, high, options, ct);

        if (!FillWithoutContrast(channel, low, high, options))
        {
            channel.Span.Clear();
            return;
        }

        bool shared = options.Norm3D || planes == 1;
        Smooth(low, shared, options);
        Smooth(high, shared, options);
        if (shared)
        {
            low = MeanPlane(low);
            high = MeanPlane(high);
        }
        var rescale = new MapRescale(low, high, height, width, options);
        for (int z = 0; z < planes; z++)
        {
            ct.ThrowIfCancellationRequested();
            rescale.Apply(channel.Slice(z * height * width, height * width), shared ? 0 : z);
        }
    }

    private static int[] Starts(int length, int blockSize)
    {
        int count = length <= blockSize ? 1 : (int)Math.Ceiling((1 + 2 * Overlap) * length / blockSize);
        int[] starts = new int[count];
        int last = length - Math.Min(blockSize, length);
        double step = count > 1 ? (double)last / (count - 1) : 0;
        for (int i = 1; i < count - 1; i++)
            starts[i] = (int)(i * step);
        starts[^1] = last; // 0 where there is one tile
        return starts;
    }

    private static void Measure(
        Memory<float> channel, int height, int width, int[] y0, int[] x0,
        NdArray<double> low, NdArray<double> high, NormalizeOptions options, CancellationToken ct)
    {
        int tileHeight = Math.Min(options.TileNormBlockSize, height), tileWidth = Math.Min(options.TileNormBlockSize, width);
        int tileLength = tileHeight * tileWidth;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Normalizer.Threads(options), CancellationToken = ct };
        Parallel.For(0, low.Length, parallel, n =>
        {
            (int zj, int i) = Math.DivRem(n, x0.Length);
            (int z, int j) = Math.DivRem(zj, y0.Length);
            float[] tile = ArrayPool<float>.Shared.Rent(tileLength);
            for (int ty = 0; ty < tileHeight; ty++)
            {
                int start = (z * height + y0[j] + ty) * width + x0[i];
                channel.Span.Slice(start, tileWidth).CopyTo(tile.AsSpan(ty * tileWidth));
            }
            PercentileRange range = PercentileFinder.Find(tile.AsMemory(0, tileLength), options.LowPercentile, options.HighPercentile, threads: 1);
            ArrayPool<float>.Shared.Return(tile);
            (low.Data[n], high.Data[n]) = (range.Low, range.High);
        });
    }

    /// <summary>Gives tiles without contrast the percentiles of others; false where nothing has contrast.</summary>
    private static bool FillWithoutContrast(Memory<float> channel, NdArray<double> low, NdArray<double> high, NormalizeOptions options)
    {
        var good = new List<int>();
        for (int z = 0; z < low.Shape[0]; z++)
        {
            if (FillFromNeighbours(low.Plane(z), high.Plane(z), low.Shape[2]))
                good.Add(z);
            else if (options.ReferenceOddities)
                Fill(z, 0, 1);
        }
        if (options.ReferenceOddities || good.Count == low.Shape[0])
            return true;
        if (good.Count > 0)
        {
            for (int z = 0; z < low.Shape[0]; z++)
            {
                int nearest = good.MinBy(g => Math.Abs(g - z)); // the lower of two
                low.Plane(nearest).CopyTo(low.Plane(z));
                high.Plane(nearest).CopyTo(high.Plane(z));
            }
            return true;
        }
        PercentileRange whole = PercentileFinder.Find(channel, options.LowPercentile, options.HighPercentile, Normalizer.Threads(options));
        for (int z = 0; z < low.Shape[0]; z++)
            Fill(z, whole.Low, whole.High);
        return whole.HasContrast;

        void Fill(int z, double from, double to)
        {
            low.Plane(z).Fill(from);
            high.Plane(z).Fill(to);
        }
    }

    /// <summary>Gives tiles without contrast the percentiles of the nearest tile that has some; false where no tile has.</summary>
    private static bool FillFromNeighbours(Span<double> low, Span<double> high, int columns)
    {
        var good = new List<int>();
        var bad = new List<int>();
        for (int n = 0; n < low.Length; n++)
            (high[n] - low[n] < PercentileRange.SmallestContrast ? bad : good).Add(n);
        if (good.Count == 0)
            return false;
        foreach (int n in bad)
        {
            int nearest = good[0];
            long smallest = long.MaxValue;
            foreach (int candidate in good) // in raster order: the first of equals wins
            {
                long dy = candidate / columns - n / columns, dx = candidate % columns - n % columns;
                if (dy * dy + dx * dx >= smallest)
                    continue;
                (smallest, nearest) = (dy * dy + dx * dx, candidate);
            }
            (low[n], high[n]) = (low[nearest], high[nearest]);
        }
        return true;
    }

    private static void Smooth(NdArray<double> maps, bool shared, NormalizeOptions options)
    {
        if (options.ReferenceOddities)
        {
            SmoothAxis(maps, 0, MapSigma);
            SmoothAxis(maps, 1, MapSigma);
            if (options.Norm3D)
                SmoothAxis(maps, 1, options.TileNormSmooth3D == 0 ? 1 : options.TileNormSmooth3D);
            return;
        }
        SmoothAxis(maps, 1, MapSigma);
        SmoothAxis(maps, 2, MapSigma);
        if (!shared)
            SmoothAxis(maps, 0, options.TileNormSmooth3D);
    }

    private static void SmoothAxis(NdArray<double> maps, int axis, double sigma)
    {
        int length = maps.Shape[axis];
        int stride = axis == 2 ? 1 : axis == 1 ? maps.Shape[2] : maps.Shape[1] * maps.Shape[2];
        FilterKernel kernel = FilterKernel.Mirrored(sigma, length);
        double[] line = new double[length];
        for (int start = 0; start < maps.Length; start++)
        {
            if (start / stride % length != 0)
                continue;
            for (int i = 0; i < length; i++)
                line[i] = maps.Data[start + i * stride];
            for (int i = 0; i < length; i++)
            {
                double sum = 0;
                for (int k = 0; k < kernel.Weights.Length; k++)
                    sum += kernel.Weights[k] * line[kernel.Position(i + kernel.FirstOffset + k)];
                maps.Data[start + i * stride] = sum;
            }
        }
    }

    private static NdArray<double> MeanPlane(NdArray<double> maps)
    {
        var mean = new NdArray<double>(1, maps.Shape[1], maps.Shape[2]);
        for (int i = 0; i < mean.Length; i++)
        {
            for (int z = 0; z < maps.Shape[0]; z++)
                mean.Data[i] += maps.Plane(z)[i];
            mean.Data[i] /= maps.Shape[0];
        }
        return mean;
    }

    /// <summary>Rescales planes by maps of percentiles, interpolated to the pixels by the rule of <see cref="Resizer"/>.</summary>
    private sealed class MapRescale(NdArray<double> low, NdArray<double> high, int height, int width, NormalizeOptions options)
    {
        private readonly LinearAxis _rows = new(low.Shape[1], height, dropFractionAtEdge: false);
        private readonly LinearAxis _columns = new(low.Shape[2], width, dropFractionAtEdge: true);

        public void Apply(Memory<float> plane, int map)
        {
            bool invert = options.Invert && !options.ReferenceOddities;
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = Normalizer.Threads(options) };
            Parallel.For(0, height, parallel, y =>
            {
                Span<float> row = plane.Span.Slice(y * width, width);
                double[] from = Blend(low.Plane(map), y), to = Blend(high.Plane(map), y); // [columns of tiles]
                for (int x = 0; x < row.Length; x++)
                {
                    int first = _columns.First[x], second = _columns.Second[x];
                    float after = _columns.Fraction[x], before = 1 - after;
                    double lowHere = from[first] * before + from[second] * after;
                    double highHere = to[first] * before + to[second] * after;
                    float scaled = (float)((float)(row[x] - lowHere) / (highHere - lowHere));
                    row[x] = invert ? 1 - scaled : scaled;
                }
            });
        }

        private double[] Blend(ReadOnlySpan<double> map, int y)
        {
            double[] blended = new double[low.Shape[2]];
            ReadOnlySpan<double> first = map.Slice(_rows.First[y] * blended.Length, blended.Length);
            ReadOnlySpan<double> second = map.Slice(_rows.Second[y] * blended.Length, blended.Length);
            float fraction = _rows.Fraction[y];
            for (int x = 0; x < blended.Length; x++)
                blended[x] = first[x] * (1 - fraction) + second[x] * fraction;
            return blended;
        }
    }
}
