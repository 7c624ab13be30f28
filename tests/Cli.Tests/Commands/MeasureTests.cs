using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tests.Commands;

public sealed class MeasureTests
{
    [Fact]
    public void Run_VolumeWithImage_WritesRowsWithMicrometresAndQualities()
    {
        using var folder = new TemporaryFolder();
        string labels = Path.Combine(folder.Path, "a_cp_masks.tif"), image = Path.Combine(folder.Path, "a.tif"), table = Path.Combine(folder.Path, "out.csv");
        TiffWriter.WriteLabels(labels, new NdArray<int>([1, 1, 0, 2], 2, 1, 2), "ZYX", new TiffWriterOptions { VoxelSizeUm = new VoxelSize(2, 0.5, 0.5) });
        TiffWriter.WriteFloats(image, new NdArray<float>([1, 3, 5, 7, 0, 0, 0, 10], 2, 2, 1, 2), "CZYX");
        File.WriteAllText(Path.Combine(folder.Path, "a_cells.csv"), "plane,label,area_px,flow_error,mean_probability,touches_border\n0,2,1,0.125,0.9,true\n");

        CliResult result = CliProgram.Run("measure", labels, image, "-o", table, "--json").Succeeds();

        string[][] rows = [.. File.ReadAllLines(table).Select(line => line.Split(','))];
        Assert.Equal(3, rows.Length);
        Assert.Equal(2, (int)result.Json["cells"]!);
        Assert.Equal(["1", "2"], Column("label"));
        Assert.Equal(["2", "7"], Column("intensity_mean-0"));
        Assert.Equal(["0", "10"], Column("intensity_max-1"));
        Assert.Equal(["1", "0.5"], Column("volume_um3"));
        Assert.Equal(["0", "2"], Column("centroid_um-0"));
        Assert.Equal(["", "0.125"], Column("flow_error"));
        Assert.Equal(["2", "1"], Column("neighbour_labels"));

        string[] Column(string name) => [.. rows[1..].Select(row => row[Array.IndexOf(rows[0], name)])];
    }

    [Fact]
    public void Run_Movie_HasAFrameColumnAndWarnsOfNoVoxelSize()
    {
        using var folder = new TemporaryFolder();
        string labels = Path.Combine(folder.Path, "a.tif"), table = Path.Combine(folder.Path, "out.csv");
        TiffWriter.WriteLabels(labels, new NdArray<int>([1, 0, 1, 2], 2, 1, 2), "TYX");

        CliResult result = CliProgram.Run("measure", labels, "-o", table).Succeeds();

        Assert.Equal(["frame,label", "0,1", "1,1", "1,2"], File.ReadAllLines(table).Select(line => string.Join(',', line.Split(',')[..2])));
        Assert.Contains("--voxel-size", result.Error);
        Assert.DoesNotContain("_um", File.ReadAllText(table));
    }

    [Fact]
    public void Run_Parquet_IsWritten()
    {
        using var folder = new TemporaryFolder();
        string labels = folder.Write("a.npy", "1102"), table = Path.Combine(folder.Path, "out.parquet");

        CliProgram.Run("measure", labels, "-o", table, "--voxel-size", "0.5").Succeeds();

        Assert.Equal("PAR1"u8.ToArray(), File.ReadAllBytes(table)[..4]);
    }

    [Fact]
    public void Run_BadInput_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        string labels = folder.Write("a.npy", "1102"), image = folder.Write("b.npy", "11", "00"), table = Path.Combine(folder.Path, "out.csv");

        CliProgram.Run("measure", labels, image, "-o", table).FailsWith(ExitCode.BadInput, "b.npy", "Y 2, X 2", "a.npy", "Y 1, X 4");
        CliProgram.Run("measure", labels, "-o", Path.Combine(folder.Path, "out.xlsx")).FailsWith(ExitCode.Usage, ".csv or .parquet");
        CliProgram.Run("measure", labels, "-o", table, "--voxel-size", "1,0").FailsWith(ExitCode.Usage, "--voxel-size", "1,0");
        CliProgram.Run("measure", Path.Combine(folder.Path, "none.tif"), "-o", table).FailsWith(ExitCode.BadInput, "none.tif");
        Assert.False(File.Exists(table));
    }
}
