using System.Text.Json;
using Cellpose3D.IO.Ctc;
using Cellpose3D.Tracking.Metrics;

namespace Cellpose3D.Tracking.Tests.Metrics;

public sealed class MiniCtcTests
{
    private const double Tolerance = 1e-12;

    [Theory]
    [InlineData("Mini-2D", "GT_vs_GT")]
    [InlineData("Mini-2D", "RES_vs_GT")]
    [InlineData("Mini-3D", "GT_vs_GT")]
    [InlineData("Mini-3D", "RES_vs_GT")]
    public void Score_MiniSequence_MatchesEveryNumber(string movie, string pair)
    {
        CtcFolder truth = CtcFolder.Open(Golden.Tracking("mini_ctc", movie, "01_GT"));
        CtcFolder result = pair == "GT_vs_GT" ? truth : CtcFolder.Open(Golden.Tracking("mini_ctc", movie, "01_RES"));
        JsonElement expected = Expected(movie, pair);

        CtcScores scores = CtcScoring.Score(truth, result);
        CtcScores quirk = CtcScoring.Score(truth, result, new CtcScoreOptions { LabelOrderInTrackFractions = true });

        Assert.Equal(
            [I("num_vertices"), I("num_edges"), I("NS"), I("FN"), I("FP"), I("ED"), I("EA"), I("EC"), I("CT_correct_tracks")],
            new[]
            {
                scores.Aogm.Nodes, scores.Aogm.Edges, scores.Aogm.Splits, scores.Aogm.Missed, scores.Aogm.Spurious,
                scores.Aogm.EdgesToDelete, scores.Aogm.EdgesToAdd, scores.Aogm.EdgesToAlter, scores.CompleteTracks,
            });
        Assert.Equal(I("NS_nodes"), I("NS"));                            // they differ only where one result covers three references; no such in these
        Same("AOGM", scores.Aogm.Aogm);
        Same("DET", scores.Det);
        Same("TRA", scores.Tra);
        Same("LNK", scores.Lnk);
        Same("SEG", scores.Seg);
        Same("OP_CSB", scores.OpCsb);
        Same("OP_CTB", scores.OpCtb);
        Same("CT", scores.Ct);
        Same("TF", scores.Tf);
        Same("TF_ctc_quirk", quirk.Tf);
        Same("CCA", scores.Cca);
        Same("CHOTA", scores.Chota);
        for (int i = 0; i <= 3; i++)
        {
            Same($"BC({i})", scores.Bc[i]);
            Same($"BIO({i})", scores.BioAt(i));
            Same($"OP_CLB({i})", (scores.Lnk + scores.BioAt(i)) / 2);
            JsonElement divisions = expected.GetProperty($"div({i})");
            Assert.Equal(divisions.GetProperty("tp").GetInt32(), scores.Divisions[i].Hits);
            Assert.Equal(divisions.GetProperty("fp").GetInt32(), scores.Divisions[i].Spurious);
            Assert.Equal(divisions.GetProperty("fn").GetInt32(), scores.Divisions[i].Missed);
        }

        int I(string name) => expected.GetProperty(name).GetInt32();
        void Same(string name, double? actual)
        {
            JsonElement value = expected.GetProperty(name);
            if (value.ValueKind == JsonValueKind.Null)
                Assert.Null(actual);
            else
                Assert.Equal(value.GetDouble(), actual ?? double.NaN, Tolerance);
        }
    }

    [Fact]
    public void Score_OnlyDivisionsJoinTracks_AltersGapLinks()
    {
        CtcFolder truth = CtcFolder.Open(Golden.Tracking("mini_ctc", "Mini-3D", "01_GT"));
        CtcFolder result = CtcFolder.Open(Golden.Tracking("mini_ctc", "Mini-3D", "01_RES"));

        CtcScores scores = CtcScoring.Score(truth, result, new CtcScoreOptions { OnlyDivisionsJoinTracks = true });

        Assert.Equal(1, scores.Aogm.EdgesToAlter);                       // an only child's parent link counts as within the track
    }

    private static JsonElement Expected(string movie, string pair) =>
        JsonDocument.Parse(File.ReadAllText(Golden.Tracking("mini_ctc", "expected.json"))).RootElement.GetProperty(movie).GetProperty(pair);
}
