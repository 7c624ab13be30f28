using Cellpose3D.Cli.Evaluation;

namespace Cellpose3D.Cli.Tests.Evaluation;

public sealed class EvaluationOptionsTests
{
    private static readonly EvaluationOptions Valid = new()
    {
        Truth = "truth", Predictions = [new NamedPath("a", "x")],
    };

    [Fact]
    public void Thresholds_Default_AreTheNearestDoublesToTheirDecimals()
    {
        Assert.Equal([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95], Valid.Thresholds);
    }

    [Theory]
    [InlineData("0.9,0.5,0.5", new[] { 0.5, 0.9 })]
    [InlineData("0.5:0.2:1", new[] { 0.5, 0.7, 0.9 })]
    [InlineData("0.3, 0.5:0.25:1", new[] { 0.3, 0.5, 0.75, 1.0 })]
    public void ParseThresholds_ListsAndRanges_AreAscendingAndOnce(string text, double[] expected) =>
        Assert.Equal(expected, EvaluationOptions.ParseThresholds(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("1.1")]
    [InlineData("-0.5")]
    [InlineData("half")]
    [InlineData("0.5:0.1")]
    [InlineData("0.5:0:0.9")]
    [InlineData("0.9:0.1:0.5")]
    [InlineData("0.1:0.0000001:1")]
    public void ParseThresholds_NotIou_Throws(string text)
    {
        var e = Assert.Throws<ArgumentException>(() => EvaluationOptions.ParseThresholds(text));

        Assert.Contains("thresholds must be", e.Message);
    }

    [Fact]
    public void ParseMetrics_Names_AreCombined()
    {
        Assert.Equal(EvaluationMetrics.AveragePrecision | EvaluationMetrics.Boundary, EvaluationOptions.ParseMetrics("ap, boundary"));
        Assert.Equal(EvaluationMetrics.All, EvaluationOptions.ParseMetrics("all"));
        Assert.Contains("got 'iou'", Assert.Throws<ArgumentException>(() => EvaluationOptions.ParseMetrics("ap,iou")).Message);
    }

    [Fact]
    public void Validate_Contradictions_Throw()
    {
        Valid.Validate();
        Assert.Throws<ArgumentException>((Valid with { Predictions = [] }).Validate);
        Assert.Throws<ArgumentException>((Valid with { Thresholds = [] }).Validate);
        Assert.Throws<ArgumentException>((Valid with { Thresholds = [0.5, double.NaN] }).Validate);
        Assert.Throws<ArgumentException>((Valid with { BoundaryScales = [-1] }).Validate);
        Assert.Throws<ArgumentException>((Valid with { Metrics = EvaluationMetrics.None }).Validate);
        Assert.Throws<ArgumentOutOfRangeException>((Valid with { Threads = -1 }).Validate);
        string same = Assert.Throws<ArgumentException>((Valid with { Predictions = [new("a", "x/masks"), new("a", "y/masks")] }).Validate).Message;
        Assert.Contains("'x/masks' and 'y/masks'. Write NAME=PATH.", same);
    }
}
