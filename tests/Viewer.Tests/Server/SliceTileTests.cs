using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Server;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Server;

/// <summary>Tiles of slices, and what else is fetched.</summary>
public sealed class SliceTileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ViewKind.XY)]
    [InlineData(ViewKind.XZ)]
    [InlineData(ViewKind.ZY)]
    public void Tiles_OfEveryLevel_AreMeansAndMiddleVoxels(ViewKind plane)
    {
        var shape = new VolumeShape(5, 530, 1030);
        LabelVolume labels = Phantoms.Labels(shape.Z, shape.Y, shape.X, (z, y, x) => (uint)(z * 1_000_000 + y * 1_100 + x));
        IntensityVolume image = Phantoms.Image(shape.Z, shape.Y, shape.X, (z, y, x) => (z * 7919 + y * 104_729 + x * 31) % 65_536);
        (int depth, int height, int width) = plane switch { ViewKind.XY => (5, 530, 1030), ViewKind.XZ => (530, 5, 1030), _ => (1030, 530, 5) };
        int index = depth / 2;

        foreach (int level in (int[])[0, 1, 3])
        {
            int step = 1 << level, rows = (height + step - 1) / step, columns = (width + step - 1) / step;
            for (int row = 0; row * SliceTiles.Side < rows; row++)
            {
                for (int column = 0; column * SliceTiles.Side < columns; column++)
                {
                    var at = new TileAddress(plane, index, level, row, column);
                    ReadOnlySpan<uint> ids = MemoryMarshal.Cast<byte, uint>(SliceTiles.Labels(labels, at));
                    ReadOnlySpan<ushort> values = MemoryMarshal.Cast<byte, ushort>(SliceTiles.Intensities(image, at));
                    int high = Math.Min(SliceTiles.Side, rows - row * SliceTiles.Side), wide = Math.Min(SliceTiles.Side, columns - column * SliceTiles.Side);
                    Assert.Equal((high * wide, high * wide), (ids.Length, values.Length));
                    foreach ((int y, int x) in ((int, int)[])[(0, 0), (high - 1, wide - 1), (high / 2, wide / 3)])
                        Check(at, step, y, x, ids[y * wide + x], values[y * wide + x]);
                }
            }
        }

        void Check(TileAddress at, int step, int y, int x, uint id, ushort value)
        {
            int top = (at.Row * SliceTiles.Side + y) * step, left = (at.Column * SliceTiles.Side + x) * step;
            int middleY = Math.Min(top + step / 2, height - 1), middleX = Math.Min(left + step / 2, width - 1);
            Assert.Equal(labels.Voxels[Voxel(middleY, middleX)], id);
            double mean = 0;
            int count = 0;
            for (int j = top; j < Math.Min(top + step, height); j++)
            {
                for (int i = left; i < Math.Min(left + step, width); i++, count++)
                    mean += image.Voxels[Voxel(j, i)];
            }
            Assert.Equal(mean / count, value, 1.0);                         // whole steps
        }

        int Voxel(int down, int right) => plane switch
        {
            ViewKind.XY => (index * shape.Y + down) * shape.X + right,
            ViewKind.XZ => (down * shape.Y + index) * shape.X + right,
            _ => (right * shape.Y + down) * shape.X + index,
        };
    }

    [Theory]
    [InlineData("labels/0/xy/6/0/0/0", HttpStatusCode.OK)]
    [InlineData("labels/0/xy/12/0/0/0", HttpStatusCode.BadRequest)]
    [InlineData("labels/0/xy/6/0/1/0", HttpStatusCode.BadRequest)]
    [InlineData("labels/0/xy/6/99/0/0", HttpStatusCode.BadRequest)]
    [InlineData("labels/0/yx/6/0/0/0", HttpStatusCode.BadRequest)]
    [InlineData("labels/0/xy/-1/0/0/0", HttpStatusCode.BadRequest)]
    [InlineData("labels/9/xy/6/0/0/0", HttpStatusCode.BadRequest)]
    [InlineData("image/0/1/xy/6/0/0/0", HttpStatusCode.BadRequest)]
    [InlineData("image/0/0/xy/6/0/0/0/0", HttpStatusCode.BadRequest)]
    [InlineData("tracks", HttpStatusCode.BadRequest)]
    public async Task Get_Data_ByWhatThereIs(string path, HttpStatusCode expected)
    {
        await using ServedScene served = await ServedScene.StartAsync();

        using HttpResponseMessage response = await served.Client.GetAsync($"/data/{path}?token={served.Token}", Cancel);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Get_ImageTile_NamesItsRangeAndGivesIntensitiesBack()
    {
        await using ServedScene served = await ServedScene.StartAsync();

        using HttpResponseMessage response = await served.Client.GetAsync($"/data/image/0/0/xy/6/0/0/0?token={served.Token}", Cancel);
        double[] range = [.. response.Headers.GetValues("X-Range").Single().Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        ushort[] steps = MemoryMarshal.Cast<byte, ushort>(await Data.BytesAsync(served, "image/0/0/xy/6/0/0/0", Cancel)).ToArray();

        // the ball 3 is 1003 bright
        Assert.Equal(1003, range[0] + steps[46 * 60 + 30] / 65535.0 * (range[1] - range[0]), 0.01);
    }

    [Fact]
    public async Task Get_Cells_IsTheTableOfMeasure()
    {
        await using ServedScene served = await ServedScene.StartAsync();

        JsonNode table = JsonNode.Parse(await served.Client.GetStringAsync($"/data/cells/0?token={served.Token}", Cancel))!;
        JsonNode? Column(string name) => table["columns"]!.AsArray().Single(c => (string?)c!["name"] == name)!["values"];

        Assert.Equal([1, 3, 70_000], Column("label")!.AsArray().Select(v => (int)v!));
        Assert.Equal(served.Labels.Voxels.Count(v => v == 3), (int)Column("area")![1]!);
        Assert.Equal(2.0 * served.Labels.Voxels.Count(v => v == 3), (double)Column("volume_um3")![1]!, 0.01);
        Assert.Equal(1003, (double)Column("intensity_mean")![1]!, 0.01);
    }

    [Fact]
    public async Task Get_Tracks_AreWhereTheirCellsAre()
    {
        await using ServedScene served = await ServedScene.StartAsync(frames: 3);

        JsonArray tracks = JsonNode.Parse(await served.Client.GetStringAsync($"/data/tracks?token={served.Token}", Cancel))!.AsArray();

        Assert.Equal([1, 3, 70_000], tracks.Select(t => (int)t!["id"]!));
        double[][] points = [.. tracks[1]!["points"]!.AsArray().Select(p => p!.AsArray().Select(v => (double)v!).ToArray())];
        Assert.Equal([[0, 3, 6, 46, 30], [1, 3, 6, 46, 31], [2, 3, 6, 46, 32]], points);
    }

    [Fact]
    public async Task Get_Histogram_CountsEveryVoxel()
    {
        await using ServedScene served = await ServedScene.StartAsync();

        JsonNode histogram = JsonNode.Parse(await served.Client.GetStringAsync($"/data/histogram/0/0?token={served.Token}", Cancel))!;

        Assert.Equal(12 * 64 * 60, histogram["bins"]!.AsArray().Sum(b => (int)b!));
        Assert.Equal(100, (double)histogram["lowest"]!);
    }
}
