namespace Cellpose3D.Tracking.Detections;

/// <summary>A place or a displacement in micrometres.</summary>
/// <param name="Z">Along planes; 0 in two dimensions.</param>
/// <param name="Y">Along rows.</param>
/// <param name="X">Along columns.</param>
public readonly record struct PointUm(double Z, double Y, double X)
{
    /// <summary>Length of the displacement.</summary>
    public double Length => Math.Sqrt(SquaredLength);

    /// <summary>Squared length of the displacement.</summary>
    public double SquaredLength => Z * Z + Y * Y + X * X;

    /// <summary>Adds componentwise.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">Other.</param>
    public static PointUm operator +(PointUm a, PointUm b) => new(a.Z + b.Z, a.Y + b.Y, a.X + b.X);

    /// <summary>The displacement from <paramref name="b"/> to <paramref name="a"/>.</summary>
    /// <param name="a">Where it ends.</param>
    /// <param name="b">Where it begins.</param>
    public static PointUm operator -(PointUm a, PointUm b) => new(a.Z - b.Z, a.Y - b.Y, a.X - b.X);

    /// <summary>Stretches a displacement.</summary>
    /// <param name="a">The displacement.</param>
    /// <param name="factor">The factor.</param>
    public static PointUm operator *(PointUm a, double factor) => new(a.Z * factor, a.Y * factor, a.X * factor);

    /// <summary>Distance between two places.</summary>
    /// <param name="other">The other place.</param>
    public double DistanceTo(PointUm other) => (this - other).Length;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"({Z:0.###}, {Y:0.###}, {X:0.###}) um");
}
