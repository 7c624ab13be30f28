namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Elementary functions from additions, multiplications and square roots only.</summary>
/// <remarks>
/// <see cref="Math"/> calls the platform's C library, whose last bits differ between machines; a seed must give
/// the same image everywhere. Relative error is below 1e-13, far under what a picture shows.
/// </remarks>
internal static class PortableMath
{
    private const double Ln2 = 0.6931471805599453;
    private const double HalfPi = 1.5707963267948966;

    /// <summary>e to the power x; 0 below -700.</summary>
    public static double Exp(double x)
    {
        if (x < -700)
            return 0;
        x = Math.Min(x, 700);
        double k = Math.Floor(x * (1 / Ln2) + 0.5);
        double r = x - k * Ln2, r2 = r * r;                              // |r| <= 0.35
        double even = 1 + r2 * (1.0 / 2 + r2 * (1.0 / 24 + r2 * (1.0 / 720 + r2 * (1.0 / 40320 + r2 * (1.0 / 3628800 + r2 * (1.0 / 479001600))))));
        double odd = 1 + r2 * (1.0 / 6 + r2 * (1.0 / 120 + r2 * (1.0 / 5040 + r2 * (1.0 / 362880 + r2 * (1.0 / 39916800)))));
        double sum = even + r * odd;
        return sum * BitConverter.Int64BitsToDouble(((long)k + 1023) << 52);
    }

    /// <summary>Natural logarithm of a positive number.</summary>
    public static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        double m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | (1023L << 52));   // [1, 2)
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            exponent++;
        }
        double s = (m - 1) / (m + 1);                                    // |s| <= 0.172
        double s2 = s * s;
        double low = 1 + s2 * (1.0 / 3 + s2 * (1.0 / 5 + s2 * (1.0 / 7))), s8 = s2 * s2 * s2 * s2;
        double sum = low + s8 * (1.0 / 9 + s2 * (1.0 / 11 + s2 * (1.0 / 13 + s2 * (1.0 / 15 + s2 * (1.0 / 17)))));
        return 2 * s * sum + exponent * Ln2;
    }

    /// <summary>x to the power y, for x >= 0.</summary>
    public static double Pow(double x, double y) => x <= 0 ? 0 : Exp(y * Log(x));

    /// <summary>Sine and cosine of an angle in radians.</summary>
    public static (double Sin, double Cos) SinCos(double x)
    {
        double k = Math.Floor(x * (1 / HalfPi) + 0.5);
        double r = x - k * HalfPi;                                       // |r| <= pi / 4
        double r2 = r * r;
        double sin = r * (1 - r2 * (1.0 / 6) * (1 - r2 * (1.0 / 20) * (1 - r2 * (1.0 / 42) * (1 - r2 * (1.0 / 72) * (1 - r2 * (1.0 / 110) * (1 - r2 * (1.0 / 156)))))));
        double cos = 1 - r2 * (1.0 / 2) * (1 - r2 * (1.0 / 12) * (1 - r2 * (1.0 / 30) * (1 - r2 * (1.0 / 56) * (1 - r2 * (1.0 / 90) * (1 - r2 * (1.0 / 132) * (1 - r2 * (1.0 / 182)))))));
        return ((long)k & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }

    /// <summary>0 below <paramref name="low"/>, 1 above <paramref name="high"/>, smooth between.</summary>
    public static double SmoothStep(double low, double high, double x)
    {
        double t = Math.Clamp((x - low) / (high - low), 0, 1);
        return t * t * (3 - 2 * t);
    }
}
