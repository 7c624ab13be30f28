using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Metrics;

namespace Cellpose3D.Tracking.Metrics;

/// <summary>The masks of one frame, reference against result: who covers more than half of whom.</summary>
/// <param name="References">Labels of the reference, ascending.</param>
/// <param name="Results">Labels of the result, ascending.</param>
/// <param name="MatchOf">For each of <paramref name="References"/>, the label that covers more than half of it, or 0.</param>
/// <param name="IouOf">For each of <paramref name="References"/>, intersection over union with its match, or 0.</param>
/// <remarks>Exactly half is no match, so a reference has at most one; a result may match several.</remarks>
public sealed record FrameMatch(int[] References, int[] Results, int[] MatchOf, double[] IouOf)
{
    /// <summary>Compares two label images.</summary>
    /// <param name="reference">int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</param>
    /// <param name="result">int32, shaped like <paramref name="reference"/>; borrowed.</param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <exception cref="ArgumentException">The shapes differ or a label is negative.</exception>
    public static FrameMatch Compare(NdArray<int> reference, NdArray<int> result, int threads = 0)
    {
        LabelOverlap overlap = LabelOverlap.Count(reference, result, threads);
        int[] match = new int[overlap.TrueLabels.Length];
        double[] iou = new double[match.Length];
        foreach (OverlapPair pair in overlap.Pairs)
        {
            if (2 * pair.Pixels <= overlap.TrueSizes[pair.True])
                continue;
            match[pair.True] = overlap.PredLabels[pair.Pred];
            iou[pair.True] = pair.Iou;
        }
        return new FrameMatch(overlap.TrueLabels, overlap.PredLabels, match, iou);
    }
}
