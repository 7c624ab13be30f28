using System.Text.Json;
using Cellpose3D.Tracking.Metrics;

namespace Cellpose3D.Tracking.Tests.Metrics;

public sealed class GraphCaseTests
{
    private const double Tolerance = 1e-12;                              // doubles; only the order of sums may differ

    public static TheoryData<string> Names => [.. GraphCase.All.Select(c => c.Name)];

    [Fact]
    public void All_AreThere() => Assert.Equal(66, GraphCase.All.Count);

    [Theory, MemberData(nameof(Names))]
    public void Aogm_GraphCase_MatchesTraccuracy(string name)
    {
        GraphCase graphs = Case(name);
        if (graphs.Part("ctc") is not JsonElement expected)
            return;                                                      // one-to-many matchings have no AOGM

        AogmCounts counts = AogmCounts.Count(graphs.Reference, graphs.Result, graphs.Matching);

        Assert.Equal(Count(expected, "ns_nodes"), counts.Splits);
        Assert.Equal(Count(expected, "fn_nodes"), counts.Missed);
        Assert.Equal(Count(expected, "fp_nodes"), counts.Spurious);
        Assert.Equal(Count(expected, "fp_edges"), counts.EdgesToDelete);
        Assert.Equal(Count(expected, "fn_edges"), counts.EdgesToAdd);
        Assert.Equal(Count(expected, "ws_edges"), counts.EdgesToAlter);
        Assert.Equal(expected.GetProperty("AOGM").GetDouble(), counts.Aogm, Tolerance);
        Same(expected, "TRA", counts.Tra);
        Same(expected, "DET", counts.Det);
        Same(expected, "LNK", counts.Lnk);
    }

    [Theory, MemberData(nameof(Names))]
    public void NodeEdgeScores_GraphCase_MatchesTraccuracy(string name)
    {
        GraphCase graphs = Case(name);
        if (graphs.Part("basic") is not JsonElement expected)
            return;

        NodeEdgeScores scores = NodeEdgeScores.Count(graphs.Reference, graphs.Result, graphs.Matching);

        foreach ((string kind, HitCounts counts) in new[] { ("Node", scores.Nodes), ("Edge", scores.Edges) })
        {
            Assert.Equal(Count(expected, $"Total GT {kind}s"), kind == "Node" ? graphs.Reference.NodeCount : graphs.Reference.Edges.Length);
            Assert.Equal(Count(expected, $"Total Pred {kind}s"), kind == "Node" ? graphs.Result.NodeCount : graphs.Result.Edges.Length);
            Assert.Equal(Count(expected, $"True Positive {kind}s"), counts.Hits);
            Assert.Equal(Count(expected, $"False Positive {kind}s"), counts.Spurious);
            Assert.Equal(Count(expected, $"False Negative {kind}s"), counts.Missed);
            Same(expected, $"{kind} Recall", counts.Recall);
            Same(expected, $"{kind} Precision", counts.Precision);
            SameF1(expected, $"{kind} F1", counts.F1);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void DivisionScorer_GraphCase_MatchesTraccuracy(string name)
    {
        GraphCase graphs = Case(name);
        foreach ((string part, bool relax) in new[] { ("division_fb2", false), ("division_fb2_relaxed", true) })
        {
            if (graphs.Part(part) is not JsonElement expected)
                continue;

            IReadOnlyList<DivisionScores> scores = DivisionScorer.Score(graphs.Reference, graphs.Result, graphs.Matching, 2, relax);
            IReadOnlyList<DivisionScores> strict = DivisionScorer.Score(graphs.Reference, graphs.Result, graphs.Matching, 2, relaxSkips: false);

            foreach (DivisionScores score in scores)
            {
                JsonElement row = expected.GetProperty($"Frame Buffer {score.Buffer}");
                Assert.Equal(Count(row, "Total GT Divisions"), score.Reference);
                Assert.Equal(Count(row, "Total Predicted Divisions"), score.Result);
                Assert.Equal(Count(row, "True Positive Divisions"), score.Hits);
                Assert.Equal(relax ? Count(row, "True Positive Skip Divisions") : 0, score.SkipHits);
                Assert.Equal(Count(row, "False Positive Divisions"), score.Spurious);
                Assert.Equal(Count(row, "False Negative Divisions"), score.Missed);
                Assert.Equal(Count(row, "Wrong Children Divisions"), score.WrongChildren);
                Same(row, "Division Recall", score.Recall);
                Same(row, "Division Precision", score.Precision);
                SameF1(row, "Division F1", score.F1);
                // traccuracy does not update it for larger buffers: their rows have that of buffer 0 before skips are counted
                Same(row, "Mitotic Branching Correctness", (score.Buffer == 0 ? score : strict.Single(s => s.Buffer == 0)).BranchingCorrectness);
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void TrackOverlap_GraphCase_MatchesTraccuracy(string name)
    {
        GraphCase graphs = Case(name);
        foreach ((string part, bool include) in new[] { ("overlap_incl_div", true), ("overlap_excl_div", false) })
        {
            JsonElement expected = graphs.Part(part)!.Value;

            TrackOverlap overlap = TrackOverlap.Count(graphs.Reference, graphs.Result, graphs.Matching, include);

            Same(expected, "track_purity", overlap.TrackPurity);
            Same(expected, "target_effectiveness", overlap.TargetEffectiveness);
            Same(expected, "track_fractions", overlap.TrackFractions);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void CompleteTracks_GraphCase_MatchesTraccuracy(string name)
    {
        GraphCase graphs = Case(name);
        foreach ((string part, TrackErrorRule rule) in new[] { ("complete_tracks_ctc", TrackErrorRule.Ctc), ("complete_tracks_basic", TrackErrorRule.Basic) })
        {
            if (graphs.Part(part) is not JsonElement expected)
                continue;

            CompleteTracks tracks = CompleteTracks.Count(graphs.Reference, graphs.Result, graphs.Matching, rule);

            Assert.Equal(Count(expected, "total_tracklets"), tracks.Tracklets);
            Assert.Equal(Count(expected, "correct_tracklets"), tracks.CorrectTracklets);
            Assert.Equal(Count(expected, "total_lineages"), tracks.Lineages);
            Assert.Equal(Count(expected, "correct_lineages"), tracks.CorrectLineages);
            Same(expected, "complete_tracklets", tracks.CompleteTracklets);
            Same(expected, "complete_lineages", tracks.CompleteLineages);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Chota_GraphCase_MatchesTraccuracy(string name)
    {
        GraphCase graphs = Case(name);
        if (graphs.Part("chota") is not JsonElement expected)
            return;                                                      // traccuracy itself fails on one-to-many matchings

        double? chota = Chota.Score(graphs.Reference, graphs.Result, graphs.Matching);

        Same(expected, "CHOTA", chota);
    }

    private static GraphCase Case(string name) => GraphCase.All.Single(c => c.Name == name);

    private static int Count(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static void Same(JsonElement json, string name, double? actual)
    {
        JsonElement expected = json.GetProperty(name);
        if (expected.ValueKind == JsonValueKind.Null)
            Assert.Null(actual);
        else
            Assert.Equal(expected.GetDouble(), actual!.Value, Tolerance);
    }

    /// <summary>traccuracy's F1 is undefined where precision and recall are both 0; ours is 0 there.</summary>
    private static void SameF1(JsonElement json, string name, double? actual)
    {
        if (json.GetProperty(name).ValueKind == JsonValueKind.Null)
            Assert.True(actual is null or 0, $"F1 must be undefined or 0; got {actual}.");
        else
            Same(json, name, actual);
    }
}
