using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>Expects where cells go: on at the speed they had, or with their neighbours, as far as the movie's cells are found to do so.</summary>
/// <remarks>
/// Two running regressions say how much of the last step, and how much of the neighbours' median step, is found again in the next
/// step: 1 for cells that glide, 0 for a random walk, where the best guess is to stay. Divided cells inherit the mother's speed.
/// </remarks>
public sealed class MotionModel
{
    private const int Neighbours = 6;
    private const double Memory = 0.8;                                   // of the sums, per frame

    private const double MostHeld = 20;                                  // cells that what was learnt before outweighs

    private double _residualCount;
    private double _ownProduct = 0.5, _ownSquare = 1;                    // a start in the middle, soon outweighed
    private double _neighbourProduct = 0.5, _neighbourSquare = 1;

    /// <summary>Median distance between where cells were expected and where they were found, in diameters; starts at a third.</summary>
    public double ResidualDiameters { get; private set; } = 1.0 / 3;

    /// <summary>Share of the last step that is expected again, 0 to 1.</summary>
    public double Persistence => Math.Clamp(_ownProduct / _ownSquare, 0, 1);

    /// <summary>Share of the neighbours' step that is expected of a cell without a past, 0 to 1.</summary>
    public double Coherence => Math.Clamp(_neighbourProduct / _neighbourSquare, 0, 1);

    /// <summary>Expects places.</summary>
    /// <param name="earlier">The frame whose cells move.</param>
    /// <param name="steps">Frames ahead.</param>
    /// <param name="drift">Of the image, over all those frames.</param>
    /// <returns>The expected place of each cell, in micrometres; owned by the caller.</returns>
    public PointUm[] Expect(FlowFrame earlier, int steps, PointUm drift)
    {
        var places = new PointUm[earlier.Cells.Count];
        PointUm[] neighbours = earlier.NeighbourSteps ??= NeighbourSteps(earlier);
        for (int n = 0; n < places.Length; n++)
        {
            PointUm own = earlier.HasVelocity[n] ? earlier.Velocity[n] * Persistence : neighbours[n] * Coherence;
            places[n] = earlier.Cells[n].Centroid + drift + own * steps;
        }
        return places;
    }

    /// <summary>Learns from the likeliest links of two neighbouring frames, and notes the later cells' speeds.</summary>
    /// <param name="earlier">The earlier frame.</param>
    /// <param name="later">The frame behind it.</param>
    /// <param name="parents">For each later cell the index of its earlier one, or -1.</param>
    /// <param name="expected">What <see cref="Expect"/> said.</param>
    /// <param name="drift">Between the frames.</param>
    /// <param name="learn">Whether the running sums take part; false for a first guess that will be repeated.</param>
    public void Observe(FlowFrame earlier, FlowFrame later, IReadOnlyList<int> parents, IReadOnlyList<PointUm> expected, PointUm drift, bool learn)
    {
        PointUm[] neighbours = earlier.NeighbourSteps ??= NeighbourSteps(earlier);
        double diameter = Math.Max(1e-9, earlier.MedianDiameter);
        int[] children = new int[earlier.Cells.Count];
        foreach (int parent in parents)
        {
            if (parent >= 0)
                children[parent]++;
        }
        if (learn)
            (_ownProduct, _ownSquare, _neighbourProduct, _neighbourSquare) = (_ownProduct * Memory, _ownSquare * Memory, _neighbourProduct * Memory, _neighbourSquare * Memory);
        later.NeighbourSteps = null;                                     // its cells get other speeds
        var residuals = new List<double>();
        for (int v = 0; v < parents.Count; v++)
        {
            int u = parents[v];
            later.HasVelocity[v] = u >= 0;
            if (u < 0)
                continue;
            PointUm step = later.Cells[v].Centroid - earlier.Cells[u].Centroid - drift;
            if (children[u] > 1)                                         // a daughter's own step is mostly the division
            {
                later.Velocity[v] = earlier.Velocity[u];
                continue;
            }
            later.Velocity[v] = step;
            residuals.Add(later.Cells[v].Centroid.DistanceTo(expected[u]) / diameter);
            if (!learn)
                continue;
            double scale = 1 / (diameter * diameter);
            if (earlier.HasVelocity[u])
            {
                _ownProduct += Dot(step, earlier.Velocity[u]) * scale;
                _ownSquare += earlier.Velocity[u].SquaredLength * scale;
            }
            _neighbourProduct += Dot(step, neighbours[u]) * scale;
            _neighbourSquare += neighbours[u].SquaredLength * scale;
        }
        if (residuals.Count == 0)
            return;
        residuals.Sort();
        // the start counts as one cell, and what was found later as many as were found, up to 20: one cell alone is learnt from too
        double median = residuals[residuals.Count / 2], weight = residuals.Count / (residuals.Count + Math.Min(MostHeld, 1 + _residualCount));
        ResidualDiameters += weight * (median - ResidualDiameters) * (learn ? 0.5 : 1);
        if (learn)
            _residualCount += residuals.Count;
    }

    /// <summary>The median step of the nearest cells that have one, for every cell.</summary>
    private static PointUm[] NeighbourSteps(FlowFrame frame)
    {
        var steps = new PointUm[frame.Cells.Count];
        int[] known = [.. Enumerable.Range(0, steps.Length).Where(n => frame.HasVelocity[n])];
        if (known.Length == 0)
            return steps;
        var grid = new NeighbourGrid([.. known.Select(n => frame.Cells[n].Centroid)], 5 * Math.Max(1e-6, frame.MedianDiameter));
        int[] place = new int[steps.Length];
        Array.Fill(place, -1);
        for (int k = 0; k < known.Length; k++)
            place[known[k]] = k;
        for (int n = 0; n < steps.Length; n++)
        {
            List<(double Distance, int Index)> near = grid.Nearest(frame.Cells[n].Centroid, Neighbours, place[n]);
            if (near.Count == 0)
                continue;
            PointUm[] velocities = [.. near.Select(p => frame.Velocity[known[p.Index]])];
            steps[n] = new PointUm(Median(velocities.Select(v => v.Z)), Median(velocities.Select(v => v.Y)), Median(velocities.Select(v => v.X)));
        }
        return steps;
    }

    private static double Dot(PointUm a, PointUm b) => a.Z * b.Z + a.Y * b.Y + a.X * b.X;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
