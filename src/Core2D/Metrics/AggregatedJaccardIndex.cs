namespace Cellpose3D.Core2D.Metrics;

/// <summary>Pixels that matched cells share, over the pixels that are a cell anywhere.</summary>
/// <param name="Intersection">Shared pixels of the pairs that <see cref="Matching"/> finds at threshold 0.5, below it too.</param>
/// <param name="Union">Pixels that are a cell in the truth, in the prediction or in both.</param>
/// <remarks>Cellpose's definition; the one of Kumar et al. 2017 matches greedily and adds whole unmatched cells to the union.</remarks>
public readonly record struct AggregatedJaccardIndex(long Intersection, long Union)
{
    /// <summary>The ratio, in [0, 1]; 1 for an image without any cell.</summary>
    public double Value => Union == 0 ? 1 : (double)Intersection / Union;

    /// <summary>The index of one image.</summary>
    /// <param name="overlap">Shared pixels of truth and prediction; borrowed.</param>
    public static AggregatedJaccardIndex Of(LabelOverlap overlap)
    {
        long intersection = 0;
        foreach (MatchedPair pair in Matching.Solve(overlap).Pairs)
            intersection += pair.Pixels;
        return new AggregatedJaccardIndex(intersection, overlap.ForegroundPixels);
    }

    /// <summary>Two images as one.</summary>
    public static AggregatedJaccardIndex operator +(AggregatedJaccardIndex left, AggregatedJaccardIndex right) => left.Add(right);

    /// <summary>Two images as one.</summary>
    /// <param name="other">The other image's pixels.</param>
    public AggregatedJaccardIndex Add(AggregatedJaccardIndex other) => new(Intersection + other.Intersection, Union + other.Union);
}
