using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The verb <c>track</c>.</summary>
public sealed class TrackTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Track_Images_SegmentsEveryFrameAndLinksThem()
    {
        string movie = _folder.Folder("movie");
        for (int t = 8; t < 12; t++)                                     // t8 t9 t10 t11: not the order of letters
            TestImages.WriteTiff(Path.Combine(movie, $"t{t}.tif"), Shifted(TestImages.Discs(80, 120, 1), 2 * (t - 8)), "YX");

        CliResult result = CliProgram.Run(
            "track", movie, "-o", At("out"), "--model", CliProgram.Model, "--device", "cpu", "--diameter", "18", "--json",
            "--format", "tif,zarr,ctc,csv,napari,geff,trackmate", "--save", "montage,lineage,doubtful,masks").Succeeds();

        Assert.Equal(
            ["movie.geff", "movie_RES", "movie_cp_masks.tif", "movie_doubtful.csv", "movie_lineage.png", "movie_montage.png", "movie_napari.csv", "movie_napari_graph.json",
                "movie_tracks.csv", "movie_tracks.tif", "movie_tracks.txt", "movie_tracks.xml", "movie_tracks.zarr", "run.json"],
            Entries(At("out")));
        JsonNode summary = result.Json["summary"]!;
        Assert.Equal((4, 24, 18, 6), ((int)summary["frames"]!, (int)summary["cells"]!, (int)summary["links"]!, (int)summary["tracks"]!));
        Assert.Equal(18, (double)result.Json["diameter_px"]!);
        Assert.Equal(4, result.Json["frames"]!.AsArray().Count);
        Assert.Equal(JsonNode.Parse(File.ReadAllText(At("out/run.json")))!.ToJsonString(), result.Json.ToJsonString());
        NdArray<int> tracks = LabelReader.Read(At("out/movie_tracks.tif")), masks = LabelReader.Read(At("out/movie_cp_masks.tif"));
        Assert.Equal([4, 80, 120], tracks.Shape);
        Assert.Equal(masks.Data.Select(l => l > 0), tracks.Data.Select(l => l > 0));
        Assert.Equal(6, TrackFile.Read(At("out/movie.geff")).Tracks().Tracks.Count);
        Assert.Equal(6, TrackFile.Read(At("out/movie_tracks.xml")).Tracks().Tracks.Count);
        Assert.Equal(6, CtcFolder.Open(At("out/movie_RES")).Rows.Count);
    }

    [Theory]
    [InlineData("stack.tif")]
    [InlineData("stack.npy")]
    [InlineData("stack.zarr")]
    [InlineData("folder")]
    public void Track_MasksInAnyForm_FindsGlideAndDivision(string form)
    {
        NdArray<int>[] frames = TestMovies.GlideAndDivide();
        string labels = At(form);
        if (form == "folder")
            TestMovies.WriteLabels(labels, frames);
        else if (form == "stack.npy")
            _folder.Write(form, TestMovies.Stack(frames));               // no axes: Z unless it is told
        else
            TiffWriter.WriteLabels(At("stack.tif"), TestMovies.Stack(frames), "TYX");
        if (form == "stack.zarr")
            CliProgram.Run("convert", At("stack.tif"), labels, "--labels").Succeeds();

        CliResult result = CliProgram.Run("track", "--labels", labels, "-o", At("out"), "--format", "ctc").Succeeds();

        string stem = Path.GetFileNameWithoutExtension(form);
        Assert.Equal(
            [new TrackRow(1, 0, 5, 0), new TrackRow(2, 0, 2, 0), new TrackRow(3, 3, 5, 2), new TrackRow(4, 3, 5, 2)],
            CtcTrackFile.Read(At($"out/{stem}_RES/res_track.txt")));
        Assert.Equal(form == "stack.npy", result.Error.Contains("its planes are taken for time points", StringComparison.Ordinal));
        Assert.Contains("the size of a pixel is unknown", result.Error);
    }

    [Fact]
    public void Track_ImagesOfMasks_GiveIntensities()
    {
        NdArray<int>[] frames = TestMovies.GlideAndDivide();
        TiffWriter.WriteLabels(At("masks.tif"), TestMovies.Stack(frames), "TYX");
        NdArray<int> bright = TestMovies.Stack(frames);
        TestImages.WriteTiff(At("image.tif"), new NdArray<float>(Array.ConvertAll(bright.Data, l => l > 0 ? 70f : 10f), bright.Shape), "TYX");

        CliProgram.Run("track", "--labels", At("masks.tif"), "--images", At("image.tif"), "-o", At("out"), "--voxel-size", "0.5", "--frame-interval", "60").Succeeds();

        TrackedMovie read = TrackFile.Read(At("out/masks_tracks.csv"));
        Assert.Equal(4, read.Tracks().Tracks.Count);
        Assert.All(read.Solution.Detections.All.ToArray(), c => Assert.Equal(70, c.Intensity));
        Assert.Equal((0.5, 60), (read.Spacing.X, read.FrameSeconds));
    }

    [Fact]
    public void Track_EmptyFramesAndNoCells_AreLegal()
    {
        TiffWriter.WriteLabels(At("none.tif"), new NdArray<int>(3, 40, 40), "TYX");
        TestMovies.WriteLabels(At("some"), new NdArray<int>(40, 40), TestMovies.Discs(40, 40, (7, 20, 20, 6)), new NdArray<int>(40, 40));

        CliResult none = CliProgram.Run("track", "--labels", At("none.tif"), "-o", At("out"), "--format", "ctc,csv,tif,geff", "--json").Succeeds();
        CliResult some = CliProgram.Run("track", "--labels", At("some"), "-o", At("out"), "--format", "ctc", "--json").Succeeds();

        Assert.Equal((3, 0, 0), ((int)none.Json["summary"]!["frames"]!, (int)none.Json["summary"]!["cells"]!, (int)none.Json["summary"]!["tracks"]!));
        Assert.Equal(1, (int)some.Json["summary"]!["tracks"]!);
        Assert.Equal([new TrackRow(1, 1, 1, 0)], CtcFolder.Open(At("out/some_RES")).Rows);
        Assert.Equal(3, CtcFolder.Open(At("out/none_RES")).FrameCount);
    }

    [Fact]
    public void Track_OneFrame_HasATrackForEveryCell()
    {
        TiffWriter.WriteLabels(At("one.tif"), TestMovies.Discs(40, 60, (3, 12, 12, 6), (8, 20, 44, 6)), "YX");

        CliResult result = CliProgram.Run("track", "--labels", At("one.tif"), "-o", At("out"), "--format", "ctc,csv,tif", "--json").Succeeds();

        Assert.Equal((1, 2, 0), ((int)result.Json["summary"]!["frames"]!, (int)result.Json["summary"]!["tracks"]!, (int)result.Json["summary"]!["links"]!));
        Assert.Equal([new TrackRow(1, 0, 0, 0), new TrackRow(2, 0, 0, 0)], CtcFolder.Open(At("out/one_RES")).Rows);
    }

    [Fact]
    public void Track_SeventyThousandCells_RefusesCtcAndWritesTheRest()
    {
        var labels = new NdArray<int>(1, 530, 530);
        int cells = 0;
        for (int y = 0; y < 530; y += 2)
        {
            for (int x = 0; x < 530; x += 2)
                labels.Data[y * 530 + x] = ++cells;
        }
        TiffWriter.WriteLabels(At("many.tif"), labels, "TYX");

        CliResult both = CliProgram.Run("track", "--labels", At("many.tif"), "-o", At("both"), "--format", "ctc,tif", "--save", "none");
        CliResult only = CliProgram.Run("track", "--labels", At("many.tif"), "-o", At("only"), "--format", "ctc");

        both.FailsWith(ExitCode.SomeFailed, "CTC", "65535", "70225", "TIFF");
        Assert.Equal(["many_tracks.tif", "many_tracks.txt", "run.json"], Entries(At("both")));
        Assert.Equal(70_225, LabelReader.Read(At("both/many_tracks.tif")).Data.Max());
        only.FailsWith(ExitCode.BadInput, "65535", "70225", "--format tif or zarr");
        Assert.Empty(Entries(At("only")));
    }

    [Fact]
    public void Track_LabelUsedAgainForAnotherCell_IsAnotherTrack()
    {
        TestMovies.WriteLabels(
            At("masks"),
            TestMovies.Discs(60, 120, (1, 30, 20, 7)), TestMovies.Discs(60, 120, (1, 30, 20, 7)), new NdArray<int>(60, 120),
            TestMovies.Discs(60, 120, (1, 30, 100, 7)), TestMovies.Discs(60, 120, (1, 30, 100, 7)));

        CliProgram.Run("track", "--labels", At("masks"), "-o", At("out"), "--format", "ctc").Succeeds();

        Assert.Equal([new TrackRow(1, 0, 1, 0), new TrackRow(2, 3, 4, 0)], CtcFolder.Open(At("out/masks_RES")).Rows);
    }

    [Fact]
    public void Track_GapsFilled_HaveFlaggedMasks()
    {
        NdArray<int>[] frames = [.. Enumerable.Range(0, 6).Select(t => t is 2 or 3 ? new NdArray<int>(60, 90) : TestMovies.Discs(60, 90, (4, 30, 20 + 2 * t, 8)))];
        TestMovies.WriteLabels(At("masks"), frames);

        CliResult result = CliProgram.Run("track", "--labels", At("masks"), "-o", At("out"), "--fill-gaps", "--format", "ctc,csv", "--json").Succeeds();

        Assert.Equal((1, 2), ((int)result.Json["summary"]!["gaps"]!, (int)result.Json["summary"]!["interpolated_masks"]!));
        CtcFolder ctc = CtcFolder.Open(At("out/masks_RES"));
        Assert.Equal([new TrackRow(1, 0, 5, 0)], ctc.Rows);
        NdArray<int> expected = TestMovies.Discs(60, 90, (1, 30, 24, 8)), filled = ctc.ReadFrame(2);
        Assert.Equal(expected.Data, filled.Data);
        string[] rows = File.ReadAllLines(At("out/masks_tracks.csv"));
        int flag = Array.IndexOf(rows[0].Split(','), "interpolated"), frame = Array.IndexOf(rows[0].Split(','), "t");
        Assert.Equal(["2", "3"], rows[1..].Select(r => r.Split(',')).Where(r => r[flag] == "true").Select(r => r[frame]));
    }

    [Fact]
    public void Track_VerdictsOnLinks_AreKept()
    {
        string masks = TestMovies.WriteLabels(At("masks"), TestMovies.GlideAndDivide());
        File.WriteAllText(At("pins.csv"), "frame_from,label_from,frame_to,label_to,note,verdict\n2,2,3,9,no daughter,no\n2,1,3,4,sure,yes\n0,1,1,5,,\n");
        File.WriteAllText(At("bad.csv"), "frame_from,label_from,frame_to,label_to,verdict\n2,2,3,77,no\n");

        CliProgram.Run("track", "--labels", masks, "-o", At("out"), "--format", "ctc", "--pins", At("pins.csv")).Succeeds();
        CliResult bad = CliProgram.Run("track", "--labels", masks, "-o", At("bad"), "--pins", At("bad.csv"));

        Assert.Equal([new TrackRow(1, 0, 5, 0), new TrackRow(2, 0, 5, 0), new TrackRow(3, 3, 5, 0)], CtcFolder.Open(At("out/masks_RES")).Rows);
        bad.FailsWith(ExitCode.BadInput, "line 2", At("bad.csv"), "frame 3 has no mask 77");
        Assert.False(Directory.Exists(At("bad")));
    }

    [Fact]
    public void Track_Volumes_AreSegmentedIn3D()
    {
        NdArray<float> volume = ImageReader.Read(Golden.Path("eval3d", "vol.tif"), "ZYX").Pixels;
        TestImages.WriteTiff(At("movie.tif"), TestImages.Stack(volume, volume), "TZYX");

        CliResult result = CliProgram.Run(
            "track", At("movie.tif"), "-o", At("out"), "--model", CliProgram.Model, "--device", "cpu", "--diameter", "14", "--voxel-size", "1", "--format", "ctc,tif", "--json").Succeeds();

        int tracks = (int)result.Json["summary"]!["tracks"]!;
        Assert.InRange(tracks, 7, 9);
        Assert.Equal((2 * tracks, tracks), ((int)result.Json["summary"]!["cells"]!, (int)result.Json["summary"]!["links"]!));
        Assert.Equal([2, 16, 44, 48], LabelReader.Read(At("out/movie_tracks.tif")).Shape);
    }

    [Fact]
    public void Track_Interrupted_GoesOnWithResume()
    {
        string movie = _folder.Folder("movie");
        for (int t = 0; t < 5; t++)
            TestImages.WriteTiff(Path.Combine(movie, string.Create(CultureInfo.InvariantCulture, $"t{t}.tif")), TestImages.Discs(480, 480, 1), "YX");
        string[] command = ["track", movie, "-o", At("out"), "--model", CliProgram.Model, "--device", "cpu", "--diameter", "18", "--format", "tif"];
        using (CliProgram program = CliProgram.Start(new Dictionary<string, string>(), command))
        {
            program.WaitForLine("track 2/5");
            program.Interrupt();
            program.WaitForEnd().FailsWith(ExitCode.Interrupted, "interrupted");
        }
        Assert.Equal(["movie_track_work"], Entries(At("out")));

        CliResult resumed = CliProgram.Run([.. command, "--resume", "--json"]).Succeeds();

        Assert.True((bool)resumed.Json["frames"]![0]!["resumed"]!);
        Assert.False((bool)resumed.Json["frames"]![4]!["resumed"]!);
        Assert.Equal(144, (int)resumed.Json["summary"]!["tracks"]!);
        Assert.DoesNotContain("movie_track_work", Entries(At("out")));
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private static string[] Entries(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder).Select(e => Path.GetFileName(e)).Order(StringComparer.Ordinal)] : [];

    private static NdArray<float> Shifted(NdArray<float> image, int right)
    {
        NdArray<float> moved = image.Clone();
        int width = image.Shape[1];
        for (int n = 0; n < image.Length; n++)
            moved.Data[n] = image.Data[n / width * width + Math.Max(0, n % width - right)];
        return moved;
    }
}
