using System.Numerics;
using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>How far the whole image moved between two frames, by phase correlation of shrunken copies.</summary>
/// <remarks>
/// Frames are averaged down to at most 256 (in three dimensions 64) voxels an edge, tapered to 0 at the sides and transformed. The phase of the
/// cross spectrum has a peak at the shift; a parabola through its neighbours gives the fraction. Cells that move each their own way
/// give false peaks, so a shift counts only where it makes the frames clearly more alike than none does.
/// </remarks>
public sealed class DriftEstimator
{
    private const int LargestEdge2D = 256, LargestEdge3D = 64;
    private const double LeastGain = 0.1;                                // of correlation, over no shift at all
    private const double LeastCorrelation = 0.3;

    private readonly (int Z, int Y, int X) _size, _bin, _shape;
    private readonly SpacingUm _spacing;
    private readonly double[] _taper;

    /// <summary>Prepares for frames of one size.</summary>
    /// <param name="shape">Lengths of a frame's axes, <c>[(Z,) Y, X]</c>; borrowed.</param>
    /// <param name="spacing">Size of a voxel.</param>
    public DriftEstimator(IReadOnlyList<int> shape, SpacingUm spacing)
    {
        _spacing = spacing;
        _size = (shape.Count == 3 ? shape[0] : 1, shape[^2], shape[^1]);
        int largest = _size.Z > 1 ? LargestEdge3D : LargestEdge2D;
        _bin = (Bin(_size.Z, largest), Bin(_size.Y, largest), Bin(_size.X, largest));
        _shape = (Padded(_size.Z, _bin.Z), Padded(_size.Y, _bin.Y), Padded(_size.X, _bin.X));
        _taper = Taper();
    }

    /// <summary>Shrinks and transforms a frame, once for the two pairs it is part of.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>; used where there is no image, as foreground and background; borrowed.</param>
    /// <param name="image">float32, shaped like the labels, or null; borrowed.</param>
    public DriftFrame Prepare(NdArray<int> labels, NdArray<float>? image)
    {
        double[] small = Shrink(labels.Data, image?.Data);
        var spectrum = new Complex[small.Length];
        for (int i = 0; i < spectrum.Length; i++)
            spectrum[i] = small[i] * _taper[i];
        FourierTransform.Run(spectrum, _shape, inverse: false);
        return new DriftFrame(small, spectrum);
    }

    /// <summary>The shift from one frame to a later one; zero where none is certain.</summary>
    /// <param name="from">Earlier frame.</param>
    /// <param name="to">Later frame.</param>
    /// <returns>In micrometres: what lies at p in the earlier frame lies at p + shift in the later one.</returns>
    public PointUm Between(DriftFrame from, DriftFrame to)
    {
        var cross = new Complex[from.Spectrum.Length];
        for (int i = 0; i < cross.Length; i++)
        {
            Complex product = to.Spectrum[i] * Complex.Conjugate(from.Spectrum[i]);
            double magnitude = product.Magnitude;
            cross[i] = magnitude > 1e-12 ? product / magnitude : Complex.Zero;
        }
        FourierTransform.Run(cross, _shape, inverse: true);
        int peak = 0;
        for (int i = 1; i < cross.Length; i++)
        {
            if (cross[i].Real > cross[peak].Real)
                peak = i;
        }
        (int depth, int height, int width) = _shape;
        int z = peak / (height * width), y = peak / width % height, x = peak % width;
        (int dz, int dy, int dx) = (Signed(z, depth), Signed(y, height), Signed(x, width));
        if ((dz, dy, dx) == (0, 0, 0))
            return default;                                              // a fraction alone is as often the cells' own motion
        double still = Correlation(from.Small, to.Small, 0, 0, 0), moved = Correlation(from.Small, to.Small, dz, dy, dx);
        if (moved < LeastCorrelation || moved < still + LeastGain * (1 - still))
            return default;
        (double fz, double fy, double fx) = Fraction(cross, z, y, x);
        return FromBins((dz + fz, dy + fy, dx + fx));
    }

    private PointUm FromBins((double Z, double Y, double X) shift) =>
        _spacing.At(shift.Z * _bin.Z, shift.Y * _bin.Y, shift.X * _bin.X);

    private static int Bin(int size, int largest) => Math.Max(1, (size + largest - 1) / largest);

    private static int Padded(int size, int bin) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, (size + bin - 1) / bin));

    private static int Signed(int shift, int length) => shift > length / 2 ? shift - length : shift;

    private double[] Taper()
    {
        (int depth, int height, int width) = _shape;
        (int usedZ, int usedY, int usedX) = Used();
        double[] taper = new double[depth * height * width];
        for (int z = 0; z < usedZ; z++)
        {
            for (int y = 0; y < usedY; y++)
            {
                for (int x = 0; x < usedX; x++)
                    taper[(z * height + y) * width + x] = Hann(z, usedZ) * Hann(y, usedY) * Hann(x, usedX);
            }
        }
        return taper;
    }

    private (int Z, int Y, int X) Used() =>
        ((_size.Z + _bin.Z - 1) / _bin.Z, (_size.Y + _bin.Y - 1) / _bin.Y, (_size.X + _bin.X - 1) / _bin.X);

    private static double Hann(int i, int n) => n < 4 ? 1 : 0.5 - 0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / n);

    private double[] Shrink(int[] labels, float[]? image)
    {
        (_, int height, int width) = _shape;
        double[] small = new double[_taper.Length];
        int[] count = new int[small.Length];
        int i = 0;
        for (int z = 0; z < _size.Z; z++)
        {
            for (int y = 0; y < _size.Y; y++)
            {
                int row = (z / _bin.Z * height + y / _bin.Y) * width;
                for (int x = 0; x < _size.X; x++, i++)
                {
                    int at = row + x / _bin.X;
                    small[at] += image is null ? (labels[i] != 0 ? 1 : 0) : float.IsFinite(image[i]) ? image[i] : 0;
                    count[at]++;
                }
            }
        }
        double mean = 0;
        int used = 0;
        for (int n = 0; n < small.Length; n++)
        {
            if (count[n] == 0)
                continue;
            small[n] /= count[n];
            mean += small[n];
            used++;
        }
        mean /= Math.Max(1, used);
        for (int n = 0; n < small.Length; n++)
            small[n] = count[n] == 0 ? 0 : small[n] - mean;
        return small;
    }

    /// <summary>Correlation of what overlaps once the first is moved.</summary>
    private double Correlation(double[] from, double[] to, int dz, int dy, int dx)
    {
        (_, int height, int width) = _shape;
        (int usedZ, int usedY, int usedX) = Used();
        double ab = 0, aa = 0, bb = 0;
        for (int z = Math.Max(0, -dz); z < Math.Min(usedZ, usedZ - dz); z++)
        {
            for (int y = Math.Max(0, -dy); y < Math.Min(usedY, usedY - dy); y++)
            {
                int a = (z * height + y) * width, b = ((z + dz) * height + y + dy) * width + dx;
                for (int x = Math.Max(0, -dx); x < Math.Min(usedX, usedX - dx); x++)
                {
                    ab += from[a + x] * to[b + x];
                    aa += from[a + x] * from[a + x];
                    bb += to[b + x] * to[b + x];
                }
            }
        }
        return aa > 0 && bb > 0 ? ab / Math.Sqrt(aa * bb) : 0;
    }

    /// <summary>Where the peak lies between voxels, along each axis, by a parabola through three values.</summary>
    private (double Z, double Y, double X) Fraction(Complex[] cross, int z, int y, int x)
    {
        (int depth, int height, int width) = _shape;
        return (
            Vertex(At(z - 1, y, x), At(z, y, x), At(z + 1, y, x), depth),
            Vertex(At(z, y - 1, x), At(z, y, x), At(z, y + 1, x), height),
            Vertex(At(z, y, x - 1), At(z, y, x), At(z, y, x + 1), width));

        double At(int cz, int cy, int cx) =>
            cross[((cz + depth) % depth * height + (cy + height) % height) * width + (cx + width) % width].Real;

        static double Vertex(double before, double here, double after, int length)
        {
            double bend = before - 2 * here + after;
            return length < 3 || bend >= 0 ? 0 : Math.Clamp(0.5 * (before - after) / bend, -0.5, 0.5);
        }
    }
}
