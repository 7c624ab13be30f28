namespace Cellpose3D.Core2D.Preprocessing;

/// <summary>Where the samples of a resized axis fall between those of the original one.</summary>
/// <remarks>
/// Half-pixel centres, edges clamped. Fractions are rounded to float32, as OpenCV's are. OpenCV treats the two axes differently
/// beyond the outermost centres: along X the fraction is dropped, along Y both neighbours become the edge row and the fraction stays;
/// the sums differ by a rounding only.
/// </remarks>
internal sealed class LinearAxis
{
    /// <summary>Plans the resizing of one axis.</summary>
    /// <param name="source">Original length, at least 1.</param>
    /// <param name="target">New length, at least 1.</param>
    /// <param name="dropFractionAtEdge">The rule of the X axis.</param>
    public LinearAxis(int source, int target, bool dropFractionAtEdge)
    {
        double scale = 1 / ((double)target / source); // in these two steps, for the same last bit
        (First, Second) = (new int[target], new int[target]);
        Fraction = new float[target];
        for (int i = 0; i < target; i++)
        {
            float position = (float)((i + 0.5) * scale - 0.5);
            int floor = (int)MathF.Floor(position);
            bool inside = floor >= 0 && floor < source - 1;
            Fraction[i] = inside || !dropFractionAtEdge ? position - floor : 0;
            First[i] = Math.Clamp(floor, 0, source - 1);
            Second[i] = Math.Clamp(floor + 1, 0, source - 1);
        }
    }

    /// <summary>int32 [target], index of the sample before.</summary>
    public int[] First { get; }

    /// <summary>int32 [target], index of the sample after.</summary>
    public int[] Second { get; }

    /// <summary>float32 [target], weight of the sample after, in [0, 1).</summary>
    public float[] Fraction { get; }
}
