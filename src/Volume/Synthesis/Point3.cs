namespace Cellpose3D.Volume.Synthesis;

/// <summary>A place or a direction in a volume, in pixels of a plane along all three axes.</summary>
internal readonly record struct Point3(double Z, double Y, double X)
{
    public double SquaredLength => Z * Z + Y * Y + X * X;

    public double Length => Math.Sqrt(SquaredLength);

    public static Point3 operator +(Point3 a, Point3 b) => new(a.Z + b.Z, a.Y + b.Y, a.X + b.X);

    public static Point3 operator -(Point3 a, Point3 b) => new(a.Z - b.Z, a.Y - b.Y, a.X - b.X);

    public static Point3 operator *(Point3 a, double factor) => new(a.Z * factor, a.Y * factor, a.X * factor);
}
