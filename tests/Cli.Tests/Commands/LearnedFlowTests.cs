using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Native;
using Cellpose3D.IO;
using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Weights;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.TemporalFlow.Learned;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary><c>track --flow learned</c> with the shipped head, and <c>train temporal</c> as small as it goes.</summary>
public sealed class LearnedFlowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Track_LearnedFlow_FindsGlideAndDivision()
    {
        NdArray<int> masks = TestMovies.Stack(TestMovies.GlideAndDivide());
        TiffWriter.WriteLabels(At("masks.tif"), masks, "TYX");
        TestImages.WriteTiff(At("image.tif"), new NdArray<float>(Array.ConvertAll(masks.Data, l => l > 0 ? 70f : 10f), masks.Shape), "TYX");

        CliResult blind = CliProgram.Run("track", "--labels", At("masks.tif"), "-o", At("blind"), "--flow", "learned", "--format", "ctc,csv", "--json").Succeeds();
        CliProgram.Run("track", "--labels", At("masks.tif"), "--images", At("image.tif"), "-o", At("seen"), "--flow", "learned", "--format", "ctc", "--save", "none").Succeeds();

        TrackRow[] rows = [new TrackRow(1, 0, 5, 0), new TrackRow(2, 0, 2, 0), new TrackRow(3, 3, 5, 2), new TrackRow(4, 3, 5, 2)];
        Assert.Equal(rows, CtcTrackFile.Read(At("blind/masks_RES/res_track.txt")));
        Assert.Equal(rows, CtcTrackFile.Read(At("seen/masks_RES/res_track.txt")));
        Assert.Equal("learned", (string)blind.Json["settings"]!["flow"]!);
        Assert.All(TrackFile.Read(At("blind/masks_tracks.csv")).Solution.Links, l => Assert.InRange(l.Probability, 0, 1));
    }

    [Fact]
    public void Track_LearnedFlowOfEmptyFrames_IsLegal()
    {
        TestMovies.WriteLabels(At("some"), new NdArray<int>(40, 40), TestMovies.Discs(40, 40, (7, 20, 20, 6)), new NdArray<int>(40, 40), TestMovies.Discs(40, 40, (2, 20, 21, 6)));

        CliProgram.Run("track", "--labels", At("some"), "-o", At("out"), "--flow", "learned", "--format", "csv", "--save", "none").Succeeds();

        Assert.Equal(1, TrackFile.Read(At("out/some_tracks.csv")).Solution.LinkCount);
    }

    [Fact]
    public void TrainTemporal_TwoSteps_MakesAHeadAndResumesToTheSameBytes()
    {
        CliResult trained = Train("--steps", "2", "--json").Succeeds();
        byte[] head = File.ReadAllBytes(At("heads/h.safetensors"));
        File.Delete(At("heads/h.safetensors"));

        Train("--steps", "2", "--resume").Succeeds();

        Assert.Equal(2, (int)trained.Json["steps"]!);
        Assert.Equal(["h.checkpoint.safetensors", "h.curve.csv", "h.safetensors"], TestImages.FilesIn(At("heads")));
        Assert.Equal(head, File.ReadAllBytes(At("heads/h.safetensors")));
        Assert.Equal(2, File.ReadAllLines(At("heads/h.curve.csv")).Length);
        using TemporalModel model = TemporalModelFile.Read(At("heads/h.safetensors"), ComputeDevice.Select("cpu"));
        Assert.NotEqual(LearnedWeights.Untrained.Link(), model.Weights.Link());
    }

    [Fact]
    public void TrainTemporal_ShareOutOfRange_IsAUsageError() =>
        Train("--steps", "1", "--real-share", "2").FailsWith(ExitCode.Usage, "--real-share must be 0 to 1; got 2.");

    [Fact]
    public void TrainTemporal_UnknownEncoder_IsAModelError() =>
        CliProgram.Run("train", "temporal", "-o", At("head.safetensors"), "--encoder", "whales", "--steps", "1").FailsWith(ExitCode.Model, "whales");

    public void Dispose() => _folder.Dispose();

    private CliResult Train(params string[] more) => CliProgram.Run(
    [
        "train", "temporal", "-o", Path.Combine(_folder.Folder("heads"), "h.safetensors"), "--encoder", CliProgram.Model, "--crop", "32", "--calibrate", "1",
        "--seed", "3", "--device", "cpu", .. more,
    ]);

    private string At(string path) => Path.Combine(_folder.Path, path);
}
