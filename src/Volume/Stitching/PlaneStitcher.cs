using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Metrics;

namespace Cellpose3D.Volume.Stitching;

/// <summary>Joins the masks of planes to cells, one plane after the other, by their overlap with the plane before.</summary>
/// <remarks>
/// By default a mask is joined with at most one mask of the plane before and that with no other, best overlaps first. The
/// reference's rule (<c>stitch3D</c>) lets two masks of a plane take one label where their overlaps tie, starts again with labels
/// that are taken while planes are empty, and uses numbers up for labels that are missing.
/// </remarks>
public sealed class PlaneStitcher
{
    private readonly double _threshold;
    private readonly bool _reference;
    private NdArray<int>? _previous;
    private int _largest;
    private bool _met;

    /// <summary>Prepares to join planes.</summary>
    /// <param name="threshold">Intersection over union from which two masks are one cell, 0..1.</param>
    /// <param name="reference">Do as the reference does.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is out of range.</exception>
    public PlaneStitcher(double threshold, bool reference = false)
    {
        if (!(threshold >= 0 && threshold <= 1))
            throw new ArgumentOutOfRangeException(nameof(threshold), $"threshold must be 0 to 1; got {threshold}.");
        (_threshold, _reference) = (threshold, reference);
    }

    /// <summary>Relabels the next plane.</summary>
    /// <param name="plane">int32 [Y, X], 0 = background, the plane's own labels; borrowed.</param>
    /// <returns>int32 [Y, X], labels of the volume; owned by the caller, and borrowed here until the next plane is added.</returns>
    /// <exception cref="ArgumentException">The plane has another size than the one before, or a label is negative.</exception>
    public NdArray<int> Add(NdArray<int> plane)
    {
        NdArray<int> result = _previous is null ? First(plane) : Next(plane, _previous);
        _previous = result;
        return result;
    }

    private NdArray<int> First(NdArray<int> plane)
    {
        if (!_reference)
            return Relabel(plane, Fresh(LabelOverlap.Count(plane, plane).TrueLabels));
        _largest = Largest(plane);
        return plane.Clone();
    }

    private NdArray<int> Next(NdArray<int> plane, NdArray<int> previous)
    {
        LabelOverlap overlap = LabelOverlap.Count(plane, previous);
        if (!_reference)
            return Relabel(plane, Matched(overlap));
        int largest = Largest(plane);
        if (largest > 0 && Largest(previous) > 0)
        {
            _met = true;
            return Relabel(plane, ReferenceMatched(overlap, largest));
        }
        if (_met)
            return Relabel(plane, Fresh([.. Enumerable.Range(1, largest)]));
        _largest = largest;
        return plane.Clone();
    }

    private Dictionary<int, int> Matched(LabelOverlap overlap)
    {
        var labels = new Dictionary<int, int>();
        var taken = new HashSet<int>();
        foreach (OverlapPair pair in overlap.Pairs.Where(p => p.Iou >= _threshold).OrderByDescending(p => p.Iou).ThenBy(p => p.Pred).ThenBy(p => p.True))
        {
            int label = overlap.TrueLabels[pair.True];
            if (!labels.ContainsKey(label) && taken.Add(pair.Pred))
                labels[label] = overlap.PredLabels[pair.Pred];
        }
        foreach ((int label, int number) in Fresh([.. overlap.TrueLabels.Where(l => !labels.ContainsKey(l))]))
            labels[label] = number;
        return labels;
    }

    // Only the best of a column stays, ties and all; each row then takes its best, the first of equals.
    private Dictionary<int, int> ReferenceMatched(LabelOverlap overlap, int largest)
    {
        double[] best = new double[overlap.PredLabels.Length];
        OverlapPair[] pairs = [.. overlap.Pairs.Where(p => p.Iou >= _threshold)];
        foreach (OverlapPair pair in pairs)
            best[pair.Pred] = Math.Max(best[pair.Pred], pair.Iou);
        var chosen = new Dictionary<int, OverlapPair>();
        foreach (OverlapPair pair in pairs.Where(p => p.Iou == best[p.Pred]))
        {
            if (!chosen.TryGetValue(pair.True, out OverlapPair other) || pair.Iou > other.Iou)
                chosen[pair.True] = pair;
        }
        var labels = chosen.ToDictionary(c => overlap.TrueLabels[c.Key], c => overlap.PredLabels[c.Value.Pred]);
        foreach ((int label, int number) in Fresh([.. Enumerable.Range(1, largest).Where(l => !labels.ContainsKey(l))]))
            labels[label] = number;
        return labels;
    }

    private Dictionary<int, int> Fresh(IReadOnlyList<int> labels)
    {
        var fresh = new Dictionary<int, int>();
        foreach (int label in labels)
            fresh[label] = checked(++_largest);
        return fresh;
    }

    private static int Largest(NdArray<int> plane) => plane.Length == 0 ? 0 : plane.Data.Max();

    private static NdArray<int> Relabel(NdArray<int> plane, Dictionary<int, int> labels) =>
        new(Array.ConvertAll(plane.Data, label => label == 0 ? 0 : labels[label]), plane.Shape);
}
