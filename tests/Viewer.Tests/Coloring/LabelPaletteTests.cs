using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Viewer.Tests.Coloring;

public sealed class LabelPaletteTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void ByContact_TouchingCells_LookApart(int seed)
    {
        // a packed tissue: cells of 4 x 4 x 4 voxels, ids in no order
        LabelVolume tissue = Phantoms.Labels(24, 24, 24, (z, y, x) => (uint)((z / 4 * 36 + y / 4 * 6 + x / 4) * 35 % 216 + 1));
        var contacts = new LabelContacts();
        contacts.Add(tissue);

        Dictionary<uint, Rgb> colors = LabelPalette.ByContact(contacts, seed);

        Assert.Equal(216, colors.Count);
        double nearest = double.PositiveInfinity;
        foreach (uint id in contacts.Ids)
        {
            Assert.InRange(contacts.Neighbours(id).Count, 3, 6);
            foreach (uint other in contacts.Neighbours(id))
                nearest = Math.Min(nearest, Difference(colors[id], colors[other]));
        }
        Assert.True(nearest > 40, $"two touching cells differ by {nearest} of 255 only");
    }

    [Fact]
    public void ByContact_CellsAVoxelApart_Touch()
    {
        var contacts = new LabelContacts();
        contacts.Add(Phantoms.Labels(1, 1, 9, (_, _, x) => x switch { 0 => 1u, 2 => 2u, 5 => 3u, 6 => 4u, _ => 0 }));

        Assert.Equal([1u, 2u, 3u, 4u], contacts.Ids);
        Assert.Equal([2u], contacts.Neighbours(1));
        Assert.Equal([1u], contacts.Neighbours(2));
        Assert.Equal([4u], contacts.Neighbours(3));
    }

    [Fact]
    public void ByContact_AgainOrWithMoreThreads_IsTheSame()
    {
        var a = new LabelContacts();
        var b = new LabelContacts();
        a.Add(Phantoms.Cells(20, 20, 20, 30, 1));
        b.Add(Phantoms.Cells(20, 20, 20, 30, 1));

        Assert.Equal(LabelPalette.ByContact(a).OrderBy(c => c.Key), LabelPalette.ByContact(b).OrderBy(c => c.Key));
        Assert.NotEqual(LabelPalette.ByContact(a, 1).OrderBy(c => c.Key), LabelPalette.ByContact(a, 2).OrderBy(c => c.Key));
    }

    [Fact]
    public void ByTrack_Daughters_AreNearTheirMotherAndApart()
    {
        Dictionary<uint, Rgb> colors = LabelPalette.ByTrack([1, 2, 3, 4], new Dictionary<uint, uint> { [3] = 1, [4] = 1 });
        Dictionary<uint, Rgb> alone = LabelPalette.ByTrack([1], new Dictionary<uint, uint>());

        Assert.Equal(colors[1], alone[1]);
        Assert.NotEqual(colors[3], colors[4]);
        Assert.True(Difference(colors[3], colors[1]) < Difference(colors[2], colors[1]));
        Assert.True(Difference(colors[4], colors[1]) < Difference(colors[2], colors[1]));
    }

    [Fact]
    public void ByTrack_ParentsInACircle_Ends() =>
        Assert.Equal(2, LabelPalette.ByTrack([1, 2], new Dictionary<uint, uint> { [1] = 2, [2] = 1 }).Count);

    [Fact]
    public void ByFeature_RunsThroughTheMap_GreyWithoutValue()
    {
        var values = new Dictionary<uint, double> { [1] = 10, [2] = 20, [3] = double.NaN };

        (Dictionary<uint, Rgb> colors, double low, double high) = LabelPalette.ByFeature([1, 2, 3, 4], values, "gray");

        Assert.Equal((10, 20), (low, high));
        Assert.Equal((new Rgb(0, 0, 0), new Rgb(255, 255, 255)), (colors[1], colors[2]));
        Assert.Equal((new Rgb(120, 120, 120), new Rgb(120, 120, 120)), (colors[3], colors[4]));
    }

    [Fact]
    public void Table_OfEachMap_RunsFromEndToEnd()
    {
        foreach (string name in ColorMap.Names)
            Assert.Equal(256, ColorMap.Table(name).Length);
        Assert.Equal(new Rgb(253, 231, 37), ColorMap.Table("viridis")[255]);
        Assert.Contains("got 'jet'", Assert.Throws<ArgumentException>(() => ColorMap.Table("jet")).Message);
    }

    private static double Difference(Rgb a, Rgb b) => Math.Sqrt(Math.Pow(a.Red - b.Red, 2) + Math.Pow(a.Green - b.Green, 2) + Math.Pow(a.Blue - b.Blue, 2));
}
