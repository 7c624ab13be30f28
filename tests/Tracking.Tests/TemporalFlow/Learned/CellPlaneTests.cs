using Cellpose3D.Core2D;
using Cellpose3D.Tracking.TemporalFlow.Learned;

namespace Cellpose3D.Tracking.Tests.TemporalFlow.Learned;

public sealed class CellPlaneTests
{
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(1.7)]
    public void Lay_TwoDiscs_KeepsPlacesAndAreas(double scale)
    {
        NdArray<int> labels = Discs.Draw(50, 60, (3, 20.0, 15.0, 8.0), (7, 30.0, 40.0, 6.0));

        CellPlane plane = CellPlane.Lay(labels, l => l == 3 ? 0 : 1, 3, null, scale, scale, 16);

        Assert.Equal([true, true, false], plane.Present);
        Assert.Equal(20.5 * scale / 16, plane.CentreY[0], 1e-5);
        Assert.Equal(40.5 * scale / 16, plane.CentreX[1], 1e-5);
        for (int cell = 0; cell < 2; cell++)
        {
            int[] entries = [.. Enumerable.Range(0, plane.EntryCell.Length).Where(n => plane.EntryCell[n] == cell)];
            int pixels = labels.Data.Count(l => l == (cell == 0 ? 3 : 7));
            Assert.Equal(pixels * scale * scale, 16 * entries.Sum(n => (double)plane.EntryCover[n]), 1e-2);
            Assert.Equal(1, entries.Sum(n => (double)plane.EntryShare[n]), 1e-5);
            // the entries' middle is the cell's centre, to within a node's rounding
            Assert.Equal(plane.CentreY[cell], entries.Sum(n => (double)plane.EntryShare[n] * plane.NodeY(plane.EntryNode[n], 16)), 0.06);
        }
        Assert.All(plane.EntryNode, n => Assert.InRange(n, 0, plane.Height * plane.Width - 1));
        Assert.Equal(0, plane.Shape[0], 0.03);                           // a disc
        Assert.Equal(0, plane.LogIntensity[0]);
    }

    [Fact]
    public void Lay_Image_GivesIntensitiesOverTheirMedian()
    {
        NdArray<int> labels = Discs.Draw(40, 60, (1, 10.0, 10.0, 5.0), (2, 10.0, 30.0, 5.0), (3, 30.0, 50.0, 5.0));
        var image = new NdArray<float>([.. labels.Data.Select(l => l * 100f)], 40, 60);

        CellPlane plane = CellPlane.Lay(labels, l => l - 1, 3, image, 1, 1, 10);

        Assert.Equal(Math.Log(0.5), plane.LogIntensity[0], 1e-5);
        Assert.Equal(0, plane.LogIntensity[1], 1e-5);
        Assert.Equal(Math.Log(1.5), plane.LogIntensity[2], 1e-5);
    }

    [Fact]
    public void Lay_NoCells_IsEmpty()
    {
        CellPlane plane = CellPlane.Lay(new NdArray<int>(9, 7), _ => -1, 0, null, 1, 1, 16);

        Assert.Equal((3, 2), (plane.Height, plane.Width));
        Assert.Empty(plane.EntryCell);
        Assert.All(plane.Masks, m => Assert.Equal(0, m));
    }
}
