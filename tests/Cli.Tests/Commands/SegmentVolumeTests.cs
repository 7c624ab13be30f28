using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Volumes;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary><c>segment</c> of volumes: 3D, stitched, resumed, refused.</summary>
public sealed class SegmentVolumeTests : IDisposable
{
    private static readonly string Volume = Golden.Path("eval3d", "vol.tif");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Segment_Volume_WritesLabelsTableAndReport()
    {
        CliResult result = CliProgram.Segment(Volume, "--axes", "ZYX", "--do-3d", "--diameter", "14", "-o", At("out"), "--save", "masks,table,output,flows", "--json").Succeeds();

        Assert.Equal(["run.json", "vol_cells.csv", "vol_cp_masks.tif", "vol_cp_output.png", "vol_flows.tif"], TestImages.FilesIn(At("out")));
        NdArray<int> labels = LabelReader.Read(At("out/vol_cp_masks.tif"));
        Assert.Equal([16, 44, 48], labels.Shape);
        JsonNode image = result.Json["images"]![0]!;
        int cells = (int)image["cells"]!;
        Assert.InRange(cells, 7, 9);
        Assert.Equal(cells, labels.Data.Max());
        Assert.Equal(cells + 1, File.ReadAllLines(At("out/vol_cells.csv")).Length);
        Assert.Equal([4, 16, 44, 48], ImageReader.Read(At("out/vol_flows.tif")).Pixels.Shape);       // C first, whatever the order of pages
        Assert.Equal(14, (double)image["volumes"]![0]!["plan"]!["diameter"]!);
    }

    [Fact]
    public void Segment_SampleWithDefaults_FindsItsNuclei()
    {
        string samples = Path.Combine(Golden.Root, "data", "samples");

        CliResult result = CliProgram.Run("segment", Path.Combine(samples, "nuclei3d.tif"), "--do-3d", "-o", At("out"), "--json").Succeeds();
        CliResult scored = CliProgram.Run(
            "evaluate", "--truth", Path.Combine(samples, "nuclei3d_masks.tif"), "--pred", At("out/nuclei3d_cp_masks.tif"), "--thresholds", "0.5", "--metrics", "ap", "--json");

        Assert.InRange((double)scored.Json["predictions"]![0]!["mean"]!["ap"]![0]!, 0.85, 1);     // 0.92 with the model of the tree
        JsonNode image = result.Json["images"]![0]!, plan = image["volumes"]![0]!["plan"]!;
        Assert.InRange((double)plan["diameter"]!, 15, 24);               // sections of nuclei of 24 pixels
        Assert.Equal(2.5, (double)plan["anisotropy"]!, 0.01);            // from the file
        Assert.Empty(image["warnings"]!.AsArray());
    }

    [Fact]
    public void Segment_SpacingUnknown_SaysWhatWasAssumed()
    {
        JsonNode silent = CliProgram.Segment(Volume, "--axes", "ZYX", "--do-3d", "--diameter", "20", "-o", At("a"), "--save", "masks", "--json").Succeeds().Json;
        JsonNode told = CliProgram.Segment(Volume, "--axes", "ZYX", "--do-3d", "--diameter", "20", "--anisotropy", "1", "-o", At("b"), "--save", "masks", "--json").Succeeds().Json;

        Assert.Contains("--anisotropy", (string)Assert.Single(silent["images"]![0]!["warnings"]!.AsArray())!);
        Assert.Empty(told["images"]![0]!["warnings"]!.AsArray());
    }

    [Fact]
    public void Segment_VolumeCompatible_HasTheReferencesMasks()
    {
        CliProgram.Segment(Volume, "--axes", "ZYX", "--do-3d", "--diameter", "14", "--compat", "cellpose3", "-o", At("out"), "--save", "masks").Succeeds();

        NdArray<int> expected = Golden.Load<int>("eval3d", "masks_aniso1"), labels = LabelReader.Read(At("out/vol_cp_masks.tif"));
        Assert.Equal(expected.Data.Max(), labels.Data.Max());
        Assert.True(expected.Data.Zip(labels.Data).Count(p => p.First != p.Second) < expected.Length / 1000);
    }

    [Fact]
    public void Segment_Stitched_NumbersCellsThroughPlanes()
    {
        CliProgram.Segment(Volume, "--axes", "ZYX", "--stitch-threshold", "0.3", "--diameter", "14", "-o", At("out"), "--save", "masks,table").Succeeds();

        NdArray<int> labels = LabelReader.Read(At("out/vol_cp_masks.tif"));
        Assert.InRange(labels.Data.Max(), 8, 13);
        Assert.Equal(TestImages.FirstPixels(labels).Order(), TestImages.FirstPixels(labels));
    }

    [Theory]
    [InlineData("h5")]
    [InlineData("zarr")]
    public void Segment_OtherFormats_HoldTheSameLabels(string format)
    {
        string input = At($"in.{format}");
        CliProgram.Run("convert", Volume, input, "--axes", "ZYX", "--voxel-size", "1,1,1").Succeeds();

        CliProgram.Segment(Volume, "--axes", "ZYX", "--do-3d", "--diameter", "20", "-o", At("a"), "--save", "masks").Succeeds();
        CliProgram.Segment(input, "--do-3d", "--diameter", "20", "-o", At("b"), "--save", "masks", "--mask-format", format).Succeeds();

        using VolumeReader labels = VolumeFile.Open(At($"b/in_cp_masks.{format}"), new VolumeOpenOptions { AsLabels = true });
        int[] values = new int[labels.Shape.Count];
        labels.ReadLabels(0, 0, labels.Shape.All, values);
        Assert.Equal(LabelReader.Read(At("a/vol_cp_masks.tif")).Data, values);
    }

    [Fact]
    public void Segment_MovieOfVolumes_WritesEveryTimePoint()
    {
        NdArray<float> disc = TestImages.Discs(40, 40, 1), none = TestImages.Empty(40, 40, 2);
        string movie = TestImages.WriteTiff(At("movie.tif"), TestImages.Stack(TestImages.Stack(disc, disc, disc), TestImages.Stack(none, none, none)), "TZYX");

        CliProgram.Segment(movie, "--stitch-threshold", "0.2", "-o", At("out"), "--save", "masks,table").Succeeds();

        NdArray<int> labels = LabelReader.Read(At("out/movie_cp_masks.tif"));
        Assert.Equal([2, 3, 40, 40], labels.Shape);
        Assert.Equal(1, labels.Plane(0).ToArray().Max());
        Assert.Equal(0, labels.Plane(1).ToArray().Max());
    }

    [Fact]
    public void Segment_Plan_SaysWhatItWouldDoAndStops()
    {
        CliResult result = CliProgram.Segment(Volume, "--axes", "ZYX", "--do-3d", "--diameter", "14", "--anisotropy", "2", "--plan", "-o", At("out"), "--json").Succeeds();

        JsonNode plan = result.Json["plans"]![0]!["plan"]!;
        Assert.Equal(2, (double)plan["anisotropy"]!);
        Assert.True((bool)plan["in_memory"]!);
        Assert.False(Directory.Exists(At("out")));
    }

    [Fact]
    public void Segment_OnePlane_SaysSo()
    {
        string image = TestImages.WriteTiff(At("plane.tif"), TestImages.Discs(40, 40, 1), "YX");

        CliProgram.Segment(image, "--do-3d", "-o", At("out")).FailsWith(ExitCode.BadInput, image, "one plane", "--axes");
    }

    [Fact]
    public void Segment_CutVolume_NamesFile()
    {
        string cut = TestImages.WriteHalf(Volume, At("cut.tif"));

        CliProgram.Segment(cut, "--axes", "ZYX", "--do-3d", "-o", At("out")).FailsWith(ExitCode.BadInput, "cut.tif");
    }

    [Theory]
    [InlineData("--do-3d", "--stitch-threshold", "0.3")]
    [InlineData("--anisotropy", "2", "--quiet")]
    [InlineData("--resume", "--quiet", "--quiet")]
    [InlineData("--do-3d", "--max-memory", "lots")]
    [InlineData("--do-3d", "--max-memory", "1M")]
    [InlineData("--do-3d", "--block-size", "2")]
    [InlineData("--do-3d", "--anisotropy", "0")]
    [InlineData("--do-3d", "--save", "rois")]
    public void Segment_OptionsThatDoNotFit_AreRefused(string first, string second, string third)
    {
        CliResult result = CliProgram.Segment(Volume, first, second, third, "-o", At("out"));

        result.FailsWith(ExitCode.Usage, first == "--do-3d" && second == "--block-size" ? "block size" : "");
        Assert.False(Directory.Exists(At("out")));
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);
}
