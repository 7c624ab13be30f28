using System.Text;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>What <c>segment</c> of volumes does with inputs that are incomplete, damaged, empty or of another kind.</summary>
public sealed class SegmentVolumeInputTests : IDisposable
{
    private static readonly string Diameter = TestImages.Number((int)CrossingCells.Diameter);

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(2.0, 0.5, 4.0)]
    [InlineData(null, 0.5, 1.0)]
    [InlineData(null, null, 1.0)]
    public void Plan_VoxelSizeOfTheFile_GivesAnisotropyOrAWarning(double? z, double? yx, double anisotropy)
    {
        TiffWriter.WriteFloats(At("a.ome.tif"), CrossingCells.Image(), "ZYX", new TiffWriterOptions { VoxelSizeUm = new VoxelSize(z, yx, yx), OmeXml = true });

        CliResult result = CliProgram.Segment(At("a.ome.tif"), "--do-3d", "--diameter", Diameter, "--plan", "--json").Succeeds();
        CliResult given = CliProgram.Segment(At("a.ome.tif"), "--do-3d", "--diameter", Diameter, "--plan", "--anisotropy", "2.5").Succeeds();

        JsonNode plan = result.Json["plans"]![0]!;
        Assert.Equal(anisotropy, (double)plan["plan"]!["anisotropy"]!, 1e-6);
        Assert.Equal(z is null, result.Error.Contains("does not say how far its planes are apart", StringComparison.Ordinal));
        Assert.Equal(z is null ? 1 : 0, plan["warnings"]!.AsArray().Count);
        Assert.True((double)plan["seconds"]! > 0);
        Assert.Contains("anisotropy 2.5", given.Output);
        Assert.Matches(@"time +about \d", given.Output);
        Assert.DoesNotContain("warning", given.Error);
    }

    [Fact]
    public void Segment_AnisotropicMetadata_StretchesThePlanesApart()
    {
        // every other plane of the cube, which the metadata say
        NdArray<float> cube = CrossingCells.Image();
        var half = new NdArray<float>(CrossingCells.Side / 2, CrossingCells.Side, CrossingCells.Side);
        for (int z = 0; z < half.Shape[0]; z++)
            cube.Plane(2 * z).CopyTo(half.Plane(z));
        TiffWriter.WriteFloats(At("half.tif"), half, "ZYX", new TiffWriterOptions { VoxelSizeUm = new VoxelSize(1, 0.5, 0.5) });

        CliResult result = CliProgram.Segment(At("half.tif"), "--do-3d", "--diameter", Diameter, "-o", At("out"), "--save", "masks,table", "--json").Succeeds();

        JsonNode image = result.Json["images"]![0]!;
        Assert.Equal(2, (double)image["volumes"]![0]!["plan"]!["anisotropy"]!);
        int[] found = CrossingCells.LabelsAtCentres(LabelReader.Read(At("out/half_cp_masks.tif")), step: 2);
        Assert.DoesNotContain(0, found);
        Assert.Equal(6, found.Distinct().Count());                       // at half the planes two neighbours are one
        Assert.Equal(6, (int)image["cells"]!);
        Assert.Equal(new VoxelSize(1, 0.5, 0.5), ImageReader.Inspect(At("out/half_cp_masks.tif")).VoxelSizeUm);
        string[][] rows = [.. File.ReadAllLines(At("out/half_cells.csv"))[1..].Select(r => r.Split(','))];
        Assert.All(rows, r => Assert.Equal(double.Parse(r[2], System.Globalization.CultureInfo.InvariantCulture) / 4, double.Parse(r[3], System.Globalization.CultureInfo.InvariantCulture), 1e-2));
    }

    [Fact]
    public void Segment_PlaneOfAnotherSize_NamesThePlane()
    {
        string path = Path.Combine(Golden.Root, "tests", "IO.Tests", "Fixtures", "page_sizes.tif");

        CliProgram.Segment(path, "--do-3d", "-o", At("out")).FailsWith(ExitCode.BadInput, "page_sizes.tif", "plane 1");
    }

    [Fact]
    public void Segment_ChunkCutShort_NamesItAndDoesTheOthers()
    {
        string good = Cube("good.tif");
        CliProgram.Run("convert", good, At("bad.zarr"), "--chunk-size", "16").Succeeds();
        string chunk = At("bad.zarr/0/1/0/2");
        File.WriteAllBytes(chunk, File.ReadAllBytes(chunk)[..40]);

        CliResult result = CliProgram.Segment(At("bad.zarr"), good, "--do-3d", "--diameter", Diameter, "-o", At("out"), "--save", "masks", "--resume");

        result.FailsWith(ExitCode.SomeFailed, "chunk 1.0.2", "bad.zarr");
        Assert.Equal(["good_cp_masks.tif", "run.json"], TestImages.FilesIn(At("out")).Where(f => !f.Contains("_cp_work", StringComparison.Ordinal)));
        JsonNode report = JsonNode.Parse(File.ReadAllText(At("out/run.json")))!;
        Assert.Contains("chunk 1.0.2", (string)report["images"]![0]!["error"]!);
    }

    [Fact]
    public void Segment_ChunkMissing_IsTheFillValueAndIsSaid()
    {
        CliProgram.Run("convert", Cube("a.tif"), At("a.zarr"), "--chunk-size", "16").Succeeds();
        File.Delete(At("a.zarr/0/2/2/2"));

        CliResult result = CliProgram.Segment(At("a.zarr"), "--do-3d", "--diameter", Diameter, "-o", At("out"), "--save", "masks", "--json").Succeeds();

        Assert.Contains("1 of 27 chunks are not stored and read as the fill value", result.Error);
        Assert.Contains(result.Json["images"]![0]!["warnings"]!.AsArray(), w => ((string)w!).StartsWith("1 of 27 chunks", StringComparison.Ordinal));
        int[] found = CrossingCells.LabelsAtCentres(LabelReader.Read(At("out/a_cp_masks.tif")));
        Assert.Equal(7, found.Distinct().Count());
        Assert.DoesNotContain(0, found);                                 // the chunk held a corner of the last one
    }

    [Fact]
    public void Segment_FileCutShort_SaysSo()
    {
        CliProgram.Run("convert", Cube("a.tif"), At("a.h5"), "--compression", "none").Succeeds();
        string cut = TestImages.WriteHalf(At("a.h5"), At("cut.h5"));

        CliProgram.Segment(cut, "--do-3d", "-o", At("out")).FailsWith(ExitCode.BadInput, "cut.h5", "cut short");
        Assert.Empty(TestImages.FilesIn(At("out")));
    }

    [Fact]
    public void Segment_TypeThatIsNoIntensity_IsRefused()
    {
        CliProgram.Run("convert", Cube("a.tif"), At("a.zarr")).Succeeds();
        string metadata = At("a.zarr/0/.zarray");
        File.WriteAllText(metadata, File.ReadAllText(metadata).Replace("<u2", "<c8", StringComparison.Ordinal));
        string header = "{'descr': '<c8', 'fortran_order': False, 'shape': (3, 8, 8), }".PadRight(117) + "\n";
        File.WriteAllBytes(At("a.npy"), [0x93, .. Encoding.ASCII.GetBytes("NUMPY"), 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. new byte[3 * 8 * 8 * 8]]);

        CliProgram.Segment(At("a.zarr"), "--do-3d", "-o", At("out")).FailsWith(ExitCode.BadInput, "a.zarr", "<c8");
        CliProgram.Segment(At("a.npy"), "--do-3d", "-o", At("out")).FailsWith(ExitCode.BadInput, "a.npy", "<c8");
    }

    [Fact]
    public void Segment_NoCells_EndsWellAndSoDoWhatFollows()
    {
        var flat = new NdArray<float>(12, 40, 40);
        flat.Span.Fill(7);
        string path = TestImages.WriteTiff(At("flat.tif"), flat, "ZYX");

        CliResult result = CliProgram.Segment(path, "--do-3d", "--diameter", Diameter, "-o", At("out"), "--save", "masks,table,output,outlines").Succeeds();
        CliResult measured = CliProgram.Run("measure", At("out/flat_cp_masks.tif"), path, "-o", At("table.csv")).Succeeds();
        CliResult scored = CliProgram.Run("evaluate", "--truth", At("out/flat_cp_masks.tif"), "--pred", At("out/flat_cp_masks.tif")).Succeeds();

        Assert.Contains("0 cells in 1 of 1 images", result.Output);
        Assert.Equal(new int[12 * 40 * 40], LabelReader.Read(At("out/flat_cp_masks.tif")).Data);
        Assert.Single(File.ReadAllLines(At("out/flat_cells.csv")));
        Assert.Single(File.ReadAllLines(At("table.csv")));
        Assert.Contains("0 cells", measured.Output);
        Assert.Contains("true cells", scored.Output);
    }

    [Fact]
    public void MeasureEvaluateConvert_HundredThousandTinyCells_KeepThemAll()
    {
        const int perSide = 47, side = 3 * perSide;
        var labels = new NdArray<int>(side, side, side);
        for (int i = 0; i < labels.Length; i++)
        {
            (int z, int y, int x) = (i / side / side, i / side % side, i % side);
            if (z % 3 < 2 && y % 3 < 2 && x % 3 < 2)
                labels.Data[i] = (z / 3 * perSide + y / 3) * perSide + x / 3 + 1;
        }
        string path = TestImages.WriteNpy(At("many.npy"), labels);

        CliProgram.Run("convert", path, At("many.zarr"), "--voxel-size", "2,1,1").Succeeds();
        CliProgram.Run("measure", At("many.zarr"), "-o", At("many.csv")).Succeeds();
        CliResult scores = CliProgram.Run("evaluate", "--truth", path, "--pred", At("many.zarr"), "--json", "--metrics", "ap,aji").Succeeds();

        Assert.Equal(perSide * perSide * perSide + 1, File.ReadLines(At("many.csv")).Count());
        JsonNode score = scores.Json["predictions"]![0]!;
        Assert.Equal(perSide * perSide * perSide, (int)score["true_cells"]!);
        Assert.All(score["mean"]!["ap"]!.AsArray(), v => Assert.Equal(1, (double)v!));
    }

    [Fact]
    public void Segment_FolderOfContainers_FindsImagesAndPassesResultsOver()
    {
        string folder = _folder.Folder("volumes");
        CliProgram.Run("convert", Cube("a.tif"), Path.Combine(folder, "a.h5")).Succeeds();
        CliProgram.Run("convert", At("a.tif"), Path.Combine(folder, "b.zarr")).Succeeds();
        CliProgram.Run("convert", At("a.tif"), Path.Combine(folder, "b_cp_masks.zarr"), "--labels").Succeeds();

        CliResult result = CliProgram.Segment(folder, "--do-3d", "--diameter", Diameter, "--anisotropy", "1", "--plan", "--json").Succeeds();

        Assert.Equal(["a.h5", "b.zarr"], result.Json["plans"]!.AsArray().Select(p => Path.GetFileName((string)p!["path"]!)));
    }

    [Fact]
    public void Segment_SeveralDevicesOrAnotherModelAcross_AreUsed()
    {
        string[] command = [Cube("a.tif"), "--do-3d", "--diameter", Diameter, "--save", "masks", "--json"];
        string other = Golden.Path("net_small.pt");

        CliProgram.Segment([.. command, "-o", At("one")]).Succeeds();
        CliProgram.Run(["segment", "--model", CliProgram.Model, "--device", "cpu,cpu", .. command, "-o", At("two")]).Succeeds();
        CliProgram.Segment([.. command, "-o", At("same"), "--model-ortho", CliProgram.Model]).Succeeds();
        JsonNode report = CliProgram.Segment([.. command, "-o", At("ortho"), "--model-ortho", other]).Succeeds().Json;

        byte[] expected = File.ReadAllBytes(At("one/a_cp_masks.tif"));
        Assert.Equal(expected, File.ReadAllBytes(At("two/a_cp_masks.tif")));
        Assert.Equal(expected, File.ReadAllBytes(At("same/a_cp_masks.tif")));
        Assert.NotEqual(expected, File.ReadAllBytes(At("ortho/a_cp_masks.tif")));
        Assert.Equal(other, (string)report["settings"]!["volume"]!["ortho_model"]!);
        CliProgram.Segment([.. command, "-o", At("none"), "--model-ortho", At("none.pt")]).FailsWith(ExitCode.Model, "none.pt");
    }

    public void Dispose() => _folder.Dispose();

    private string Cube(string name) => TestImages.WriteTiff(At(name), CrossingCells.Image(), "ZYX");

    private string At(string name) => Path.Combine(_folder.Path, name);
}
