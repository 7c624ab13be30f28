using System.Text.Json;
using Cellpose3D.Core2D.Metrics;
using OpenCvSharp;

namespace Cellpose3D.Core2D.Tests.Metrics;

public sealed class AveragePrecisionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Count_GoldenPairs_EqualsReference(int pair)
    {
        double[] thresholds = Golden.Load<double>("metrics", "thresholds").Data;

        DetectionCounts[] counts = AveragePrecision.Count(MatchingTests.GoldenOverlap(pair), thresholds, countByLargestLabel: true);

        Assert.Equal(Golden.Load<float>("metrics", "tp").Plane(pair).ToArray(), counts.Select(c => (float)c.TruePositives));
        Assert.Equal(Golden.Load<float>("metrics", "fp").Plane(pair).ToArray(), counts.Select(c => (float)c.FalsePositives));
        Assert.Equal(Golden.Load<float>("metrics", "fn").Plane(pair).ToArray(), counts.Select(c => (float)c.FalseNegatives));
        Assert.Equal(Golden.Load<float>("metrics", "ap").Plane(pair).ToArray(), counts.Select(c => (float)c.AveragePrecision));
    }

    [Fact]
    public void Count_GapInLabels_CountsAsACellOnlyByLargestLabel()
    {
        var truth = new NdArray<int>([1, 1, 0, 4], 1, 4);
        var overlap = LabelOverlap.Count(truth, truth);

        DetectionCounts present = AveragePrecision.Count(overlap, [0.5])[0];
        DetectionCounts largest = AveragePrecision.Count(overlap, [0.5], countByLargestLabel: true)[0];

        Assert.Equal(new DetectionCounts(2, 0, 0), present);
        Assert.Equal(new DetectionCounts(2, 2, 2), largest);
    }

    [Fact]
    public void AveragePrecision_NothingToFind_IsOneWhenNothingWasFound()
    {
        var none = new NdArray<int>(4, 4);
        var one = new NdArray<int>(4, 4);
        one.Data[5] = 1;

        Assert.Equal(1, Ap(none, none));
        Assert.Equal(0, Ap(none, one));
        Assert.Equal(0, Ap(one, none));
        Assert.Equal(1, Ap(one, one));

        static double Ap(NdArray<int> truth, NdArray<int> pred) =>
            AveragePrecision.Count(LabelOverlap.Count(truth, pred), [0.5])[0].AveragePrecision;
    }

    [Fact]
    public void Pool_TwoImages_AddsTheirCounts()
    {
        DetectionCounts[] pooled = AveragePrecision.Pool([[new(3, 1, 0), new(2, 2, 1)], [new(0, 0, 5), new(0, 0, 5)]]);

        Assert.Equal([new(3, 1, 5), new DetectionCounts(2, 2, 6)], pooled);
        Assert.Equal(3.0 / 9, pooled[0].AveragePrecision);
        Assert.Empty(AveragePrecision.Pool([]));
    }

    [Fact]
    public void Count_ReferenceMasksOfRealImages_EqualsReference()
    {
        string masks = Golden.Shared("golden", "real"), truths = Golden.Shared("datasets", "nuclei2d", "val");
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(masks, "expected.json")));
        double[] thresholds = Numbers(expected, "thresholds");
        var images = new List<DetectionCounts[]>();

        foreach (JsonProperty image in expected.RootElement.GetProperty("per_image").EnumerateObject())
        {
            NdArray<int> truth = ReadPng(Path.Combine(truths, image.Name + "_masks.png"));
            NdArray<int> pred = ReadPng(Path.Combine(masks, image.Name + "_ref_masks.png"));
            DetectionCounts[] counts = AveragePrecision.Count(LabelOverlap.Count(truth, pred), thresholds);
            images.Add(counts);
            Assert.Equal(image.Value.GetProperty("ap50").GetDouble(), counts[0].AveragePrecision, 1e-6);
            Assert.Equal(image.Value.GetProperty("ap75").GetDouble(), counts[Array.IndexOf(thresholds, 0.75)].AveragePrecision, 1e-6);
        }

        DetectionCounts[] pooled = AveragePrecision.Pool(images);
        Assert.Equal(expected.RootElement.GetProperty("images").GetInt32(), images.Count);
        Assert.Equal(Numbers(expected, "tp"), pooled.Select(c => (double)c.TruePositives));
        Assert.Equal(Numbers(expected, "fp"), pooled.Select(c => (double)c.FalsePositives));
        Assert.Equal(Numbers(expected, "fn"), pooled.Select(c => (double)c.FalseNegatives));
        for (int t = 0; t < thresholds.Length; t++)
        {
            Assert.Equal(Numbers(expected, "pooled_ap")[t], pooled[t].AveragePrecision, 1e-6);
            Assert.Equal(Numbers(expected, "mean_ap")[t], images.Average(image => image[t].AveragePrecision), 1e-6);
        }
    }

    private static double[] Numbers(JsonDocument json, string name) =>
        [.. json.RootElement.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    private static NdArray<int> ReadPng(string path)
    {
        using Mat file = Cv2.ImRead(path, ImreadModes.Unchanged), labels = new();
        file.ConvertTo(labels, MatType.CV_32SC1);
        Assert.True(labels.GetArray(out int[] values));
        return new NdArray<int>(values, labels.Rows, labels.Cols);
    }
}
