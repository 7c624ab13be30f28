namespace Cellpose3D.Core2D.Tiling;

/// <summary>The weights by which overlapping tiles are averaged: high inside a tile, falling to its borders along a sigmoid.</summary>
/// <remarks>
/// Cellpose paper, Methods, "Test time enhancements". The weight of a pixel is <c>Rows[y] * Columns[x]</c>.
/// The sigmoid is that of a square of at least 224; a smaller tile takes the middle of it, so it hardly falls off. Golden group <c>taper</c>.
/// </remarks>
public sealed class TaperMask
{
    private const int SmallestSquare = 224;
    private const double HalfWeightInset = 20; // pixels from the border to the weight 1/2
    private const double Softness = 7.5;       // pixels over which the sigmoid turns

    /// <summary>Makes the weights of one tile size.</summary>
    /// <param name="height">Tile rows, at least 1.</param>
    /// <param name="width">Tile columns, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    public TaperMask(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        int square = Math.Max(SmallestSquare, Math.Max(height, width));
        Rows = Profile(height, square);
        Columns = Profile(width, square);
    }

    /// <summary>float64 [TileHeight], factor of each row, in (0, 1); shared, not a copy.</summary>
    public double[] Rows { get; }

    /// <summary>float64 [TileWidth], factor of each column, in (0, 1); shared, not a copy.</summary>
    public double[] Columns { get; }

    private static double[] Profile(int length, int square)
    {
        double[] profile = new double[length];
        int first = square / 2 - length / 2;
        for (int i = 0; i < length; i++)
        {
            double fromCentre = Math.Abs(first + i - (square - 1) / 2.0);
            profile[i] = 1 / (1 + Math.Exp((fromCentre - (square / 2.0 - HalfWeightInset)) / Softness));
        }
        return profile;
    }
}
