namespace Cellpose3D.Core2D.Measurements;

/// <summary>Eigenvalues of small symmetric matrices.</summary>
internal static class SymmetricMatrix
{
    /// <summary>Of [[a, c], [c, b]].</summary>
    /// <returns>Ascending.</returns>
    public static double[] Eigenvalues(double a, double b, double c)
    {
        double middle = (a + b) / 2, half = Math.Sqrt((a - b) / 2 * ((a - b) / 2) + c * c), most = middle + half;
        return [most == 0 ? 0 : Math.Max(0, middle - half), most];
    }

    /// <summary>Of [[a, d, e], [d, b, f], [e, f, c]], by Jacobi's rotations.</summary>
    /// <returns>Ascending.</returns>
    public static double[] Eigenvalues(double a, double b, double c, double d, double e, double f)
    {
        double[,] m = { { a, d, e }, { d, b, f }, { e, f, c } };
        for (int sweep = 0; sweep < 30 && Math.Abs(m[0, 1]) + Math.Abs(m[0, 2]) + Math.Abs(m[1, 2]) > 0; sweep++)
        {
            Rotate(m, 0, 1, 2);
            Rotate(m, 0, 2, 1);
            Rotate(m, 1, 2, 0);
        }
        double[] values = [m[0, 0], m[1, 1], m[2, 2]];
        Array.Sort(values);
        return values;
    }

    /// <summary>Makes element (p, q) zero.</summary>
    private static void Rotate(double[,] m, int p, int q, int r)
    {
        if (Math.Abs(m[p, q]) <= 1e-300 || Math.Abs(m[p, q]) <= 1e-18 * (Math.Abs(m[p, p]) + Math.Abs(m[q, q])))
        {
            m[p, q] = m[q, p] = 0;
            return;
        }
        double theta = (m[q, q] - m[p, p]) / (2 * m[p, q]);
        double t = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1)), cos = 1 / Math.Sqrt(t * t + 1), sin = t * cos;
        double shift = t * m[p, q], rp = m[r, p], rq = m[r, q];
        m[p, p] -= shift;
        m[q, q] += shift;
        m[p, q] = m[q, p] = 0;
        m[r, p] = m[p, r] = cos * rp - sin * rq;
        m[r, q] = m[q, r] = sin * rp + cos * rq;
    }
}
