using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The verb <c>evaluate</c>.</summary>
public sealed class EvaluateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Evaluate_TwoPredictions_ScoresBothInTableCsvAndPlot()
    {
        WriteTruth();
        _folder.Write("good/a_cp_masks.npy", "110022", "110022");
        _folder.Write("good/b_cp_masks.npy", "1111");
        _folder.Write("poor/a.npy", "110000", "110000");
        _folder.Write("poor/b.npy", "0000");

        CliResult result = Run("--pred", $"good={At("good")}", "--pred", At("poor"), "--csv", At("scores.csv"), "--plot", At("ap.png")).Succeeds();

        Assert.Matches("good.*poor", result.Output);
        Assert.Matches(@"AP 0\.50 .*1\.000 / 1\.000.*0\.250 / 0\.333", result.Output);
        string[] csv = File.ReadAllLines(At("scores.csv"));
        Assert.StartsWith("prediction,image,truth_file", csv[0]);
        Assert.Equal(["good,a", "good,b", "poor,a", "poor,b"], csv[1..].Select(row => string.Join(',', row.Split(',')[..2])));
        LoadedImage plot = ImageReader.Read(At("ap.png"));
        Assert.True(plot.Pixels.Data.Distinct().Count() > 2);
    }

    [Fact]
    public void Evaluate_Json_PrintsOneObject()
    {
        WriteTruth();
        _folder.Write("good/a.npy", "110022", "110022");
        _folder.Write("good/b.npy", "1111");

        CliResult result = Run("--pred", At("good"), "--json", "--thresholds", "0.5,0.9", "--metrics", "all").Succeeds();

        JsonNode good = result.Json["predictions"]![0]!;
        Assert.Equal(("good", 2, 3), ((string)good["name"]!, (int)good["images"]!, (int)good["true_cells"]!));
        Assert.Equal([1, 1], good["mean"]!["ap"]!.AsArray().Select(v => (double)v!));
        Assert.Empty(result.Json["failures"]!.AsArray());
    }

    [Fact]
    public void Evaluate_VolumesOfEveryFormat_HaveTheSameScores()
    {
        var truth = new NdArray<int>(9, 40, 30);
        for (int i = 0; i < truth.Length; i++)
            truth.Data[i] = (i / 1200 / 5 * 2 + i / 30 % 40 / 20) * 2 + i % 30 / 15 + 1;
        var pred = new NdArray<int>(Array.ConvertAll(truth.Data, l => l == 3 ? 0 : l == 8 ? 70_000 : l), truth.Shape);
        TiffWriter.WriteLabels(At("t.tif"), truth, "ZYX");
        TiffWriter.WriteLabels(At("p.tif"), pred, "ZYX");
        foreach (string path in (string[])[At("p.h5:/seg/cells"), At("p.zarr"), At("p.ome.tif")])
            CliProgram.Run("convert", At("p.tif"), path, "--labels", "--chunk-size", "4,16,16").Succeeds();
        CliProgram.Run("convert", At("t.tif"), At("t.h5"), "--labels").Succeeds();

        JsonNode all = CliProgram.Run(
            "evaluate", "--truth", At("t.h5:/label"), "--pred", At("p.h5:/seg/cells"), "--pred", At("p.zarr"), "--pred", $"ome={At("p.ome.tif")}", "--pred", $"tif={At("p.tif")}",
            "--metrics", "all", "--json").Succeeds().Json;
        Directory.CreateDirectory(At("preds"));
        Directory.Move(At("p.zarr"), At("preds/t_cp_masks.zarr"));
        JsonNode folder = CliProgram.Run("evaluate", "--truth", At("t.tif"), "--pred", At("preds"), "--metrics", "all", "--json").Succeeds().Json;

        JsonNode[] predictions = [.. all["predictions"]!.AsArray().Select(p => p!)];
        Assert.Equal(["p:/seg/cells", "p", "ome", "tif"], predictions.Select(p => (string)p["name"]!));
        Assert.Equal((8, 7), ((int)predictions[0]["true_cells"]!, (int)predictions[0]["predicted_cells"]!));
        Assert.Equal(7.0 / 8, (double)predictions[0]["mean"]!["ap"]![0]!, 1e-9);
        Assert.All(predictions, p => Assert.Equal(predictions[0]["mean"]!.ToJsonString(), p["mean"]!.ToJsonString()));
        Assert.Equal(predictions[0]["mean"]!.ToJsonString(), folder["predictions"]![0]!["mean"]!.ToJsonString());
    }

    [Fact]
    public void Evaluate_MissingPrediction_ScoresTheOthersAndSaysSo()
    {
        WriteTruth();
        _folder.Write("part/a.npy", "110022", "110022");

        CliResult result = Run("--pred", At("part"));

        result.FailsWith(ExitCode.SomeFailed, "b_masks.npy' has no prediction in", At("part"));
        Assert.Matches(@"AP 0\.50 .*1\.000", result.Output);
    }

    [Fact]
    public void Evaluate_SeventyThousandCells_CountsThemAll()
    {
        NdArray<int> labels = new([.. Enumerable.Range(0, 280 * 251).Select(i => i < 70_000 ? i + 1 : 0)], 251, 280);
        string truth = At("labels.tif"), prediction = _folder.Write("labels.npy", labels);
        TiffWriter.WriteLabels(truth, labels);

        CliResult inspected = CliProgram.Run("inspect", truth, "--json").Succeeds();
        CliResult scored = CliProgram.Run("evaluate", "--truth", truth, "--pred", prediction, "--metrics", "ap,aji", "--json").Succeeds();

        Assert.Equal("uint32", (string)inspected.Json["files"]![0]!["pixel_type"]!);
        JsonNode all = scored.Json["predictions"]![0]!;
        Assert.Equal((70_000, 70_000), ((int)all["true_cells"]!, (int)all["predicted_cells"]!));
        Assert.Equal((1.0, 1.0), ((double)all["pooled"]!["ap"]![0]!, (double)all["pooled"]!["aji"]!));
    }

    [Fact]
    public void Evaluate_OnlyPairIsBad_SaysWhyAndWritesNothing()
    {
        string truth = _folder.Write("truth.npy", "1100"), other = _folder.Write("other.npy", "11", "00"), noise = TestImages.WriteNoise(At("noise.tif"));
        string image = TestImages.WriteTiff(At("image.tif"), TestImages.Stack(TestImages.Empty(1, 4, 1), TestImages.Empty(1, 4, 1)), "CYX");

        foreach ((string prediction, string text) in ((string, string)[])[(other, "is 2 x 2"), (noise, "is not TIFF"), (image, "labels must have one channel")])
        {
            CliResult result = CliProgram.Run("evaluate", "--truth", truth, "--pred", prediction, "--csv", At("scores.csv"), "--plot", At("ap.png"));
            result.FailsWith(ExitCode.BadInput, $"'{prediction}'", text);
            Assert.Empty(result.Output);
        }
        Assert.Equal(["image.tif", "noise.tif", "other.npy", "truth.npy"], TestImages.FilesIn(_folder.Path));
    }

    [Fact]
    public void Evaluate_FolderMissing_SaysWhich()
    {
        WriteTruth();

        Run("--pred", At("nowhere")).FailsWith(ExitCode.BadInput, $"'{At("nowhere")}' does not exist");
        CliProgram.Run("evaluate", "--truth", At("nowhere"), "--pred", At("truth")).FailsWith(ExitCode.BadInput, $"'{At("nowhere")}' does not exist");
        Run("--pred", _folder.Folder("empty")).FailsWith(ExitCode.BadInput, $"'{At("empty")}' has no label files");
    }

    [Theory]
    [InlineData("--thresholds", "1.5", "thresholds must be IoU in (0, 1]")]
    [InlineData("--metrics", "accuracy", "metrics must be ap, aji, boundary, pq or all")]
    [InlineData("--csv", "nowhere/scores.csv", "the folder")]
    [InlineData("--plot", "/", "--plot must be a file")]
    [InlineData("--compat", "cellpose2", "cellpose3")]
    [InlineData("--iou", "0.5", "--iou")]
    public void Evaluate_BadOption_SaysWhatItMustBe(string option, string value, string text)
    {
        WriteTruth();

        CliResult result = Run("--pred", At("truth"), option, value);

        Assert.Equal((int)ExitCode.Usage, result.ExitCode);
        Assert.Contains(text, Assert.Single(result.ErrorLines));
        Assert.Empty(result.Output);
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    // two cells in a, one in b
    private void WriteTruth()
    {
        _folder.Write("truth/a_masks.npy", "110022", "110022");
        _folder.Write("truth/b_masks.npy", "1111");
    }

    private CliResult Run(params string[] args) => CliProgram.Run(["evaluate", "--truth", At("truth"), .. args]);
}
