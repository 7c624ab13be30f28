using System.Text.Json;
using Cellpose3D.Cli.Evaluation;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Metrics;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tests.Evaluation;

public sealed class EvaluatorTests
{
    [Fact]
    public void Run_TwoImages_GivesMeanByImageAndPooled()
    {
        using var folder = new TemporaryFolder();
        folder.Write("truth/a_masks.npy", "110022");
        folder.Write("truth/b_masks.npy", "1111", "0000");
        folder.Write("ours/a_cp_masks.npy", "110000");
        folder.Write("ours/b_cp_masks.npy", "7770", "0050");

        EvaluationReport report = Run(Options(folder, "ours") with { Thresholds = [0.5, 0.9], Metrics = EvaluationMetrics.All });

        PredictionReport ours = Assert.Single(report.Predictions);
        Assert.False(report.HasFailures);
        Assert.Equal(["a", "b"], ours.Images.Select(image => image.Image));
        Assert.Equal([new(1, 0, 1), new DetectionCounts(1, 0, 1)], ours.Images[0].Cells);
        Assert.Equal([new(1, 1, 0), new DetectionCounts(0, 2, 1)], ours.Images[1].Cells);
        Assert.Equal([0.5, 0.25], ours.Mean!.AveragePrecision);
        Assert.Equal([0.5, 0.2], ours.Pooled!.AveragePrecision);
        Assert.Equal((0.5 + 0.6) / 2, ours.Mean.AggregatedJaccard);
        Assert.Equal(5.0 / 9, ours.Pooled.AggregatedJaccard);
        Assert.Equal((3, 3), (ours.TrueCells, ours.PredictedCells));
        Assert.Equal((1 + 0.75) / 2, ours.Mean.FoundIou);
        Assert.Single(ours.Mean.BoundaryF1!);
    }

    [Fact]
    public void Run_ImageWithoutCells_CountsAsOneAndIsCounted()
    {
        using var folder = new TemporaryFolder();
        folder.Write("truth/a.npy", "000");
        folder.Write("truth/b.npy", "110");
        folder.Write("ours/a.npy", "000");
        folder.Write("ours/b.npy", "000");

        PredictionReport ours = Run(Options(folder, "ours") with { Metrics = EvaluationMetrics.All }).Predictions[0];

        Assert.Equal(1, ours.EmptyImages);
        Assert.All(ours.Mean!.AveragePrecision, ap => Assert.Equal(0.5, ap));
        Assert.All(ours.Pooled!.AveragePrecision, ap => Assert.Equal(0, ap));
        Assert.Equal((0.5, 0.5, 0.5), (ours.Mean.AggregatedJaccard, ours.Mean.PanopticQuality, ours.Mean.BoundaryF1![0]));
    }

    [Fact]
    public void Run_UnmatchedFiles_AreListedAndAMissingPredictionIsAFailure()
    {
        using var folder = new TemporaryFolder();
        string alone = folder.Write("truth/alone_masks.npy", "1");
        folder.Write("truth/both_masks.npy", "1");
        folder.Write("ours/both.npy", "1");
        string extra = folder.Write("ours/extra.npy", "1");

        EvaluationReport report = Run(Options(folder, "ours"));

        Assert.Equal([alone], report.Predictions[0].Missing);
        Assert.Equal([extra], report.Predictions[0].Extra);
        Assert.Single(report.Predictions[0].Images);
        EvaluationFailure failure = Assert.Single(report.Failures);
        Assert.Equal(("ours", "alone"), (failure.Prediction, failure.Image));
        Assert.Contains(alone, failure.Message);
        Assert.True(report.HasFailures);
    }

    [Fact]
    public void Run_ShapesDiffer_NamesBothFilesAndScoresTheOthers()
    {
        using var folder = new TemporaryFolder();
        string truth = folder.Write("truth/a.npy", "110", "000"), prediction = folder.Write("ours/a.npy", "11", "00");
        folder.Write("truth/b.npy", "11");
        folder.Write("ours/b.npy", "11");

        EvaluationReport report = Run(Options(folder, "ours"));

        Assert.Equal($"'{prediction}' is 2 x 2; '{truth}' is 2 x 3.", Assert.Single(report.Failures).Message);
        Assert.Equal("b", Assert.Single(report.Predictions[0].Images).Image);
    }

    [Fact]
    public void Run_UnreadableFiles_AreFailuresOfTheirImage()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["a", "b", "c", "d"])
        {
            folder.Write($"truth/{name}.npy", "11");
            folder.Write($"ours/{name}.npy", "11");
        }
        File.WriteAllText(Path.Combine(folder.Path, "truth", "a.npy"), "no labels");
        File.WriteAllText(Path.Combine(folder.Path, "ours", "b.npy"), "");
        folder.Write("ours/c.npy", new NdArray<int>([1, -3], 1, 2));
        folder.Write("ours/d.npy", new NdArray<int>(2));

        EvaluationReport report = Run(Options(folder, "ours"));

        Assert.Equal([(null, "a"), ("ours", "b"), ("ours", "c"), ("ours", "d")], report.Failures.Select(f => (f.Prediction, f.Image)));
        Assert.Contains("holds -3", report.Failures[2].Message);
        Assert.Contains("has 1: [2]", report.Failures[3].Message);
        Assert.Empty(report.Predictions[0].Images);
        Assert.Null(report.Predictions[0].Mean);
    }

    [Fact]
    public void Run_SeveralPredictions_OpensEachTruthOnce()
    {
        using var folder = new TemporaryFolder();
        string truth = folder.Write("truth/a.npy", "1122");
        folder.Write("ours/a.npy", "1122");
        folder.Write("other/a_label.npy", "1100");
        var read = new List<string>();

        EvaluationReport report = Run(Options(folder, "ours", "other") with
        {
            OpenLabels = path =>
            {
                read.Add(path);
                return PlaneFiles.OpenLabels(path);
            },
        });

        Assert.Equal(3, read.Count);
        Assert.Single(read, truth);
        Assert.Equal([1, 0.5], report.Predictions.Select(p => p.Mean!.AveragePrecision[0]));
    }

    [Fact]
    public void Run_TwoFiles_AreAPairWhateverTheirNames()
    {
        using var folder = new TemporaryFolder();
        string truth = folder.Write("truth.npy", "11"), prediction = folder.Write("result.npy", "11");

        EvaluationReport report = Run(new EvaluationOptions
        {
            Truth = truth, Predictions = [NamedPath.Parse(prediction)],
        });

        Assert.Equal(1, Assert.Single(Assert.Single(report.Predictions).Images).Cells[0].AveragePrecision);
    }

    [Fact]
    public void Run_VolumesAndPlanesOfOne_AreScored()
    {
        using var folder = new TemporaryFolder();
        var volume = new NdArray<int>(3, 4, 5);
        volume.Data[7] = volume.Data[27] = 70_000;
        folder.Write("truth/a.npy", volume);
        folder.Write("ours/a.npy", volume);
        folder.Write("truth/b.npy", "11");
        folder.Write("ours/b.npy", new NdArray<int>([4, 4], 1, 1, 2));

        EvaluationReport report = Run(Options(folder, "ours") with { Metrics = EvaluationMetrics.All });

        Assert.False(report.HasFailures);
        Assert.All(report.Predictions[0].Images, image => Assert.Equal(1, image.Boundary![0].F1));
    }

    [Fact]
    public void Run_VolumeAsTiff_EqualsTheWholeArraysScores()
    {
        using var folder = new TemporaryFolder();
        NdArray<int> truth = Balls(0), prediction = Balls(2);
        string truthFile = Path.Combine(folder.Folder("truth"), "a.tif"), predictionFile = Path.Combine(folder.Folder("ours"), "a.tif");
        TiffWriter.WriteLabels(truthFile, truth);
        TiffWriter.WriteLabels(predictionFile, prediction);

        ImageScores scores = Assert.Single(Run(Options(folder, "ours") with { Metrics = EvaluationMetrics.All }).Predictions[0].Images);

        var overlap = LabelOverlap.Count(truth, prediction);
        Assert.Equal(4, scores.TrueCells);
        Assert.Equal(AveragePrecision.Count(overlap, EvaluationOptions.ParseThresholds("0.5:0.05:0.95")), scores.Cells);
        Assert.InRange(scores.Cells[0].TruePositives, 1, 4);
        Assert.True(scores.Cells[^1].TruePositives < scores.Cells[0].TruePositives, "the balls are shifted");
        Assert.Equal(AggregatedJaccardIndex.Of(overlap), scores.AggregatedJaccard);
        Assert.Equal(PanopticQuality.Of(overlap), scores.Panoptic);
        Assert.Equal(BoundaryScores.Count(truth, prediction, [0.1]), scores.Boundary);
    }

    [Fact]
    public void Run_TimeAxis_ScoresEachFrame()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["truth", "ours"])
        {
            // the same cells, but numbered otherwise in the second frame: as one volume they would not be the same
            int other = name == "truth" ? 2 : 5;
            TiffWriter.WriteLabels(Path.Combine(folder.Folder(name), "a.tif"), new NdArray<int>([1, 1, 0, 2, other, other, 0, 1], 2, 1, 4), "TYX");
        }

        ImageScores[] scores = Run(Options(folder, "ours")).Predictions[0].Images;

        Assert.Equal(["a t000", "a t001"], scores.Select(s => s.Image));
        Assert.All(scores, s => Assert.Equal(new DetectionCounts(2, 0, 0), s.Cells[^1]));
    }

    [Fact]
    public void Run_Cancelled_Throws()
    {
        using var folder = new TemporaryFolder();
        folder.Write("truth/a.npy", "1");
        folder.Write("ours/a.npy", "1");

        Assert.Throws<OperationCanceledException>(() => Evaluator.Run(Options(folder, "ours"), null, new CancellationToken(true)));
    }

    [Fact]
    public void Run_ReferenceMasksOfRealImages_EqualsReference()
    {
        string masks = Golden.Shared("golden", "real"), truths = Golden.Shared("datasets", "nuclei2d", "val");
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(masks, "expected.json")));

        EvaluationReport report = Run(new EvaluationOptions
        {
            Truth = truths, Predictions = [new NamedPath("reference", masks)],
            Thresholds = [.. expected.RootElement.GetProperty("thresholds").EnumerateArray().Select(t => t.GetDouble())],
        });

        PredictionReport reference = Assert.Single(report.Predictions);
        Assert.False(report.HasFailures);
        Assert.Empty(reference.Extra);
        Assert.Equal(68, reference.Images.Length);
        for (int t = 0; t < report.Options.Thresholds.Count; t++)
        {
            Assert.Equal(expected.RootElement.GetProperty("mean_ap")[t].GetDouble(), reference.Mean!.AveragePrecision[t], 1e-6);
            Assert.Equal(expected.RootElement.GetProperty("pooled_ap")[t].GetDouble(), reference.Pooled!.AveragePrecision[t], 1e-6);
        }
    }

    // four balls, two of them touching, moved by some columns
    private static NdArray<int> Balls(int shift)
    {
        var labels = new NdArray<int>(17, 40, 44);
        (int Z, int Y, int X, int R)[] balls = [(6, 10, 10, 6), (9, 10, 21, 5), (8, 29, 12, 7), (12, 28, 32, 4)];
        for (int n = 0; n < balls.Length; n++)
        {
            for (int i = 0; i < labels.Length; i++)
            {
                int z = i / (40 * 44) - balls[n].Z, y = i / 44 % 40 - balls[n].Y, x = i % 44 - balls[n].X - shift;
                if (z * z + y * y + x * x <= balls[n].R * balls[n].R)
                    labels.Data[i] = n + 1;
            }
        }
        return labels;
    }

    internal static EvaluationReport Run(EvaluationOptions options) => Evaluator.Run(options, null, TestContext.Current.CancellationToken);

    internal static EvaluationOptions Options(TemporaryFolder folder, params string[] predictions) => new()
    {
        Truth = Path.Combine(folder.Path, "truth"),
        Predictions = [.. predictions.Select(name => NamedPath.Parse(Path.Combine(folder.Path, name)))],
    };

}
