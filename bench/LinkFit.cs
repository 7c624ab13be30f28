using System.Globalization;
using Cellpose3D.Tracking;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.Synthesis;

namespace Cellpose3D.Bench;

/// <summary>Fits the weights of links and divisions to synthetic movies of all sorts, good masks and bad ones.</summary>
/// <remarks>What is a candidate depends on the weights, by way of the expected motion, so the fit is repeated with its own result.</remarks>
internal static class LinkFit
{
    private const int FirstSeed = 1000, Rounds = 2;

    public static void Run(int movies)
    {
        LinkWeights links = LinkWeights.Default;
        DivisionWeights divisions = DivisionWeights.Default;
        for (int round = 0; round < Rounds; round++)
        {
            var linkRows = new List<(LinkFeatures, bool)>();
            var divisionRows = new List<(DivisionFeatures, bool)>();
            for (int n = 0; n < movies; n++)
                Collect(Movie(n), links, divisions, linkRows, divisionRows);
            Console.WriteLine($"round {round}: {linkRows.Count} links, {linkRows.Count(r => r.Item2)} true; {divisionRows.Count} divisions, {divisionRows.Count(r => r.Item2)} true");
            Console.WriteLine($"  log loss before {Loss(linkRows.Select(r => (links.Logit(r.Item1), r.Item2))):f5} {Loss(divisionRows.Select(r => (divisions.Logit(r.Item1), r.Item2))):f5}");
            (links, divisions) = (LinkWeights.Fit(linkRows), DivisionWeights.Fit(divisionRows));
            Console.WriteLine($"  log loss after  {Loss(linkRows.Select(r => (links.Logit(r.Item1), r.Item2))):f5} {Loss(divisionRows.Select(r => (divisions.Logit(r.Item1), r.Item2))):f5}");
            Console.WriteLine($"  links     {Text(links.ToArray())}");
            Console.WriteLine($"  divisions {Text(divisions.ToArray())}");
        }
    }

    /// <summary>Movie n of the set: everything that is not said here is drawn by the generator.</summary>
    private static MovieMasks Movie(int n)
    {
        int seed = FirstSeed + n;
        bool isSolid = n % 8 == 7;
        double[] motions = [0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 1.3];
        var options = new TimelapseOptions
        {
            Seed = seed,
            Frames = isSolid ? 8 : 14,
            Depth = isSolid ? 12 : 1,
            Height = isSolid ? 96 : 220,
            Width = isSolid ? 96 : 220,
            Diameter = 12 + n % 5 * 3,
            Motion = motions[n * 5 % 9],
            CycleFrames = 18 + n * 7 % 40,
            FrameSkip = n % 4 == 3 ? 3 : 1,
            BlinkRate = 0.006,
            Images = n % 3 != 0,
        };
        return MovieMasks.Make(options, MaskDefects.Of((n % 4) switch { 0 or 3 => 0, 1 => 0.02, _ => 0.06 }));
    }

    private static void Collect(MovieMasks movie, LinkWeights links, DivisionWeights divisions, List<(LinkFeatures, bool)> linkRows, List<(DivisionFeatures, bool)> divisionRows)
    {
        var tracker = new Tracker(new TrackerOptions { Weights = links, DivisionWeights = divisions, Threads = 1, Linking = new LinkingOptions { Margins = false } })
        {
            Proposed = (earlier, later, proposal) =>
            {
                foreach (ScoredLink link in proposal.Links)
                {
                    int u = earlier.Cells[link.Source - earlier.FirstId].Label, v = later.Cells[link.Target - later.FirstId].Label;
                    if (movie.IsLink(earlier.Index, u, later.Index, v) is bool isTrue)
                        linkRows.Add((link.Features, isTrue));
                }
                foreach (ScoredDivision division in proposal.Divisions)
                {
                    int u = earlier.Cells[division.Mother - earlier.FirstId].Label;
                    int v = later.Cells[division.First - later.FirstId].Label, w = later.Cells[division.Second - later.FirstId].Label;
                    divisionRows.Add((division.Features, movie.IsDivision(earlier.Index, u, v, w)));
                }
            },
        };
        for (int t = 0; t < movie.Seen.Length; t++)
            tracker.Add(movie.Seen[t].Labels, movie.Frames[t].Image);
        tracker.Finish();
    }

    private static double Loss(IEnumerable<(double Logit, bool IsTrue)> rows) => rows.Average(r => Math.Log(1 + Math.Exp(r.IsTrue ? -r.Logit : r.Logit)));

    private static string Text(double[] values) => string.Join(", ", values.Select(v => v.ToString("0.000", CultureInfo.InvariantCulture)));
}
