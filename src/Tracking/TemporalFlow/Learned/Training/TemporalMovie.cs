using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>A movie whose tracks are known: in two dimensions to train on, in two or three to fit probabilities to.</summary>
/// <param name="Images">float32 [(Z,) Y, X] each, any intensities; owned.</param>
/// <param name="Labels">int32 [(Z,) Y, X] each, track numbers, 0 = background; owned.</param>
/// <param name="Rows">The tracks; owned.</param>
public sealed record TemporalMovie(IReadOnlyList<NdArray<float>> Images, IReadOnlyList<NdArray<int>> Labels, IReadOnlyList<TrackRow> Rows)
{
    private double? _diameter, _step;

    /// <summary>In two dimensions, the median over cells and frames of the diameter, in pixels; 0 without cells.</summary>
    public double Diameter => _diameter ??= MedianDiameter(Labels);

    /// <summary>In two dimensions, the mean distance of a track's centres in neighbouring frames, in diameters; 0 without any.</summary>
    public double Step => _step ??= MeanStep(Labels) / Math.Max(1e-9, Diameter);

    private static double MeanStep(IReadOnlyList<NdArray<int>> labels)
    {
        var before = new Dictionary<int, (double Y, double X)>();
        double sum = 0;
        int count = 0;
        foreach (NdArray<int> frame in labels)
        {
            var sums = new Dictionary<int, (long N, long Y, long X)>();
            int width = frame.Shape[1];
            for (int i = 0; i < frame.Length; i++)
            {
                if (frame.Data[i] is var label and > 0)
                {
                    (long n, long y, long x) = sums.GetValueOrDefault(label);
                    sums[label] = (n + 1, y + i / width, x + i % width);
                }
            }
            var now = sums.ToDictionary(s => s.Key, s => ((double)s.Value.Y / s.Value.N, (double)s.Value.X / s.Value.N));
            foreach ((int label, (double y, double x)) in now.OrderBy(c => c.Key))
            {
                if (before.TryGetValue(label, out (double Y, double X) old))
                    (sum, count) = (sum + Math.Sqrt((y - old.Y) * (y - old.Y) + (x - old.X) * (x - old.X)), count + 1);
            }
            before = now;
        }
        return count == 0 ? 0 : sum / count;
    }

    private static double MedianDiameter(IReadOnlyList<NdArray<int>> labels)
    {
        var areas = new List<int>();
        foreach (NdArray<int> frame in labels)
        {
            var counts = new Dictionary<int, int>();
            foreach (int label in frame.Data)
            {
                if (label > 0)
                    counts[label] = counts.GetValueOrDefault(label) + 1;
            }
            areas.AddRange(counts.Values);
        }
        areas.Sort();
        return areas.Count == 0 ? 0 : 2 * Math.Sqrt(areas[areas.Count / 2] / Math.PI);
    }
}
