using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The verb <c>train</c>, on synthetic images and a tiny network.</summary>
public sealed class TrainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Train_SyntheticImages_MakesAModelThatSegmentLoads()
    {
        MakeImages();

        CliResult trained = Train("--epochs", "2", "--validate", At("images"), "--validate-every", "1", "--json").Succeeds();

        Assert.Equal(2, (int)trained.Json["epochs"]!);
        Assert.True((double)trained.Json["loss"]! > 0);
        Assert.Equal(["m.checkpoint.safetensors", "m.curve.csv", "m.curve.png", "m.safetensors", "m.size.png", "m.size.safetensors"], TestImages.FilesIn(At("out")));
        Assert.Equal(3, File.ReadAllLines(At("out", "m.curve.csv")).Length);
        string image = Directory.EnumerateFiles(At("images"), "*_img.tif").Order(StringComparer.Ordinal).First();
        CliResult segmented = CliProgram.Run("segment", image, "--model", At("out", "m.safetensors"), "-o", At("segmented"), "--save", "masks", "--device", "cpu").Succeeds();
        Assert.Contains("diameter estimated for each image", segmented.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_SizeOnly_LeavesTheNetworkAsItIs()
    {
        MakeImages();
        Train("--epochs", "1", "--no-size-model").Succeeds();
        byte[] network = File.ReadAllBytes(At("out", "m.safetensors"));

        CliResult sized = Train("--size-only", "--validate", At("images"), "--json").Succeeds();

        Assert.Equal(network, File.ReadAllBytes(At("out", "m.safetensors")));
        Assert.True(File.Exists(At("out", "m.size.safetensors")));
        Assert.Contains("held-out images, refined", sized.Json["size_model"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_SizeOnlyWithoutNetwork_IsAModelError()
    {
        MakeImages();

        Train("--size-only").FailsWith(ExitCode.Model, "m.safetensors");
    }

    [Fact]
    public void Train_SyntheticAndShares_DrawsFromBoth()
    {
        MakeImages();

        CliResult trained = Train("--epochs", "1", "--synthetic", "nuclei,bacteria", "--share", "synthetic=2", "--no-size-model").Succeeds();

        Assert.Contains("training on 103 images", trained.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--share", "elsewhere=2", "must name one of the folders")]
    [InlineData("--share", "images=often", "must end in a number")]
    [InlineData("--channels", "images=1", "must end in two channel numbers")]
    [InlineData("--synthetic", "whales", "must be all or kinds of")]
    public void Train_SettingOfAFolderThatCannotBeRead_SaysHow(string option, string value, string message)
    {
        MakeImages();

        Train(option, value).FailsWith(ExitCode.Usage, message, value);
    }

    [Fact]
    public void Train_ResumedAfterItsFirstEpoch_EndsWithTheWeightsOfOneRun()
    {
        MakeImages();
        Train("--epochs", "2").Succeeds();
        byte[] whole = File.ReadAllBytes(At("out", "m.safetensors"));
        Directory.Delete(At("out"), recursive: true);

        using (CliProgram started = CliProgram.Start(new Dictionary<string, string>(), Arguments("--epochs", "2")))
        {
            started.WaitForLine("epoch 1/2");
            started.Interrupt();
            started.WaitForEnd();
        }
        Train("--epochs", "2", "--resume").Succeeds();

        Assert.Equal(whole, File.ReadAllBytes(At("out", "m.safetensors")));
    }

    [Fact]
    public void Train_FolderWithoutPairs_SaysHowToNameThem() =>
        CliProgram.Run("train", _folder.Folder("images"), "-o", At("m.safetensors")).FailsWith(ExitCode.BadInput, "holds no image with labels", "_masks.tif");

    [Fact]
    public void Train_MissingFolder_SaysSo() =>
        CliProgram.Run("train", At("nowhere"), "-o", At("m.safetensors")).FailsWith(ExitCode.BadInput, "does not exist");

    [Fact]
    public void Train_ResumeWithoutCheckpoint_NamesIt()
    {
        MakeImages();

        Train("--resume").FailsWith(ExitCode.Usage, "m.checkpoint.safetensors", "does not exist");
    }

    [Fact]
    public void Train_UnknownInitialModel_IsAModelError()
    {
        MakeImages();

        Train("--init", "whales").FailsWith(ExitCode.Model, "whales");
    }

    public void Dispose() => _folder.Dispose();

    private void MakeImages() =>
        CliProgram.Run("synth", "cells2d", "-o", At("images"), "--count", "3", "--kind", "nuclei", "--size", "96", "--diameter", "16", "--seed", "4", "-q").Succeeds();

    private CliResult Train(params string[] more) => CliProgram.Run(Arguments(more));

    private string[] Arguments(params string[] more) =>
    [
        "train", At("images"), "-o", Path.Combine(_folder.Folder("out"), "m.safetensors"), "--base", "4", "--crop", "64", "--batch-size", "2",
        "--images-per-epoch", "4", "--optimizer", "adamw", "--min-train-masks", "1", "--device", "cpu", .. more,
    ];

    private string At(params string[] parts) => Path.Combine([_folder.Path, .. parts]);
}
