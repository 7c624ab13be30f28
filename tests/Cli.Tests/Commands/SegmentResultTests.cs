using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Rois;
using Cellpose3D.IO.SegNpy;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>What <c>segment</c> writes, kind by kind.</summary>
public sealed class SegmentResultTests(SegmentedFiles files) : IClassFixture<SegmentedFiles>
{
    private const int ImageCells = 12;      // 3 x 4 squares of 40 pixels

    [Fact]
    public void Segment_AllKinds_WritesTheseFilesAndNoOther()
    {
        string[] single = ["_cells.csv", "_cp_masks.tif", "_cp_outlines.txt", "_cp_output.png", "_flows.tif", "_outlines.png", "_rois.zip", "_seg.npy"];
        string[] whole = ["_cells.csv", "_cp_masks.tif", "_cp_output.png", "_flows.tif", "_outlines.png"], each = ["_cp_outlines.txt", "_rois.zip", "_seg.npy"];
        string[] expected =
        [
            .. ((string[])["image", "plane"]).SelectMany(stem => single.Select(s => stem + s)),
            .. ((string[])["stack", "movie"]).SelectMany(stem => whole.Select(s => stem + s)),
            .. each.SelectMany(s => Enumerable.Range(0, 3).Select(n => $"stack_{n:d4}{s}").Concat(Enumerable.Range(0, 4).Select(n => $"movie_{n:d4}{s}"))),
            "run.json",
        ];

        Assert.Equal(expected.Order(StringComparer.Ordinal), TestImages.FilesIn(files.Output));
    }

    [Fact]
    public void Segment_Image_FindsEveryDiscNumberedByFirstPixel()
    {
        NdArray<int> labels = files.Labels("image");

        int[] first = TestImages.FirstPixels(labels);
        Assert.Equal(ImageCells, first.Length);
        Assert.DoesNotContain(-1, first);
        Assert.Equal(first.Order(), first);
        Assert.Equal([120, 170], labels.Shape);
        Assert.Equal(PixelType.UInt16, ImageReader.Inspect(files.Out("image_cp_masks.tif")).PixelType);
    }

    [Fact]
    public void Segment_Table_HasARowForEachCellOfTheLabels()
    {
        NdArray<int> labels = files.Labels("image");

        string[] lines = File.ReadAllLines(files.Out("image_cells.csv"));

        Assert.Equal("plane,label,area_px,flow_error,mean_probability,touches_border", lines[0]);
        Assert.Equal(ImageCells, lines.Length - 1);
        for (int label = 1; label <= ImageCells; label++)
        {
            string[] row = lines[label].Split(',');
            Assert.Equal(["0", TestImages.Number(label), TestImages.Number(labels.Data.Count(l => l == label))], row[..3]);
            Assert.InRange(double.Parse(row[3], System.Globalization.CultureInfo.InvariantCulture), 0, 0.4);
            Assert.InRange(double.Parse(row[4], System.Globalization.CultureInfo.InvariantCulture), 0.5, 1);
            Assert.Equal("false", row[5]);
        }
    }

    [Fact]
    public void Segment_Report_SaysHowItWasDone()
    {
        JsonObject report = files.Report;

        Assert.Equal(("cellpose3d", "segment"), ((string)report["program"]!, (string)report["verb"]!));
        Assert.StartsWith("cpu", (string)report["device"]!);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(CliProgram.Model))), (string)report["model"]!["sha256"]!);
        Assert.Equal(20, (int)report["settings"]!["options"]!["min_size"]!);
        Assert.Null(report["stopped"]);
        JsonObject image = files.Entry("image");
        Assert.Equal(("YX", ImageCells), ((string)image["axes"]!, (int)image["cells"]!));
        Assert.Equal([120, 170], image["shape"]!.AsArray().Select(l => (int)l!));
        Assert.All(image["written"]!.AsArray(), path => Assert.True(File.Exists((string)path!), (string)path!));
    }

    [Fact]
    public void Segment_Report_CountsWhatWasFiltered()
    {
        JsonObject plane = files.Entry("image")["planes"]![0]!.AsObject();

        JsonObject filtered = plane["filtered"]!.AsObject();
        int removed = ((string[])["too_large", "flow_error", "lost_in_resize", "too_small", "enclosed"]).Sum(rule => (int)filtered[rule]!);
        Assert.Equal(ImageCells, (int)filtered["kept"]!);
        Assert.Equal((int)filtered["found"]! - removed, (int)filtered["kept"]!);
    }

    [Fact]
    public void Segment_Pictures_AreOfTheirSizeAndNotBlank()
    {
        LoadedImage outlines = ImageReader.Read(files.Out("image_outlines.png")), overview = ImageReader.Read(files.Out("image_cp_output.png"));

        Assert.Equal([3, 120, 170], outlines.Pixels.Shape);
        Assert.Equal(3, overview.Pixels.Shape[0]);
        Assert.All(new[] { outlines, overview }, picture => Assert.True(picture.Pixels.Data.Distinct().Count() > 16));
    }

    [Fact]
    public void Segment_Flows_HoldFlowsAndProbabilityOfTheCells()
    {
        LoadedImage flows = ImageReader.Read(files.Out("image_flows.tif"));
        NdArray<int> labels = files.Labels("image");

        Assert.Equal(("CYX", PixelType.Float32), (flows.Axes, flows.Info.PixelType));
        Assert.Equal([3, 120, 170], flows.Pixels.Shape);
        float[] inside = [.. flows.Pixels.Plane(2).ToArray().Where((_, i) => labels.Data[i] != 0)];
        Assert.True(inside.Count(logit => logit > 0) > 0.95 * inside.Length);
    }

    [Fact]
    public void Segment_OutlinesAndRois_AreOneForEachCell()
    {
        using StreamReader text = File.OpenText(files.Out("image_cp_outlines.txt"));
        using FileStream zip = File.OpenRead(files.Out("image_rois.zip"));

        Assert.Equal(ImageCells, OutlinesText.Read(text, "outlines").Count);
        Assert.Equal(ImageCells, RoiZip.Read(zip, "rois").Count);
    }

    [Fact]
    public void Segment_SegNpy_HoldsTheLabelsOfTheTiff()
    {
        SegNpyContent content = SegNpyFile.Read(files.Out("image_seg.npy"));

        Assert.Equal(files.Labels("image").Data, content.Masks.Data);
        Assert.Equal(files.Image, content.FileName);
    }

    [Fact]
    public void Segment_Stack_IsDonePlaneByPlane()
    {
        NdArray<int> stack = files.Labels("stack");

        Assert.Equal([3, 80, 80], stack.Shape);
        Assert.Equal("ZYX", ImageReader.Inspect(files.Out("stack_cp_masks.tif")).Axes);
        Assert.Equal(files.Labels("plane").Data, stack.Plane(1).ToArray());
        Assert.Equal(3, files.Entry("stack")["planes"]!.AsArray().Count);
        Assert.Contains(File.ReadLines(files.Out("stack_cells.csv")), line => line.StartsWith("2,1,", StringComparison.Ordinal));
    }

    [Fact]
    public void Segment_Movie_KeepsItsAxesAndOrder()
    {
        NdArray<int> movie = files.Labels("movie"), stack = files.Labels("stack");

        Assert.Equal([2, 2, 80, 80], movie.Shape);
        Assert.Equal("TZYX", ImageReader.Inspect(files.Out("movie_cp_masks.tif")).Axes);
        Assert.Equal(stack.Data, movie.Data[..stack.Length]);      // planes 0 to 2 of both are the same images
    }

    [Fact]
    public void Segment_Text_SaysWhatWasDone()
    {
        Assert.Matches(@"^\d+ cells in 4 of 4 images; report: .*run\.json\n$", files.Result.Output);
        Assert.Contains("device: cpu", files.Result.Error);
        Assert.Contains($"segment 1/4: image.tif: {ImageCells} cells", files.Result.Error);
    }
}
