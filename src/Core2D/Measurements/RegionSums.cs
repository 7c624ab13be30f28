using System.Runtime.InteropServices;

namespace Cellpose3D.Core2D.Measurements;

/// <summary>What is added up for one cell; whole numbers except intensities, so that parts may be counted apart.</summary>
internal sealed class RegionSums
{
    /// <summary>Directions from a voxel to its neighbours, opposite ones counted once.</summary>
    public const int Directions = 13;

    private readonly Dictionary<int, long> _contacts = [];
    private long _sumZ, _sumY, _sumX;
    private Int128 _zz, _yy, _xx, _zy, _zx, _yx;

    public RegionSums(int label, int channels)
    {
        Region = new LabelRegion(label, 0, int.MaxValue, 0, int.MaxValue, 0, int.MaxValue, 0);
        Intensity = new IntensityMoments[channels];
    }

    public LabelRegion Region { get; private set; }

    /// <summary>Changes between inside and outside along the lines of each direction.</summary>
    public long[] Crossings { get; } = new long[Directions];

    public long Euler { get; set; }

    /// <summary>Faces to something else within the image.</summary>
    public long Faces { get; set; }

    public IntensityMoments[] Intensity { get; }

    public IReadOnlyDictionary<int, long> Contacts => _contacts;

    public void AddRun(int z, int y, int x0, int x1)
    {
        LabelRegion r = Region;
        Region = new LabelRegion(r.Label, r.Count + x1 - x0,
            Math.Min(r.Z0, z), Math.Max(r.Z1, z + 1), Math.Min(r.Y0, y), Math.Max(r.Y1, y + 1), Math.Min(r.X0, x0), Math.Max(r.X1, x1));
        long n = x1 - x0, sumX = n * (x0 + x1 - 1L) / 2;
        _sumZ += n * z;
        _sumY += n * y;
        _sumX += sumX;
        _zz += (Int128)n * ((long)z * z);
        _yy += (Int128)n * ((long)y * y);
        _xx += SquaresBelow(x1) - SquaresBelow(x0);
        _zy += (Int128)n * ((long)z * y);
        _zx += (Int128)z * sumX;
        _yx += (Int128)y * sumX;
    }

    public void AddContact(int label, long faces) => CollectionsMarshal.GetValueRefOrAddDefault(_contacts, label, out _) += faces;

    public void Add(RegionSums other)
    {
        LabelRegion a = Region, b = other.Region;
        Region = new LabelRegion(a.Label, a.Count + b.Count,
            Math.Min(a.Z0, b.Z0), Math.Max(a.Z1, b.Z1), Math.Min(a.Y0, b.Y0), Math.Max(a.Y1, b.Y1), Math.Min(a.X0, b.X0), Math.Max(a.X1, b.X1));
        _sumZ += other._sumZ;
        _sumY += other._sumY;
        _sumX += other._sumX;
        _zz += other._zz;
        _yy += other._yy;
        _xx += other._xx;
        _zy += other._zy;
        _zx += other._zx;
        _yx += other._yx;
        for (int k = 0; k < Directions; k++)
            Crossings[k] += other.Crossings[k];
        Euler += other.Euler;
        Faces += other.Faces;
        for (int c = 0; c < Intensity.Length; c++)
            Intensity[c].Add(other.Intensity[c]);
        foreach ((int label, long faces) in other._contacts)
            AddContact(label, faces);
    }

    /// <summary>Means of z, y and x.</summary>
    public double[] Centroid()
    {
        double n = Region.Count;
        return [_sumZ / n, _sumY / n, _sumX / n];
    }

    /// <summary>Variances and covariances of z, y and x, correctly rounded: zz, yy, xx, zy, zx, yx.</summary>
    public double[] Covariance()
    {
        Int128 n = Region.Count;
        double square = (double)n * (double)n;
        return
        [
            (double)(n * _zz - (Int128)_sumZ * _sumZ) / square, (double)(n * _yy - (Int128)_sumY * _sumY) / square,
            (double)(n * _xx - (Int128)_sumX * _sumX) / square, (double)(n * _zy - (Int128)_sumZ * _sumY) / square,
            (double)(n * _zx - (Int128)_sumZ * _sumX) / square, (double)(n * _yx - (Int128)_sumY * _sumX) / square,
        ];
    }

    /// <summary>0 + 1 + 4 + ... + (n - 1) squared.</summary>
    private static Int128 SquaresBelow(long n) => (Int128)n * (n - 1) * (2 * n - 1) / 6;
}
