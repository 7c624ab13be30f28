using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Tests.Dynamics;

public sealed class MaskCleanupTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("3d", -1, false)]
    [InlineData("3d", 15, false)]
    [InlineData("contig", -1, true)]
    [InlineData("contig", 0, true)]
    [InlineData("contig", 15, false)]
    [InlineData("contig", 200, false)]
    [InlineData("gaps", -1, true)]
    [InlineData("gaps", 0, true)]
    [InlineData("gaps", 15, true)]
    [InlineData("gaps", 200, false)]
    [InlineData("nobackground", -1, false)]
    [InlineData("nobackground", 0, false)]
    [InlineData("nobackground", 15, false)]
    [InlineData("nobackground", 200, true)]
    public void FillHolesAndRemoveSmall_ReferenceRemoval_EqualsReference(string name, int minSize, bool needsBug)
    {
        var expected = Golden.Load<int>("fill_holes", $"out_{name}_min{minSize}");
        var reference = Golden.Load<int>("fill_holes", $"in_{name}");
        NdArray<int> corrected = reference.Clone();

        MaskCleanup.FillHolesAndRemoveSmall(reference, minSize, referenceRemoval: true, cancellationToken: Token);
        MaskCleanup.FillHolesAndRemoveSmall(corrected, minSize, cancellationToken: Token);

        Parity.SameLabels(expected, reference);
        Assert.Equal(!needsBug, expected.Span.SequenceEqual(corrected.Span));
    }
}
