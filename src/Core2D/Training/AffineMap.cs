namespace Cellpose3D.Core2D.Training;

/// <summary>An affine map of pixel positions in a plane, x before y: x' = Xx * x + Xy * y + X0, and likewise y'.</summary>
internal readonly record struct AffineMap(double Xx, double Xy, double X0, double Yx, double Yy, double Y0)
{
    /// <summary>The map back.</summary>
    internal AffineMap Inverse()
    {
        double scale = 1 / (Xx * Yy - Xy * Yx);
        double xx = Yy * scale, xy = -Xy * scale, yx = -Yx * scale, yy = Xx * scale;
        return new AffineMap(xx, xy, -(xx * X0 + xy * Y0), yx, yy, -(yx * X0 + yy * Y0));
    }
}
