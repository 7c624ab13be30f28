namespace Cellpose3D.Core2D.Measurements;

/// <summary>Everything measured about one cell of an image or volume, in pixels or voxels.</summary>
public sealed class RegionMeasurement
{
    private readonly double[] _covariance;                               // zz, yy, xx, zy, zx, yx
    private readonly long[] _crossings;

    internal RegionMeasurement(RegionSums sums, bool isVolume, int depth, int height, int width, PlaneShape? shape)
    {
        LabelRegion r = sums.Region;
        (Region, IsVolume) = (r, isVolume);
        double[] centroid = sums.Centroid();
        Centroid = isVolume ? centroid : centroid[1..];
        _covariance = sums.Covariance();
        _crossings = sums.Crossings;
        EulerNumber = sums.Euler;
        Intensity = Array.ConvertAll(sums.Intensity, m => m.Statistics);
        Neighbours = [.. sums.Contacts.OrderBy(c => c.Key).Select(c => new NeighbourContact(c.Key, c.Value))];
        ContactShare = sums.Faces == 0 ? 0 : (double)Neighbours.Sum(n => n.Faces) / sums.Faces;
        TouchesBorder = r.Y0 == 0 || r.X0 == 0 || r.Y1 == height || r.X1 == width || (isVolume && (r.Z0 == 0 || r.Z1 == depth));
        Perimeter = shape?.Perimeter ?? double.NaN;
        ConvexArea = shape?.ConvexArea ?? 0;
    }

    /// <summary>Label, number of pixels, bounding box.</summary>
    public LabelRegion Region { get; }

    /// <summary>Whether it was measured in a volume.</summary>
    public bool IsVolume { get; }

    /// <summary>Mean position, [(z,) y, x].</summary>
    public IReadOnlyList<double> Centroid { get; }

    /// <summary>Parts less holes of the cell, diagonal neighbours counting as connected; in a volume tunnels count as holes do, cavities add.</summary>
    public long EulerNumber { get; }

    /// <summary>Of each channel.</summary>
    public IReadOnlyList<IntensityStatistics> Intensity { get; }

    /// <summary>Cells that share an edge (in a volume a face) with it, by label.</summary>
    public IReadOnlyList<NeighbourContact> Neighbours { get; }

    /// <summary>Share of its pixel edges (in a volume faces) to anything else in the image that are to other cells, in [0, 1].</summary>
    public double ContactShare { get; }

    /// <summary>Whether it has a pixel on the image's border (in a volume also in the first or last plane), so that it may be cut.</summary>
    public bool TouchesBorder { get; }

    /// <summary>Length of the border in an image, pixels; NaN in a volume.</summary>
    public double Perimeter { get; }

    /// <summary>Pixels of the convex hull in an image; 0 in a volume.</summary>
    public long ConvexArea { get; }

    /// <summary>Diameter of the disc or ball with the cell's area or volume.</summary>
    public double EquivalentDiameter => EquivalentDiameterOf(Region.Count);

    /// <summary>Share of the bounding box that it fills.</summary>
    public double Extent
    {
        get
        {
            LabelRegion r = Region;
            return Region.Count / ((double)(r.Z1 - r.Z0) * (r.Y1 - r.Y0) * (r.X1 - r.X0));
        }
    }

    /// <summary>How far the ellipse with the same moments is from a circle, in [0, 1); NaN in a volume.</summary>
    public double Eccentricity
    {
        get
        {
            if (IsVolume)
                return double.NaN;
            double[] spread = Spread(1, 1, 1);
            return spread[^1] == 0 ? 0 : Math.Sqrt(1 - spread[0] / spread[^1]);
        }
    }

    /// <summary>Angle of the long axis from the rows' direction (y), radians in [-pi/2, pi/2], positive towards x; NaN in a volume.</summary>
    public double Orientation => IsVolume ? double.NaN : 0.5 * Math.Atan2(2 * _covariance[5], _covariance[1] - _covariance[2]);

    /// <summary>Long and short axis of the ellipse (ellipsoid) with the same second moments.</summary>
    /// <param name="z">Distance of planes; 1 for voxels.</param>
    /// <param name="y">Height of a pixel; 1 for pixels.</param>
    /// <param name="x">Width of a pixel; 1 for pixels.</param>
    public (double Major, double Minor) AxisLengths(double z = 1, double y = 1, double x = 1)
    {
        double[] spread = Spread(z, y, x);
        double factor = IsVolume ? 20 : 16;                              // of a solid ball, a disc: axis squared over variance
        return (Math.Sqrt(factor * Math.Max(0, spread[^1])), Math.Sqrt(factor * Math.Max(0, spread[0])));
    }

    internal double EquivalentDiameterOf(double content) =>
        IsVolume ? Math.Cbrt(6 * content / Math.PI) : Math.Sqrt(4 * content / Math.PI);

    internal double SurfaceArea(SurfaceDirections directions) => directions.Area(_crossings);

    /// <summary>Variances along the principal axes, ascending.</summary>
    private double[] Spread(double z, double y, double x)
    {
        double[] c = _covariance;
        return IsVolume
            ? SymmetricMatrix.Eigenvalues(c[0] * z * z, c[1] * y * y, c[2] * x * x, c[3] * z * y, c[4] * z * x, c[5] * y * x)
            : SymmetricMatrix.Eigenvalues(c[1] * y * y, c[2] * x * x, c[5] * y * x);
    }
}
