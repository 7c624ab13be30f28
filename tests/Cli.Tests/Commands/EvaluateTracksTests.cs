using System.Text.Json;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary><c>evaluate --metrics ctc</c>.</summary>
public sealed class EvaluateTracksTests : IDisposable
{
    private const double Tolerance = 1e-12;                              // sums in another order

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("Mini-2D")]
    [InlineData("Mini-3D")]
    public void Evaluate_MiniSequence_HasTheReferencesNumbers(string movie)
    {
        JsonElement expected = JsonDocument.Parse(File.ReadAllText(Golden.Tracking("mini_ctc", "expected.json"))).RootElement.GetProperty(movie).GetProperty("RES_vs_GT");

        CliResult result = Run(Mini(movie, "01_GT"), Mini(movie, "01_RES"), "--json").Succeeds();

        JsonNode scores = result.Json["predictions"]![0]!;
        foreach ((string key, string name) in ((string, string)[])
        [
            ("seg", "SEG"), ("det", "DET"), ("tra", "TRA"), ("lnk", "LNK"), ("ct", "CT"), ("tf", "TF"), ("bc_0", "BC(0)"), ("bc_1", "BC(1)"), ("bc_3", "BC(3)"), ("cca", "CCA"),
            ("bio", "BIO(1)"), ("op_csb", "OP_CSB"), ("op_ctb", "OP_CTB"), ("op_clb", "OP_CLB(1)"), ("chota", "CHOTA"), ("aogm", "AOGM"), ("ns", "NS"), ("ea", "EA"), ("ec", "EC"),
        ])
        {
            JsonElement value = expected.GetProperty(name);
            if (value.ValueKind == JsonValueKind.Null)
                Assert.Null(scores[key]);
            else
                Assert.Equal(value.GetDouble(), (double)scores[key]!, Tolerance);
        }
        Assert.InRange((double)scores["division_f1_1"]!, 0, 1);
    }

    [Fact]
    public void Evaluate_OtherSemantics_FollowThem()
    {
        JsonElement all = JsonDocument.Parse(File.ReadAllText(Golden.Tracking("mini_ctc", "expected.json"))).RootElement, expected = all.GetProperty("Mini-2D").GetProperty("RES_vs_GT");

        CliResult quirk = Run(Mini("Mini-2D", "01_GT"), Mini("Mini-2D", "01_RES"), "--semantics", "py-ctcmetrics", "--division-tolerance", "3", "--json").Succeeds();
        CliResult other = Run(Mini("Mini-3D", "01_GT"), Mini("Mini-3D", "01_RES"), "--semantics", "traccuracy", "--json").Succeeds();

        Assert.Equal(expected.GetProperty("TF_ctc_quirk").GetDouble(), (double)quirk.Json["predictions"]![0]!["tf"]!, Tolerance);
        Assert.Equal("py-ctcmetrics", (string)quirk.Json["semantics"]!);
        Assert.NotEqual(1, all.GetProperty("Mini-3D").GetProperty("RES_vs_GT").GetProperty("EC").GetInt32());
        Assert.Equal(1, (int)other.Json["predictions"]![0]!["ec"]!);
    }

    [Fact]
    public void Evaluate_StackBesideItsTable_ScoresAsTheFolder()
    {
        foreach (string side in (string[])["01_GT", "01_RES"])
        {
            CtcFolder ctc = CtcFolder.Open(Mini("Mini-2D", side));
            NdArray<int>[] frames = [.. Enumerable.Range(0, ctc.FrameCount).Select(ctc.ReadFrame)];
            TiffWriter.WriteLabels(At($"{side}.tif"), TestMovies.Stack(frames), "TYX");
            File.Copy(ctc.TableFile, At($"{side}.txt"));
        }

        JsonNode folder = Run(Mini("Mini-2D", "01_GT"), Mini("Mini-2D", "01_RES"), "--json").Succeeds().Json["predictions"]![0]!;
        JsonNode stack = Run(At("01_GT.tif"), At("01_RES.tif"), "--json").Succeeds().Json["predictions"]![0]!;

        foreach (string key in (string[])["det", "tra", "lnk", "ct", "tf", "bc_1", "bio", "chota", "division_f1_0"])
            Assert.Equal((double?)folder[key], (double?)stack[key]);
        Assert.Null((double?)stack["seg"]);
    }

    [Fact]
    public void Evaluate_SeveralResults_AreColumnsAndRows()
    {
        CliResult result = CliProgram.Run(
            "evaluate", "--metrics", "ctc", "--truth", Mini("Mini-2D", "01_GT"), "--pred", $"perfect={Mini("Mini-2D", "01_GT")}", "--pred", $"poor={Mini("Mini-2D", "01_RES")}",
            "--csv", At("scores.csv")).Succeeds();

        Assert.Matches(@"LNK .*1\.0000 .*0\.6954", result.Output);
        Assert.Equal(["prediction", "perfect", "poor"], File.ReadAllLines(At("scores.csv")).Select(l => l.Split(',')[0]));
    }

    [Fact]
    public void Evaluate_MaskWithoutItsRow_SaysWhere()
    {
        string result = CopyMini("01_RES");
        string table = Path.Combine(result, "res_track.txt");
        string[] rows = File.ReadAllLines(table);
        File.WriteAllLines(table, rows.Where(r => !r.StartsWith(rows[0].Split(' ')[0] + " ", StringComparison.Ordinal)));

        Run(Mini("Mini-2D", "01_GT"), result).FailsWith(ExitCode.BadInput, result, "without a row");
    }

    [Fact]
    public void Evaluate_FramesMissingOrOfAnotherSize_SaysWhich()
    {
        string result = CopyMini("01_RES"), frame = Path.Combine(result, "mask002.tif");
        TiffWriter.WriteLabels(frame, new NdArray<int>(8, 9));
        Run(Mini("Mini-2D", "01_GT"), result).FailsWith(ExitCode.BadInput, $"'{frame}' is 8 x 9", "is 64 x 64");

        File.Delete(frame);
        Run(Mini("Mini-2D", "01_GT"), result).FailsWith(ExitCode.BadInput, "has no 'mask002.tif'");
        Run(Mini("Mini-2D", "01_GT"), At("nowhere")).FailsWith(ExitCode.BadInput, "nowhere");
    }

    [Theory]
    [InlineData("--metrics ctc scores whole movies", "--metrics", "ctc,ap")]
    [InlineData("--thresholds belongs to", "--metrics", "ctc", "--thresholds", "0.5")]
    [InlineData("--division-tolerance must be 0 to 10", "--metrics", "ctc", "--division-tolerance", "11")]
    [InlineData("--semantics belongs to --metrics ctc", "--metrics", "ap", "--semantics", "traccuracy")]
    public void Evaluate_OptionsThatDoNotFit_AreUsageErrors(string text, params string[] options) =>
        CliProgram.Run(["evaluate", "--truth", Mini("Mini-2D", "01_GT"), "--pred", Mini("Mini-2D", "01_RES"), .. options]).FailsWith(ExitCode.Usage, text);

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private static string Mini(params string[] parts) => Golden.Tracking(["mini_ctc", .. parts]);

    private string CopyMini(string name)
    {
        string folder = _folder.Folder(name);
        foreach (string file in Directory.EnumerateFiles(Mini("Mini-2D", name)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }

    private static CliResult Run(string truth, string result, params string[] more) => CliProgram.Run(["evaluate", "--metrics", "ctc", "--truth", truth, "--pred", result, .. more]);
}
