using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.TemporalFlow;
using Cellpose3D.Volume.Stitching;

namespace Cellpose3D.Bench;

/// <summary>The two ways of linking that need no tracker: nearest cell, and largest overlap as in stitching planes.</summary>
internal static class BaselineLinks
{
    private const double Reach = 2, DaughterReach = 1;                   // diameters

    /// <summary>Nearest pairs first, one to one, within two diameters; a cell left over becomes the second daughter of the nearest cell within one.</summary>
    public static TrackingSolution Nearest(MovieMasks movie)
    {
        TrackingSolution solution = Measure(movie);
        DetectionTable cells = solution.Detections;
        for (int t = 1; t < cells.FrameCount; t++)
        {
            int firstParent = cells.FrameStart(t - 1), firstChild = cells.FrameStart(t), end = cells.FrameStart(t + 1);
            var pairs = new List<(double Distance, int Parent, int Child)>();
            for (int child = firstChild; child < end; child++)
            {
                for (int parent = firstParent; parent < firstChild; parent++)
                {
                    double distance = cells[child].Centroid.DistanceTo(cells[parent].Centroid) / cells[parent].DiameterUm;
                    if (distance <= Reach)
                        pairs.Add((distance, parent, child));
                }
            }
            pairs.Sort();
            foreach ((_, int parent, int child) in pairs)
            {
                if (solution.ChildCount(parent) == 0 && solution.ParentOf(child) < 0)
                    solution.SetLink(new Link(parent, child, float.NaN, float.NaN));
            }
            foreach ((double distance, int parent, int child) in pairs)
            {
                if (distance <= DaughterReach && solution.ChildCount(parent) == 1 && solution.ParentOf(child) < 0)
                    solution.SetLink(new Link(parent, child, float.NaN, float.NaN));
            }
        }
        return solution;
    }

    /// <summary>Masks of neighbouring frames with an intersection over union of 0.25 or more, one to one, best first.</summary>
    public static TrackingSolution Stitch(MovieMasks movie)
    {
        TrackingSolution solution = Measure(movie);
        DetectionTable cells = solution.Detections;
        var stitcher = new PlaneStitcher(0.25);
        var before = new Dictionary<int, int>();                         // stitched label -> cell of the frame before
        for (int t = 0; t < movie.Seen.Length; t++)
        {
            NdArray<int> seen = movie.Seen[t].Labels, stitched = stitcher.Add(seen);
            var here = new Dictionary<int, int>();
            for (int n = 0; n < seen.Length; n++)
            {
                if (seen.Data[n] > 0)
                    here.TryAdd(stitched.Data[n], cells.Find(t, seen.Data[n]));
            }
            foreach ((int label, int cell) in here)
            {
                if (before.TryGetValue(label, out int parent))
                    solution.SetLink(new Link(parent, cell, float.NaN, float.NaN));
            }
            before = here;
        }
        return solution;
    }

    private static TrackingSolution Measure(MovieMasks movie)
    {
        var cells = new DetectionTable();
        for (int t = 0; t < movie.Seen.Length; t++)
            cells.Add(CellMeasurer.Measure(movie.Seen[t].Labels, null, t, SpacingUm.Unit, 1));
        return new TrackingSolution(cells);
    }
}
