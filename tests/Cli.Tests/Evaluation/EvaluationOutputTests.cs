using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Evaluation;
using Spectre.Console;

namespace Cellpose3D.Cli.Tests.Evaluation;

public sealed class EvaluationOutputTests
{
    [Fact]
    public void Json_Report_HasItsStableKeys()
    {
        using var folder = new TemporaryFolder();

        JsonObject json = EvaluationJson.Build(Report(folder));

        Assert.Equal(["truth", "thresholds", "boundary_scales", "compat", "predictions", "failures"], json.Select(pair => pair.Key));
        JsonObject ours = json["predictions"]![0]!.AsObject();
        Assert.Equal(
            ["name", "path", "images", "empty_images", "true_cells", "predicted_cells", "mean", "pooled", "per_image", "missing", "extra"],
            ours.Select(pair => pair.Key));
        string[] scores = ["ap", "precision", "recall", "f1", "aji", "pq", "found_iou", "boundary_precision", "boundary_recall", "boundary_f1"];
        Assert.Equal(scores, ours["mean"]!.AsObject().Select(pair => pair.Key));
        Assert.Equal([.. scores, "tp", "fp", "fn"], ours["pooled"]!.AsObject().Select(pair => pair.Key));
        Assert.Equal(
            ["image", "truth", "prediction", "true_cells", "predicted_cells", "ap", "tp", "fp", "fn", "aji", "pq", "found_iou",
                "boundary_precision", "boundary_recall", "boundary_f1"],
            ours["per_image"]![0]!.AsObject().Select(pair => pair.Key));
        Assert.Equal("[0.5,0]", ours["mean"]!["ap"]!.ToJsonString());
        Assert.Equal("[1,0]", ours["pooled"]!["tp"]!.ToJsonString());
        Assert.Equal("other", json["failures"]![0]!["prediction"]!.GetValue<string>());
        Assert.Null(json["predictions"]![1]!["mean"]);
    }

    [Fact]
    public void Json_MetricsNotAskedFor_HaveNoKey()
    {
        using var folder = new TemporaryFolder();

        JsonObject json = EvaluationJson.Build(Report(folder, EvaluationMetrics.AggregatedJaccard));

        Assert.False(json.ContainsKey("boundary_scales"));
        Assert.Equal(["aji"], json["predictions"]![0]!["mean"]!.AsObject().Select(pair => pair.Key));
    }

    [Fact]
    public void Csv_Report_HasARowPerPredictionAndImage()
    {
        using var folder = new TemporaryFolder();
        var text = new StringWriter(CultureInfo.InvariantCulture);

        EvaluationCsv.Write(text, Report(folder));

        string[] lines = text.ToString().Split('\n');
        Assert.Equal("prediction,image,truth_file,prediction_file,true_cells,predicted_cells,ap_0.5,tp_0.5,fp_0.5,fn_0.5,ap_0.9,tp_0.9,fp_0.9,fn_0.9,"
            + "aji,pq,found_iou,boundary_precision_0.1,boundary_recall_0.1,boundary_f1_0.1", lines[0]);
        Assert.StartsWith("\"ours, best\",a,", lines[1]);
        Assert.Contains(",2,1,0.5,1,0,1,0,0,1,2,0.5,0.4444", lines[1]);
        Assert.Equal(3, lines.Length);                                   // and the end of the last line
        Assert.Equal("", lines[2]);
    }

    [Fact]
    public void Table_Report_ShowsScoresAndWhatWasNotScored()
    {
        using var folder = new TemporaryFolder();
        var text = new StringWriter(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = 80;

        EvaluationTable.Write(console, Report(folder));

        string table = text.ToString();
        Assert.Matches(@"AP 0\.50 +│ 0\.500 / 0\.500 │ +- │", table);
        Assert.Matches(@"AP 0\.50-0\.90 +│ 0\.250 / 0\.250 │", table);
        Assert.Contains(" ours, best │", table);
        Assert.Contains("other: not in the truth, not scored:\n  b.npy\n", table.ReplaceLineEndings("\n"));
        Assert.Contains("has no prediction in", table);
    }

    [Fact]
    public void Plot_Report_IsAPngOfTheAskedSize()
    {
        using var folder = new TemporaryFolder();

        byte[] png = EvaluationPlot.Png(Report(folder), 600, 400);

        using OpenCvSharp.Mat image = OpenCvSharp.Cv2.ImDecode(png, OpenCvSharp.ImreadModes.Color);
        Assert.Equal((400, 600), (image.Rows, image.Cols));
        OpenCvSharp.Cv2.MeanStdDev(image, out _, out OpenCvSharp.Scalar deviation);
        Assert.True(deviation.Val0 > 5, "the plot is blank");
    }

    [Fact]
    public void Plot_NothingScoredOrOneThreshold_IsDrawn()
    {
        using var folder = new TemporaryFolder();
        EvaluationReport report = Report(folder);

        Assert.NotEmpty(EvaluationPlot.Png(report with { Predictions = [report.Predictions[1]] }));
        folder.Write("one/a.npy", "1100");
        Assert.NotEmpty(EvaluationPlot.Png(EvaluatorTests.Run(EvaluatorTests.Options(folder, "one") with { Thresholds = [0.5] })));
    }

    /// <summary>One prediction with a scored image and one whose only file has no truth.</summary>
    private static EvaluationReport Report(TemporaryFolder folder, EvaluationMetrics metrics = EvaluationMetrics.All)
    {
        folder.Write("truth/a.npy", "1222");
        folder.Write("ours/a.npy", "0220");
        folder.Write("other/b.npy", "1100");
        EvaluationOptions options = EvaluatorTests.Options(folder, "ours", "other");
        return EvaluatorTests.Run(options with
        {
            Predictions = [options.Predictions[0] with { Name = "ours, best" }, options.Predictions[1]],
            Thresholds = [0.5, 0.9], Metrics = metrics,
        });
    }
}
