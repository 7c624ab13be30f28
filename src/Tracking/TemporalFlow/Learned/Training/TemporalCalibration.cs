using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>Fits how the head's and the training-free flow's numbers make probabilities, on movies that the head was not trained on.</summary>
/// <remarks>
/// A tracker runs over each movie as it will over a user's; every candidate link and division it was offered is an example, true if the
/// truth has it. A link that leads over a mask of the same cell in between is left out: which of the two ways is taken is the solver's to decide.
/// As the motion model learns from the links of the round before, there are two rounds. Movies of volumes make the weights for volumes;
/// without any, these are those of two dimensions.
/// </remarks>
public static class TemporalCalibration
{
    private const int Rounds = 2;
    private const double Ridge = 3;

    /// <summary>Fits, and sets the model's weights.</summary>
    /// <param name="model">Its weights are replaced.</param>
    /// <param name="movies">Number of movies.</param>
    /// <param name="make">Makes the movie of a number.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked before every frame.</param>
    /// <returns>Number of links and of divisions looked at.</returns>
    public static (int Links, int Divisions) Fit(
        TemporalModel model, int movies, Func<ulong, TemporalMovie> make, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        (Examples Links, Examples Divisions) flat = (new(), new()), solid = (new(), new());
        (model.Weights, model.VolumeWeights) = (LearnedWeights.Untrained, LearnedWeights.Untrained);
        for (int round = 0; round < Rounds; round++)
        {
            (flat, solid) = ((new(), new()), (new(), new()));
            for (int n = 0; n < movies; n++)
            {
                TemporalMovie movie = make((ulong)n);
                (Examples links, Examples divisions) = movie.Labels[0].Rank == 3 ? solid : flat;
                Run(model, movie, links, divisions, cancellationToken);
                progress?.Report((round * movies + n + 1f) / (Rounds * movies));
            }
            model.Weights = Fit(flat, LearnedWeights.Untrained);
            model.VolumeWeights = Fit(solid, model.Weights);
        }
        return (flat.Links.Count + solid.Links.Count, flat.Divisions.Count + solid.Divisions.Count);
    }

    private static LearnedWeights Fit((Examples Links, Examples Divisions) examples, LearnedWeights start) =>
        new(examples.Links.Fit(start.Link(), Ridge), examples.Divisions.Fit(start.Division(), Ridge));

    private static void Run(TemporalModel model, TemporalMovie movie, Examples links, Examples divisions, CancellationToken cancellationToken)
    {
        var ancestry = new Ancestry(movie.Rows);
        var options = new TrackerOptions { Linking = new LinkingOptions { Margins = false } };
        using var flow = new LearnedTemporalFlow(model, options.Flow());
        var present = new Dictionary<int, HashSet<int>>();
        var tracker = new Tracker(options, flow) { Proposed = Take };
        for (int t = 0; t < movie.Labels.Count; t++)
            tracker.Add(movie.Labels[t], movie.Images[t], cancellationToken);

        void Take(FlowFrame earlier, FlowFrame later, FlowLinks proposal)
        {
            if (proposal.Links.Count == 0 || flow.Evidence is not { } evidence)
                return;
            if (!present.TryGetValue(earlier.Index, out HashSet<int>? tracks))
                present[earlier.Index] = tracks = [.. earlier.Cells.Select(c => c.Label)];
            HashSet<int>[] between = [.. Enumerable.Range(earlier.Index + 1, later.Index - earlier.Index - 1).Where(present.ContainsKey).Select(t => present[t])];
            int[] parents = [.. later.Cells.Select(c => ancestry.In(c.Label, tracks).Label)];
            foreach (ScoredLink link in proposal.Links)
            {
                (int u, int v) = (link.Source - earlier.FirstId, link.Target - later.FirstId);
                bool isTrue = parents[v] == earlier.Cells[u].Label;
                if (isTrue && between.Any(t => ancestry.In(later.Cells[v].Label, t).Label != 0))
                    continue;
                double[] row = new double[LearnedWeights.LinkCount];
                LearnedWeights.Expand(link.Features, evidence.Of(u, v), row);
                links.Add(row, isTrue);
            }
            foreach (ScoredDivision division in proposal.Divisions)
            {
                (int u, int v, int w) = (division.Mother - earlier.FirstId, division.First - later.FirstId, division.Second - later.FirstId);
                double[] row = new double[LearnedWeights.DivisionCount];
                LearnedWeights.Expand(division.Features, evidence.Divides[u], Math.Min(evidence.IsDaughter[v], evidence.IsDaughter[w]), row);
                divisions.Add(row, parents[v] == earlier.Cells[u].Label && parents[w] == earlier.Cells[u].Label);
            }
        }
    }

    private sealed class Examples
    {
        private readonly List<double[]> _rows = [];
        private readonly List<bool> _truth = [];

        public int Count => _rows.Count;

        public void Add(double[] row, bool truth)
        {
            _rows.Add(row);
            _truth.Add(truth);
        }

        public double[] Fit(double[] start, double ridge) =>
            _truth.Contains(true) && _truth.Contains(false) ? LogisticRegression.Fit(_rows, _truth, ridge, start) : start;
    }
}
