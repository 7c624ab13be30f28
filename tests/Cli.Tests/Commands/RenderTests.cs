using System.Diagnostics;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Viewer.Contexts;
using SkiaSharp;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The verb <c>render</c>.</summary>
public sealed class RenderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Run_VolumeAndLabels_WritesAPictureAndSaysWhatWasDrawn()
    {
        RequireOpenGl();
        (string image, string labels) = Cells("a", 2, 0.5);

        JsonObject json = CliProgram.Run("render", image, labels, "-o", At("a.png"), "--size", "120x90", "--scale-bar", "--isolate", "1,70000-70001", "--json").Succeeds().Json;

        using SKBitmap picture = SKBitmap.Decode(At("a.png"));
        Assert.Equal((120, 90), (picture.Width, picture.Height));
        Assert.True(picture.Pixels.Distinct().Count() > 50);
        Assert.Equal((3, 2, 2.0), ((int)json["cells"]!, (int)json["cells_shown"]!, (double)json["voxel_size_um"]![0]!));
        Assert.Equal([At("a.png")], json["outputs"]!.AsArray().Select(o => (string)o!));
        Assert.StartsWith("EGL", (string)json["gl"]!["origin"]!);
        Assert.Empty(json["reductions"]!.AsArray());
    }

    [Fact]
    public void Run_Twice_IsTheSameBytes()
    {
        RequireOpenGl();
        (string image, string labels) = Cells("a", 2, 0.5);
        string[] args = ["render", image, labels, "--orthogonal", "--size", "160x120", "--mode", "translucent", "--supersample", "1", "--quiet", "-o"];

        CliProgram.Run([.. args, At("1.png")]).Succeeds();
        CliProgram.Run([.. args, At("2.png")]).Succeeds();

        Assert.Equal(File.ReadAllBytes(At("1.png")), File.ReadAllBytes(At("2.png")));
    }

    [Fact]
    public void Run_FlatImage_IsDrawnFlatUnlessSpaceIsAskedFor()
    {
        RequireOpenGl();
        var labels = new NdArray<int>(24, 32);
        for (int y = 5; y < 15; y++)
            labels.Span.Slice(y * 32 + 6, 12).Fill(3);
        TiffWriter.WriteLabels(At("flat.tif"), labels);
        string[] args = ["render", At("flat.tif"), "--labels-only", "--size", "80x60", "-o"];

        CliProgram.Run([.. args, At("flat.png")]).Succeeds();
        CliProgram.Run([.. args, At("slice.png"), "--slice", "xy"]).Succeeds();
        CliProgram.Run([.. args, At("space.png"), "--view", "corner"]).Succeeds();

        Assert.Equal(File.ReadAllBytes(At("slice.png")), File.ReadAllBytes(At("flat.png")));
        Assert.NotEqual(File.ReadAllBytes(At("space.png")), File.ReadAllBytes(At("flat.png")));
    }

    [Fact]
    public void Run_TurntableAndMovie_WriteNumberedPictures()
    {
        RequireOpenGl();
        (string image, string labels) = Cells("a", 2, 0.5);
        var movie = new NdArray<int>(3, 8, 8);
        movie.Data[3 * 8 + 3] = 1;
        movie.Data[64 + 4 * 8 + 4] = 1;
        TiffWriter.WriteLabels(At("m.tif"), movie, "TYX");

        CliProgram.Run("render", image, labels, "-o", At("turn"), "--turntable", "3", "--size", "40x40", "--supersample", "1").Succeeds();
        CliResult result = CliProgram.Run("render", At("m.tif"), "--labels-only", "-o", At("time"), "--movie", "--slice", "xy", "--size", "64x64", "--supersample", "1", "--color-by", "track").Succeeds();

        Assert.Equal(["frame_00001.png", "frame_00002.png", "frame_00003.png"], TestImages.FilesIn(At("turn")));
        Assert.Equal(["frame_00001.png", "frame_00002.png", "frame_00003.png"], TestImages.FilesIn(At("time")));
        Assert.NotEqual(File.ReadAllBytes(At("turn/frame_00001.png")), File.ReadAllBytes(At("turn/frame_00002.png")));
        Assert.Contains("--voxel-size", result.Error);
        SKColor[] colors = [.. Enumerable.Range(1, 2).Select(t =>
        {
            using SKBitmap picture = SKBitmap.Decode(At($"time/frame_0000{t}.png"));
            return picture.Pixels.GroupBy(p => p).Where(g => g.Key.Red + g.Key.Green + g.Key.Blue > 250).MaxBy(g => g.Count())!.Key;
        })];
        Assert.Equal(colors[0], colors[1]);      // a track keeps its colour
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_MovieWithTracks_DrawsTails(bool slices)
    {
        RequireOpenGl();
        TiffWriter.WriteLabels(At("m.tif"), TestMovies.Stack(TestMovies.GlideAndDivide()), "TYX");
        CliProgram.Run("track", "--labels", At("m.tif"), "-o", At("tracked"), "--format", "ctc,tif").Succeeds();
        string[] args = ["render", At("m.tif"), "--labels-only", "--movie", "--size", "160x140", "--supersample", "1", "--color-by", "track", "--tracks", At("tracked/m_RES"), .. slices ? (string[])["--slice", "xy"] : ["--view", "front"]];

        CliProgram.Run([.. args, "-o", At("with")]).Succeeds();
        CliProgram.Run([.. args, "-o", At("without"), "--tail", "0"]).Succeeds();

        Assert.Equal(File.ReadAllBytes(At("without/frame_00001.png")), File.ReadAllBytes(At("with/frame_00001.png")));     // nobody came from anywhere yet
        using SKBitmap with = SKBitmap.Decode(At("with/frame_00005.png")), without = SKBitmap.Decode(At("without/frame_00005.png"));
        int different = with.Pixels.Zip(without.Pixels).Count(p => p.First != p.Second);
        Assert.InRange(different, 50, 160 * 140 / 10);
    }

    [Fact]
    public void Run_Mp4_HasEveryPictureAsItWasDrawn()
    {
        // measured: 1.7 to 1.9 grey levels in the mean, from H.264's halved colours at edges
        const double MostOff = 4;
        RequireOpenGl();
        bool hasFfmpeg = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "ffmpeg")));
        Assert.SkipUnless(hasFfmpeg, "ffmpeg is not on the PATH (as root: apt-get install ffmpeg)");
        (string image, string labels) = Cells("a", 2, 0.5);
        string[] args = ["render", image, labels, "--turntable", "5", "--size", "91x67", "--fps", "10"];      // odd sides, which H.264 has not

        CliProgram.Run([.. args, "-o", At("turn")]).Succeeds();
        JsonObject json = CliProgram.Run([.. args, "-o", At("turn.mp4"), "--json"]).Succeeds().Json;

        Assert.Equal([At("turn.mp4")], json["outputs"]!.AsArray().Select(o => (string)o!));
        Assert.Equal(["a_img.tif", "a_lab.tif", "turn", "turn.mp4"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        (int width, int height) = (92, 68);
        byte[] frames = Decode(At("turn.mp4"));
        Assert.Equal(5 * width * height * 3, frames.Length);
        double[] off = [.. Enumerable.Range(0, 5).Select(n =>
        {
            using SKBitmap drawn = SKBitmap.Decode(At($"turn/frame_{n + 1:d5}.png"));
            double sum = 0;
            for (int y = 0; y < drawn.Height; y++)
            {
                for (int x = 0; x < drawn.Width; x++)
                {
                    SKColor pixel = drawn.GetPixel(x, y);
                    int at = ((n * height + y) * width + x) * 3;
                    sum += Math.Abs(frames[at] - pixel.Red) + Math.Abs(frames[at + 1] - pixel.Green) + Math.Abs(frames[at + 2] - pixel.Blue);
                }
            }
            return sum / (3 * drawn.Width * drawn.Height);
        })];
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", off.Select(o => o.ToString("f2", System.Globalization.CultureInfo.InvariantCulture))));
        Assert.All(off, o => Assert.InRange(o, 0, MostOff));
    }

    [Fact]
    public void Run_Mp4WithoutFfmpeg_KeepsThePictures()
    {
        RequireOpenGl();
        (string image, string labels) = Cells("a", 2, 0.5);

        CliResult result = CliProgram.Run(new Dictionary<string, string> { ["PATH"] = "/bin-without-ffmpeg:/usr/bin/none" }, "render", image, labels, "-o", At("turn.mp4"), "--turntable", "2", "--size", "40x40", "--supersample", "1").Succeeds();

        Assert.Contains("ffmpeg is not on the PATH", result.Error);
        Assert.Equal(2, TestImages.FilesIn(At("turn")).Length);
        Assert.False(File.Exists(At("turn.mp4")));
    }

    [Fact]
    public void Run_ColorByATableOrAMeasure_UsesTheRange()
    {
        RequireOpenGl();
        (string image, string labels) = Cells("a", 2, 0.5);
        File.WriteAllText(At("t.csv"), "label,name,score\n1,\"a,b\",0.5\n7,c,2.5\n70000,d,\n");

        JsonObject table = CliProgram.Run("render", image, labels, "-o", At("a.png"), "--size", "40x40", "--color-by", "score", "--table", At("t.csv"), "--json").Succeeds().Json;
        JsonObject measure = CliProgram.Run("render", image, labels, "-o", At("b.png"), "--size", "40x40", "--color-by", "volume_um3", "--json").Succeeds().Json;

        Assert.Equal([0.5, 2.5], table["color_range"]!.AsArray().Select(v => (double)v!));
        Assert.Equal(8 * 2 * 0.25, (double)measure["color_range"]![0]!, 9);
        CliProgram.Run("render", image, labels, "-o", At("c.png"), "--color-by", "beauty").FailsWith(ExitCode.Usage, "--color-by must be id, track or one of", "area", "got 'beauty'");
        CliProgram.Run("render", image, labels, "-o", At("c.png"), "--color-by", "beauty", "--table", At("t.csv")).FailsWith(ExitCode.BadInput, "t.csv' must have a column 'beauty'");
    }

    [Fact]
    public void Run_LittleMemory_ThinsAndSaysSo()
    {
        RequireOpenGl();
        (string image, string labels) = Cells("a", 2, 0.5);

        CliResult result = CliProgram.Run("render", image, labels, "-o", At("a.png"), "--size", "40x40", "--max-memory", "4k", "--json").Succeeds();

        Assert.Contains("shown at 1 voxel for", result.Error);
        Assert.Equal(2, result.Json["reductions"]!.AsArray().Count);
    }

    [Fact]
    public void Run_Wrong_IsOneLineAndLeavesNothing()
    {
        (string image, string labels) = Cells("a", 2, 0.5);
        TiffWriter.WriteLabels(At("b.tif"), new NdArray<int>(1, 2, 3), "ZYX");

        CliProgram.Run("render", image, "-o", At("a.jpg")).FailsWith(ExitCode.Usage, "--output must end in .png");
        CliProgram.Run("render", image, "-o", At("a.png"), "--turntable", "3").FailsWith(ExitCode.Usage, "a folder or end in .mp4");
        CliProgram.Run("render", image, "-o", At("no/a.png")).FailsWith(ExitCode.Usage, "make it first");
        CliProgram.Run("render", image, "-o", At("a.png"), "--size", "10").FailsWith(ExitCode.Usage, "--size must be WIDTHxHEIGHT");
        CliProgram.Run("render", image, "-o", At("a.png"), "--isolate", "3-1").FailsWith(ExitCode.Usage, "--isolate must be whole numbers");
        CliProgram.Run("render", image, "-o", At("a.png"), "--clip", "0:1").FailsWith(ExitCode.Usage, "--clip must be z0:z1");
        CliProgram.Run("render", image, "-o", At("a.png"), "--background", "mud").FailsWith(ExitCode.Usage, "--background: a colour must be");
        CliProgram.Run("render", image, labels, "-o", At("a.png"), "--labels-only").FailsWith(ExitCode.Usage, "--labels-only is for one file");
        RequireOpenGl();
        CliProgram.Run("render", At("none.tif"), "-o", At("a.png")).FailsWith(ExitCode.BadInput, "none.tif' does not exist");
        CliProgram.Run("render", image, At("b.tif"), "-o", At("a.png")).FailsWith(ExitCode.BadInput, "b.tif' is T 1, Z Y X 1 x 2 x 3", "--label-axes");
        CliProgram.Run("render", image, labels, "-o", At("a.png"), "--time", "2").FailsWith(ExitCode.Usage, "--time must be 1 to 1; got 2");
        CliProgram.Run("render", image, "-o", At("a.png"), "--lut", "gray,red").FailsWith(ExitCode.Usage, "--lut must name a colour map for each of 1 channels");
        CliProgram.Run("render", image, "-o", At("a.png"), "--size", "99999x10").FailsWith(ExitCode.Usage, "99999 x 10");
        CliProgram.Run("render", image, "-o", At("a.png"), "--gl", "device:999").FailsWith(ExitCode.DeviceOrMemory, "apt-get install libegl1 libgl1-mesa-dri");
        File.WriteAllText(At("c.json"), "{\"do\":\"nothing\"}\n");
        CliProgram.Run("render", image, "-o", At("a.png"), "--commands", At("c.json")).FailsWith(ExitCode.BadInput, "no scene or command that is known");
        Assert.Equal(["a_img.tif", "a_lab.tif", "b.tif", "c.json"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Run_LibraryThatDoesNotLoad_NamesThePackages()
    {
        (string image, _) = Cells("a", 2, 0.5);
        Directory.CreateDirectory(At("lib"));
        File.WriteAllBytes(At("lib/libEGL.so.1"), []);

        CliProgram.Run(new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = At("lib") }, "render", image, "-o", At("a.png"))
            .FailsWith(ExitCode.DeviceOrMemory, "libEGL.so.1", "apt-get install libegl1 libgl1-mesa-dri");
    }

    public void Dispose() => _folder.Dispose();

    // uint8 [frames, height, width, 3]
    private static byte[] Decode(string movie)
    {
        using Process process = Process.Start(new ProcessStartInfo("ffmpeg", ["-nostdin", "-loglevel", "error", "-i", movie, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]) { RedirectStandardOutput = true })!;
        using var bytes = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(bytes);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return bytes.ToArray();
    }

    private static void RequireOpenGl()
    {
        try
        {
            using GlThread thread = GlThread.OpenHeadless();
        }
        catch (GlContextException e)
        {
            Assert.Skip(e.Message);
        }
    }

    // three blocks of 2 x 2 x 2, 3 x 3 x 3 and 2 x 3 x 3 voxels, brighter than the rest
    private (string Image, string Labels) Cells(string name, double z, double xy)
    {
        var labels = new NdArray<int>(8, 12, 12);
        var image = new NdArray<float>(8, 12, 12);
        (int Id, int At, int Z, int Side)[] cells = [(1, 1, 2, 2), (7, 5, 3, 3), (70_000, 8, 2, 3)];
        foreach ((int id, int at, int deep, int side) in cells)
        {
            for (int k = 0; k < deep; k++)
            {
                for (int j = 0; j < side; j++)
                {
                    for (int i = 0; i < side; i++)
                        labels.Data[((Math.Min(at, 5) + k) * 12 + at + j) * 12 + at + i] = id;
                }
            }
        }
        for (int i = 0; i < image.Length; i++)
            image.Data[i] = labels.Data[i] > 0 ? 200 + i % 7 : i % 13;
        var options = new TiffWriterOptions { VoxelSizeUm = new VoxelSize(z, xy, xy) };
        TiffWriter.WriteFloats(At($"{name}_img.tif"), image, "ZYX", options);
        TiffWriter.WriteLabels(At($"{name}_lab.tif"), labels, "ZYX", options);
        return (At($"{name}_img.tif"), At($"{name}_lab.tif"));
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
