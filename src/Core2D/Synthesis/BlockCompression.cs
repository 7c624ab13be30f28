namespace Cellpose3D.Core2D.Synthesis;

/// <summary>What lossy compression does to a picture: cosine coefficients of 8 x 8 blocks, coarsely rounded.</summary>
internal static class BlockCompression
{
    private const int Side = 8;
    private static readonly float[] Basis = MakeBasis();

    /// <summary>Rounds the coefficients in place.</summary>
    /// <param name="plane">Counts, 0..255.</param>
    /// <param name="strength">0 for nothing, 1 for blocks a viewer notices.</param>
    public static void Apply(Plane plane, double strength)
    {
        float[] block = new float[64], half = new float[64];
        for (int y0 = 0; y0 < plane.Height; y0 += Side)
        {
            for (int x0 = 0; x0 < plane.Width; x0 += Side)
            {
                for (int n = 0; n < 64; n++)
                    block[n] = plane.Data[Math.Min(y0 + n / Side, plane.Height - 1) * plane.Width + Math.Min(x0 + n % Side, plane.Width - 1)];
                Transform(block, half, forward: true);
                for (int n = 1; n < 64; n++)
                {
                    float step = (float)(strength * (3 + 2.5 * (n / Side + n % Side)));
                    block[n] = MathF.Round(block[n] / step) * step;
                }
                Transform(block, half, forward: false);
                for (int n = 0; n < 64; n++)
                {
                    int y = y0 + n / Side, x = x0 + n % Side;
                    if (y < plane.Height && x < plane.Width)
                        plane.Data[y * plane.Width + x] = block[n];
                }
            }
        }
    }

    private static void Transform(float[] block, float[] half, bool forward)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            for (int row = 0; row < Side; row++)
            {
                for (int k = 0; k < Side; k++)
                {
                    float sum = 0;
                    for (int n = 0; n < Side; n++)
                        sum += block[row * Side + n] * (forward ? Basis[k * Side + n] : Basis[n * Side + k]);
                    half[k * Side + row] = sum;                          // transposed: the second pass does the columns
                }
            }
            half.CopyTo(block, 0);
        }
    }

    private static float[] MakeBasis()
    {
        float[] basis = new float[64];
        for (int k = 0; k < Side; k++)
        {
            for (int n = 0; n < Side; n++)
                basis[k * Side + n] = (float)(PortableMath.SinCos((2 * n + 1) * k * Math.PI / 16).Cos * (k == 0 ? Math.Sqrt(0.125) : 0.5));
        }
        return basis;
    }
}
