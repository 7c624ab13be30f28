using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Metrics;

namespace Cellpose3D.IO.Ctc;

/// <summary>Scores a tracked movie against its truth, one frame in memory at a time.</summary>
public static class CtcScoring
{
    /// <summary>Reads both folders and scores.</summary>
    /// <param name="truth">The truth.</param>
    /// <param name="result">The result.</param>
    /// <param name="options">Which readings of the measures to follow; null for the challenge's.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1], after every frame.</param>
    /// <param name="cancellationToken">Checked before every frame.</param>
    /// <exception cref="InvalidDataException">The movies differ in length or size, a file is damaged, or rows and masks disagree.</exception>
    public static CtcScores Score(
        CtcFolder truth, CtcFolder result, CtcScoreOptions? options = null,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Score(ScoredMovie.Of(truth), ScoredMovie.Of(result), options, progress, cancellationToken);

    /// <summary>Reads both movies and scores.</summary>
    /// <param name="truth">The truth.</param>
    /// <param name="result">The result.</param>
    /// <param name="options">Which readings of the measures to follow; null for the challenge's.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1], after every frame.</param>
    /// <param name="cancellationToken">Checked before every frame.</param>
    /// <exception cref="InvalidDataException">The movies differ in length or size, a file is damaged, or rows and masks disagree.</exception>
    public static CtcScores Score(
        ScoredMovie truth, ScoredMovie result, CtcScoreOptions? options = null,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        if (truth.FrameCount != result.FrameCount)
            throw new InvalidDataException($"'{result.Path}' has {result.FrameCount} frames; '{truth.Path}' has {truth.FrameCount}.");
        ILookup<int, CtcSegmentation> segmentations = truth.Segmentations.ToLookup(s => s.Frame);
        var evaluator = new CtcEvaluator();
        for (int t = 0; t < truth.FrameCount; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            NdArray<int> reference = truth.ReadFrame(t, cancellationToken), found = result.ReadFrame(t, cancellationToken);
            RequireSameShape(reference, truth.FrameName(t), found, result.FrameName(t));
            evaluator.AddFrame(reference, found);
            foreach (CtcSegmentation segmentation in segmentations[t])
            {
                NdArray<int> masks = LabelReader.Read(segmentation.Path, null, cancellationToken);
                NdArray<int> counterpart = segmentation.Plane is int plane && found.Rank == 3 ? Plane(found, plane, segmentation.Path) : found;
                RequireSameShape(masks, $"'{segmentation.Path}'", counterpart, result.FrameName(t));
                evaluator.AddSegmentation(masks, counterpart);
            }
            progress?.Report((t + 1.0) / truth.FrameCount);
        }
        return evaluator.Score(truth.Rows, result.Rows, options, $"'{truth.Path}'", $"'{result.Path}'");
    }

    private static NdArray<int> Plane(NdArray<int> volume, int plane, string path) =>
        plane < volume.Shape[0]
            ? new NdArray<int>(volume.Plane(plane).ToArray(), volume.Shape[1], volume.Shape[2])
            : throw new InvalidDataException($"'{path}' is plane {plane}; the result has {volume.Shape[0]} planes.");

    private static void RequireSameShape(NdArray<int> a, string pathA, NdArray<int> b, string pathB)
    {
        if (!a.Shape.AsSpan().SequenceEqual(b.Shape))
            throw new InvalidDataException($"{pathB} is {string.Join(" x ", b.Shape)}; {pathA} is {string.Join(" x ", a.Shape)}.");
    }
}
