namespace Cellpose3D.Core2D.Measurements;

/// <summary>Takes away the cells that the image's border may have cut.</summary>
public static class EdgeMasks
{
    /// <summary>Removes every cell with a pixel in the first or last place of any axis.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</param>
    /// <param name="renumber">Makes the remaining labels 1, 2, ... in their order.</param>
    /// <returns>int32, shaped like <paramref name="labels"/>; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The array has neither two nor three axes, or a label is negative.</exception>
    public static NdArray<int> Remove(NdArray<int> labels, bool renumber = true)
    {
        (int depth, int height, int width) = LabelRegions.Axes(labels);
        var renamed = new Dictionary<int, int>();
        int kept = 0;
        foreach (LabelRegion r in LabelRegions.Find(labels))
        {
            bool cut = r.Y0 == 0 || r.Y1 == height || r.X0 == 0 || r.X1 == width
                || (labels.Rank == 3 && (r.Z0 == 0 || r.Z1 == depth));
            if (!cut)
                kept++;
            renamed[r.Label] = cut ? 0 : renumber ? kept : r.Label;
        }

        NdArray<int> result = labels.Clone();
        int last = 0, name = 0;
        foreach (ref int label in result.Span)
        {
            if (label != last)
                (last, name) = (label, label == 0 ? 0 : renamed[label]);
            label = name;
        }
        return result;
    }
}
