using System.Text.Json;
using Cellpose3D.Tracking.Metrics;

namespace Cellpose3D.Tracking.Tests.Metrics;

/// <summary>Numbers that other programs quote for Fluo-N2DL-HeLa-01, whose masks are not at hand: the scores must follow from the counts.</summary>
public sealed class ReferenceNumbersTests
{
    [Fact]
    public void AogmCounts_HeLaCounts_GiveTheQuotedScores()
    {
        JsonElement quoted = JsonDocument.Parse(File.ReadAllText(Golden.Tracking("expected_reference_numbers.json"))).RootElement
            .EnumerateObject().Single(p => p.Name.StartsWith("traccuracy", StringComparison.Ordinal)).Value;
        JsonElement counts = quoted.GetProperty("CTCMetrics"), scores = quoted.GetProperty("py-ctcmetrics values quoted in the same test file");
        JsonElement derived = quoted.GetProperty("derived from those (ours)");
        var traccuracy = new AogmCounts(
            derived.GetProperty("GT vertices").GetInt32(), derived.GetProperty("GT edges").GetInt32(), I("ns_nodes"), I("fn_nodes"), I("fp_nodes"), I("fp_edges"), I("fn_edges"), I("ws_edges"));
        AogmCounts official = traccuracy with { EdgesToAlter = derived.GetProperty("implied official EC").GetInt32() };

        Assert.Equal(derived.GetProperty("traccuracy AOGM").GetDouble(), traccuracy.Aogm, 1e-9);
        Assert.Equal(derived.GetProperty("official AOGM").GetDouble(), official.Aogm, 1e-9);
        Assert.Equal(scores.GetProperty("DET").GetDouble(), official.Det!.Value, 1e-12);
        Assert.Equal(scores.GetProperty("TRA").GetDouble(), official.Tra!.Value, 1e-12);

        int I(string name) => counts.GetProperty(name).GetInt32();
    }
}
