using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Volumes;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.IO.Tests.Tracks;

public sealed class TrackLabelWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Mini-2D", "a.tif", OmeZarrVersion.V04)]
    [InlineData("Mini-3D", "a.tif", OmeZarrVersion.V04)]
    [InlineData("Mini-3D", "a.ome.tif", OmeZarrVersion.V04)]
    [InlineData("Mini-2D", "a.zarr", OmeZarrVersion.V04)]
    [InlineData("Mini-3D", "a.zarr", OmeZarrVersion.V05)]
    public void Complete_MiniReference_HasTheReferencesMasks(string name, string file, OmeZarrVersion version)
    {
        CtcFolder truth = CtcFolder.Open(Golden.Tracking("mini_ctc", name, "01_GT"));
        TrackedMovie movie = CtcMovie.Read(truth, new SpacingUm(3, 0.5, 0.5)) with { FrameSeconds = 120 };

        using (var writer = new TrackLabelWriter(_folder.File(file), movie, movie.Tracks(splitAtGaps: true), new VolumeWriteOptions { ZarrVersion = version }))
        {
            for (int t = 0; t < truth.FrameCount; t++)
                writer.WriteFrame(truth.ReadFrame(t));
            writer.Complete();
        }

        using VolumeReader read = VolumeFile.Open(_folder.File(file));
        ImageInfo image = read.Description.Image;
        Assert.Equal((truth.FrameCount, file == "a.zarr" ? PixelType.UInt32 : PixelType.UInt16), (read.Description.Times, image.PixelType));
        Assert.Equal((0.5, 120), (image.VoxelSizeUm.X, image.FrameIntervalS));
        if (name == "Mini-3D")
            Assert.Equal(3, image.VoxelSizeUm.Z);
        for (int t = 0; t < truth.FrameCount; t++)
        {
            NdArray<int> expected = truth.ReadFrame(t);
            int[] labels = new int[read.Shape.Count];
            read.ReadLabels(t, 0, read.Shape.All, labels);
            Assert.Equal(expected.Data, labels);
        }
        Assert.Equal([file], _folder.Names);
    }

    [Theory]
    [InlineData(OmeZarrVersion.V04)]
    [InlineData(OmeZarrVersion.V05)]
    public void Complete_OmeZarr_DescribesEveryTrack(OmeZarrVersion version)
    {
        CtcFolder truth = CtcFolder.Open(Golden.Tracking("mini_ctc", "Mini-2D", "01_GT"));
        TrackedMovie movie = CtcMovie.Read(truth);
        using (var writer = new TrackLabelWriter(_folder.File("a.zarr"), movie, null, new VolumeWriteOptions { ZarrVersion = version }))
        {
            for (int t = 0; t < truth.FrameCount; t++)
                writer.WriteFrame(truth.ReadFrame(t));
            writer.Complete();
        }

        JsonObject attributes = OmeMultiscales.Attributes(_folder.File("a.zarr"))!;
        JsonObject label = (attributes["ome"] as JsonObject ?? attributes)["image-label"]!.AsObject();
        Track[] tracks = [.. movie.Tracks().Tracks.OrderBy(t => t.Id)];
        Assert.Equal(tracks.Select(t => (t.Id, t.Id, t.ParentId, t.LineageId)), label["properties"]!.AsArray().Select(p => (I(p!, "label-value"), I(p!, "track_id"), I(p!, "parent"), I(p!, "lineage"))));
        JsonNode[] colors = [.. label["colors"]!.AsArray().Select(c => c!)];
        Assert.Equal(tracks.Select(t => t.Id), colors.Select(c => I(c, "label-value")));
        Assert.All(colors, c => Assert.Equal((4, 255), (c["rgba"]!.AsArray().Count, c["rgba"]![3]!.GetValue<int>())));
        Assert.Equal(tracks.Length, colors.Select(c => c["rgba"]!.ToJsonString()).Distinct().Count());

        static int I(JsonNode node, string name) => node[name]!.GetValue<int>();
    }

    [Fact]
    public void Complete_NumberAbove65535_IsWiderInTiff()
    {
        TrackedMovie movie = OneCell(70_000, frames: 2);
        var frame = new NdArray<int>(5, 6);
        frame.Data[7] = 1;

        using (var writer = new TrackLabelWriter(_folder.File("a.tif"), movie))
        {
            writer.WriteFrame(frame);
            writer.WriteFrame(frame);
            writer.Complete();
        }

        NdArray<int> read = LabelReader.Read(_folder.File("a.tif"));
        Assert.Equal([2, 5, 6], read.Shape);
        Assert.Equal(70_000, read.Data[7]);
        Assert.Equal(70_000, read.Data[37]);
    }

    [Theory]
    [InlineData("a.tif")]
    [InlineData("a.zarr")]
    public void Dispose_BeforeComplete_LeavesNothing(string file)
    {
        TrackedMovie movie = OneCell(1, frames: 3);
        using (var writer = new TrackLabelWriter(_folder.File(file), movie))
        {
            writer.WriteFrame(new NdArray<int>(5, 6));
            Assert.Throws<InvalidOperationException>(() => writer.Complete());
            Assert.Throws<ArgumentException>(() => writer.WriteFrame(new NdArray<int>(5, 7)));
        }

        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void WriteFrame_MaskThatWasNotTracked_IsRefused()
    {
        using var writer = new TrackLabelWriter(_folder.File("a.tif"), OneCell(1, frames: 1));
        var frame = new NdArray<int>(5, 6);
        frame.Data[0] = 9;

        Assert.Contains("has a mask 9 that was not there", Assert.Throws<ArgumentException>(() => writer.WriteFrame(frame)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrackLabelWriter_Hdf5_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new TrackLabelWriter(_folder.File("a.h5"), OneCell(1, frames: 1)));

    private static TrackedMovie OneCell(int track, int frames)
    {
        var table = new DetectionTable();
        for (int t = 0; t < frames; t++)
            table.Add([new Detection { Frame = t, Label = 1, Centroid = default }]);
        var solution = new TrackingSolution(table);
        for (int t = 1; t < frames; t++)
            solution.SetLink(new Link(t - 1, t, float.NaN, float.NaN));
        solution.NameTrack(0, track);
        return new TrackedMovie { Solution = solution, Shape = [5, 6] };
    }
}
