using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Synthesis;

namespace Cellpose3D.Tracking.Tests.Synthesis;

public sealed class MaskDegraderTests
{
    private static readonly NdArray<int> Truth = new SyntheticMovie(
        new TimelapseOptions { Seed = 2, Frames = 1, Height = 220, Width = 220, Diameter = 15, Crowding = 0.45, Images = false }).Next()!.Labels;

    [Fact]
    public void Degrade_NoDefects_OnlyDealsLabelsAnew()
    {
        DegradedFrame frame = new MaskDegrader(new MaskDefects(), 1).Degrade(Truth, 0);

        AssertMapping(frame);
        for (int n = 0; n < Truth.Length; n++)
            Assert.Equal(Truth.Data[n] == 0 ? [] : [Truth.Data[n]], frame.Labels.Data[n] == 0 ? [] : frame.Masks[frame.Labels.Data[n] - 1].Sources);
        Assert.NotEqual(Truth.Data, frame.Labels.Data);
    }

    [Theory]
    [InlineData("missed")]
    [InlineData("false")]
    [InlineData("merged")]
    [InlineData("split")]
    public void Degrade_OneDefect_HappensAboutAsOftenAsAsked(string kind)
    {
        const double rate = 0.2;
        var defects = kind switch
        {
            "missed" => new MaskDefects { Missed = rate },
            "false" => new MaskDefects { False = rate },
            "merged" => new MaskDefects { Merged = rate },
            _ => new MaskDefects { Split = rate },
        };
        int cells = Truth.Data.Distinct().Count() - 1, found = 0;
        const int frames = 8;
        for (int t = 0; t < frames; t++)
        {
            DegradedFrame frame = new MaskDegrader(defects, 7).Degrade(Truth, t);
            AssertMapping(frame);
            found += kind switch
            {
                "missed" => cells - frame.Masks.Count,
                "false" => frame.Masks.Count(m => m.Sources.Count == 0),
                "merged" => frame.Masks.Sum(m => Math.Max(0, m.Sources.Count - 1)),
                _ => frame.Masks.Count - cells,
            };
        }
        // not every cell touches another, and small ones at the border are not cut
        Assert.InRange(found / (double)(frames * cells), 0.5 * rate, 1.3 * rate);
    }

    [Fact]
    public void Degrade_ErodedAndDilated_ChangesSizesBothWays()
    {
        DegradedFrame frame = new MaskDegrader(new MaskDefects { Eroded = 0.5, Dilated = 0.5, Shuffled = false }, 3).Degrade(Truth, 0);

        int[] smaller = [.. frame.Masks.Where(m => Size(frame.Labels, m.Label) < Size(Truth, m.Sources[0])).Select(m => m.Label)];
        int[] larger = [.. frame.Masks.Where(m => Size(frame.Labels, m.Label) > Size(Truth, m.Sources[0])).Select(m => m.Label)];
        Assert.True(smaller.Length > frame.Masks.Count / 4 && larger.Length > frame.Masks.Count / 4, $"{smaller.Length} and {larger.Length} of {frame.Masks.Count}");
        Assert.Equal(Truth.Data.Distinct().Count() - 1, frame.Masks.Count);
    }

    [Fact]
    public void Degrade_SameFrame_GivesTheSameMasksInAnyOrder()
    {
        MaskDefects defects = MaskDefects.Of(0.1);
        var degrader = new MaskDegrader(defects, 3);
        _ = degrader.Degrade(Truth, 1);

        Assert.Equal(new MaskDegrader(defects, 3).Degrade(Truth, 4).Labels.Data, degrader.Degrade(Truth, 4).Labels.Data);
    }

    [Fact]
    public void Degrade_EmptyFrame_StaysEmpty() =>
        Assert.Empty(new MaskDegrader(MaskDefects.Of(0.3), 3).Degrade(new NdArray<int>(4, 9, 9), 0).Masks);

    private static int Size(NdArray<int> labels, int label) => labels.Data.Count(l => l == label);

    private static void AssertMapping(DegradedFrame frame)
    {
        Assert.Equal(Enumerable.Range(1, frame.Masks.Count), frame.Masks.Select(m => m.Label));
        Assert.Equal(frame.Masks.Select(m => m.Label), frame.Labels.Data.Where(l => l > 0).Distinct().Order());
        for (int n = 0; n < Truth.Length; n++)
        {
            if (frame.Labels.Data[n] > 0 && Truth.Data[n] > 0)
                Assert.Contains(Truth.Data[n], frame.Masks[frame.Labels.Data[n] - 1].Sources);
        }
    }
}
