using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>Measures the cells of a label image in one pass.</summary>
/// <remarks>Runs in slabs of fixed size whose sums are added in order, so every thread count gives the same bits. Sums of places are whole numbers.</remarks>
public static class CellMeasurer
{
    private const int SlabVoxels = 1 << 18;

    /// <summary>Measures every cell.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</param>
    /// <param name="image">float32, shaped like <paramref name="labels"/>, or null; borrowed.</param>
    /// <param name="frame">The frame's number.</param>
    /// <param name="spacing">Size of a voxel.</param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <returns>The cells, by label; owned by the caller.</returns>
    /// <exception cref="ArgumentException">A label is negative, or the shapes differ or are neither 2D nor 3D.</exception>
    public static Detection[] Measure(NdArray<int> labels, NdArray<float>? image, int frame, SpacingUm spacing, int threads = 0)
    {
        if (labels.Rank is not (2 or 3))
            throw new ArgumentException($"labels must be [Y, X] or [Z, Y, X]; got {labels}.", nameof(labels));
        if (image is not null && !image.Shape.AsSpan().SequenceEqual(labels.Shape))
            throw new ArgumentException($"image must be shaped like labels, {labels}; got {image}.", nameof(image));
        int height = labels.Shape[^2], width = labels.Shape[^1], rows = labels.Length / Math.Max(1, width);
        int slabRows = Math.Max(1, SlabVoxels / Math.Max(1, width)), slabs = (rows + slabRows - 1) / slabRows;
        var sums = new Dictionary<int, Sums>[slabs];
        Parallel.For(0, slabs, ThreadCount.Options(threads), slab =>
            sums[slab] = Slab(labels.Data, image?.Data, height, width, slab * slabRows, Math.Min(rows, (slab + 1) * slabRows)));

        var total = new SortedDictionary<int, Sums>();
        foreach (Dictionary<int, Sums> slab in sums)
        {
            foreach ((int label, Sums part) in slab)
            {
                if (total.TryGetValue(label, out Sums? sum))
                    sum.Add(part);
                else
                    total[label] = part;
            }
        }
        var cells = new Detection[total.Count];
        int n = 0;
        int depth = labels.Rank == 3 ? labels.Shape[0] : 1;
        foreach ((int label, Sums sum) in total)
        {
            if (label < 0)
                throw new ArgumentException($"labels must be 0 or greater; got {label} in frame {frame}.", nameof(labels));
            cells[n++] = sum.ToDetection(frame, label, depth, height, width, spacing, image is not null);
        }
        return cells;
    }

    private static Dictionary<int, Sums> Slab(int[] labels, float[]? image, int height, int width, int firstRow, int endRow)
    {
        var sums = new Dictionary<int, Sums>();
        Sums? sum = null;
        int current = 0;
        for (int row = firstRow; row < endRow; row++)
        {
            int z = row / height, y = row % height;
            ReadOnlySpan<int> line = labels.AsSpan(row * width, width);
            for (int x = 0; x < width;)
            {
                int label = line[x], start = x;
                while (++x < width && line[x] == label)
                {
                }
                if (label == 0)
                    continue;
                if (label != current || sum is null)
                {
                    current = label;
                    if (!sums.TryGetValue(label, out sum))
                        sums[label] = sum = new Sums();
                }
                sum.AddRun(z, y, start, x);
                if (image is null)
                    continue;
                double intensity = 0;
                for (int i = row * width + start; i < row * width + x; i++)
                    intensity += image[i];
                sum.Intensity += intensity;
            }
        }
        return sums;
    }

    /// <summary>Sums over the voxels of one cell.</summary>
    private sealed class Sums
    {
        private long _count, _z, _y, _x, _zz, _yy, _xx, _zy, _zx, _yx;
        private int _z0 = int.MaxValue, _y0 = int.MaxValue, _x0 = int.MaxValue, _z1, _y1, _x1;

        public double Intensity { get; set; }

        public void AddRun(int z, int y, int from, int to)
        {
            long n = to - from, sx = (long)(from + to - 1) * n / 2;
            long sxx = Squares(to - 1) - Squares(from - 1);
            _count += n;
            _z += z * n;
            _y += y * n;
            _x += sx;
            _zz += (long)z * z * n;
            _yy += (long)y * y * n;
            _xx += sxx;
            _zy += (long)z * y * n;
            _zx += z * sx;
            _yx += y * sx;
            (_z0, _y0, _x0) = (Math.Min(_z0, z), Math.Min(_y0, y), Math.Min(_x0, from));
            (_z1, _y1, _x1) = (Math.Max(_z1, z), Math.Max(_y1, y), Math.Max(_x1, to - 1));
        }

        public void Add(Sums o)
        {
            _count += o._count;
            (_z, _y, _x) = (_z + o._z, _y + o._y, _x + o._x);
            (_zz, _yy, _xx) = (_zz + o._zz, _yy + o._yy, _xx + o._xx);
            (_zy, _zx, _yx) = (_zy + o._zy, _zx + o._zx, _yx + o._yx);
            (_z0, _y0, _x0) = (Math.Min(_z0, o._z0), Math.Min(_y0, o._y0), Math.Min(_x0, o._x0));
            (_z1, _y1, _x1) = (Math.Max(_z1, o._z1), Math.Max(_y1, o._y1), Math.Max(_x1, o._x1));
            Intensity += o.Intensity;
        }

        public Detection ToDetection(int frame, int label, int depth, int height, int width, SpacingUm spacing, bool hasImage)
        {
            double n = _count, z = _z / n, y = _y / n, x = _x / n;
            bool isFlat = depth == 1;
            double border = Math.Min(Math.Min(_y0, height - 1 - _y1) * spacing.Y, Math.Min(_x0, width - 1 - _x1) * spacing.X);
            if (!isFlat)
                border = Math.Min(border, Math.Min(_z0, depth - 1 - _z1) * spacing.Z);
            double diameter = isFlat
                ? 2 * Math.Sqrt(n * spacing.Y * spacing.X / Math.PI)
                : 2 * Math.Cbrt(3 * n * spacing.Volume / (4 * Math.PI));
            return new Detection
            {
                Frame = frame,
                Label = label,
                Centroid = spacing.At(z, y, x),
                Box = new VolumeBox(_z0, _y0, _x0, _z1 - _z0 + 1, _y1 - _y0 + 1, _x1 - _x0 + 1),
                Size = _count,
                DiameterUm = (float)diameter,
                BorderUm = (float)border,
                Moments = new Moments(
                    (float)((_zz / n - z * z) * spacing.Z * spacing.Z),
                    (float)((_yy / n - y * y) * spacing.Y * spacing.Y),
                    (float)((_xx / n - x * x) * spacing.X * spacing.X),
                    (float)((_zy / n - z * y) * spacing.Z * spacing.Y),
                    (float)((_zx / n - z * x) * spacing.Z * spacing.X),
                    (float)((_yx / n - y * x) * spacing.Y * spacing.X)),
                Intensity = hasImage ? (float)(Intensity / n) : float.NaN,
            };
        }

        /// <summary>0² + 1² + ... + n².</summary>
        private static long Squares(long n) => n < 0 ? 0 : n * (n + 1) * (2 * n + 1) / 6;
    }
}
