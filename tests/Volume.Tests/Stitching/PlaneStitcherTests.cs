using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Stitching;

namespace Cellpose3D.Volume.Tests.Stitching;

public sealed class PlaneStitcherTests
{
    [Theory]
    [InlineData("a", "0.25")]
    [InlineData("a", "0.6")]
    [InlineData("a", "0.9")]
    [InlineData("emptyfirst", "0.25")]
    [InlineData("emptyfirst", "0.6")]
    [InlineData("emptyfirst", "0.9")]
    [InlineData("emptymid", "0.25")]
    [InlineData("emptymid", "0.6")]
    [InlineData("emptymid", "0.9")]
    public void Add_ReferenceRule_IsTheReferencesStack(string stack, string threshold)
    {
        NdArray<int> input = Golden.Load<int>("stitch3d", $"in_{stack}");

        NdArray<int> stitched = Stitch(input, double.Parse(threshold, System.Globalization.CultureInfo.InvariantCulture), reference: true);

        // the vectors are stored in eight bits
        Parity.SameLabels(Golden.Load<int>("stitch3d", $"out_{stack}_{threshold}"), new NdArray<int>(Array.ConvertAll(stitched.Data, v => (int)(byte)v), stitched.Shape));
        MaskCleanup.FillHolesAndRemoveSmall(stitched, 15, referenceRemoval: true, cancellationToken: TestContext.Current.CancellationToken);
        Parity.SameLabels(Golden.Load<int>("stitch3d", $"outfilled_{stack}_{threshold}"), new NdArray<int>(Array.ConvertAll(stitched.Data, v => (int)(byte)v), stitched.Shape));
    }

    [Fact]
    public void Add_TwoMasksOverOne_OnlyTheBetterContinuesIt()
    {
        var below = new NdArray<int>([1, 1, 1, 1, 1, 1], 1, 6);
        var above = new NdArray<int>([2, 2, 1, 1, 1, 0], 1, 6);
        var stitcher = new PlaneStitcher(0.2);

        stitcher.Add(below);
        NdArray<int> joined = stitcher.Add(above);

        Assert.Equal([2, 2, 1, 1, 1, 0], joined.Data);
    }

    [Fact]
    public void Add_EqualOverlaps_NeverShareALabel()
    {
        var below = new NdArray<int>([1, 1, 1, 1], 1, 4);
        var above = new NdArray<int>([1, 1, 2, 2], 1, 4);
        var stitcher = new PlaneStitcher(0.2);
        var reference = new PlaneStitcher(0.2, reference: true);

        stitcher.Add(below);
        reference.Add(below);

        Assert.Equal([1, 1, 2, 2], stitcher.Add(above).Data);
        Assert.Equal([1, 1, 1, 1], reference.Add(above).Data);
    }

    [Fact]
    public void Add_EmptyPlanesBetween_NeverRepeatALabel()
    {
        var cells = new NdArray<int>([1, 0, 2, 0], 1, 4);
        var empty = new NdArray<int>(1, 4);
        var stitcher = new PlaneStitcher(0.5);

        Assert.Equal([1, 0, 2, 0], stitcher.Add(cells).Data);
        Assert.Equal([0, 0, 0, 0], stitcher.Add(empty).Data);
        Assert.Equal([3, 0, 4, 0], stitcher.Add(cells).Data);
    }

    [Fact]
    public void Add_MoreThan65535Labels_ContinuesThemAll()
    {
        var plane = new NdArray<int>(257, 257);
        for (int i = 0; i < plane.Length; i++)
            plane.Data[i] = i + 1;
        var stitcher = new PlaneStitcher(1);

        stitcher.Add(plane);
        NdArray<int> joined = stitcher.Add(plane);

        Assert.Equal(plane.Data, joined.Data);
    }

    [Fact]
    public void Add_LabelsWithGaps_AreNumberedWithout()
    {
        var stitcher = new PlaneStitcher(0.5);

        Assert.Equal([1, 0, 2, 2], stitcher.Add(new NdArray<int>([5, 0, 70000, 70000], 1, 4)).Data);
    }

    [Fact]
    public void Add_PlaneOfAnotherSize_Throws()
    {
        var stitcher = new PlaneStitcher(0.5);
        stitcher.Add(new NdArray<int>(2, 2));

        Assert.Throws<ArgumentException>(() => stitcher.Add(new NdArray<int>(2, 3)));
    }

    private static NdArray<int> Stitch(NdArray<int> stack, double threshold, bool reference)
    {
        var stitcher = new PlaneStitcher(threshold, reference);
        var result = new NdArray<int>(stack.Shape);
        for (int z = 0; z < stack.Shape[0]; z++)
            stitcher.Add(new NdArray<int>(stack.Plane(z).ToArray(), stack.Shape[1..])).Span.CopyTo(result.Plane(z));
        return result;
    }
}
