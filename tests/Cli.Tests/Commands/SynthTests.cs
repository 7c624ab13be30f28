using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The verb <c>synth</c>.</summary>
public sealed class SynthTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Synth_Cells2D_MakesImagesThatEvaluateAgainstThemselves()
    {
        CliResult made = Run("--count", "2", "--size", "96", "--seed", "5", "--json").Succeeds();
        CliResult scored = CliProgram.Run("evaluate", "--truth", At("out"), "--pred", At("out"), "--metrics", "ap", "--json").Succeeds();

        JsonArray images = made.Json["images"]!.AsArray();
        Assert.Equal(2, images.Count);
        NdArray<int> labels = LabelReader.Read(((string)images[0]!["image"]!).Replace("_img", "_masks", StringComparison.Ordinal));
        Assert.Equal([96, 96], labels.Shape);
        Assert.True(labels.Data.Max() > 0);
        Assert.Equal(1, (double)scored.Json["predictions"]![0]!["mean"]!["ap"]![0]!);
    }

    [Fact]
    public void Synth_SameSeed_WritesTheSameBytes()
    {
        Run("--count", "1", "--size", "64", "--seed", "9").Succeeds();
        string file = TestImages.FilesIn(At("out")).First(f => f.EndsWith("_img.tif", StringComparison.Ordinal));
        byte[] first = File.ReadAllBytes(Path.Combine(At("out"), file));
        Directory.Delete(At("out"), recursive: true);

        Run("--count", "1", "--size", "64", "--seed", "9").Succeeds();

        Assert.Equal(first, File.ReadAllBytes(Path.Combine(At("out"), file)));
    }

    [Theory]
    [InlineData("--kind", "whales", "--kind must be one of")]
    [InlineData("--count", "0", "--count must be 1 or more")]
    [InlineData("--size", "0", "must be")]
    [InlineData("--diameter", "-3", "must be")]
    public void Synth_BadOption_SaysWhatItMustBe(string option, string value, string text)
    {
        Run(option, value).FailsWith(ExitCode.Usage, text);

        Assert.Empty(TestImages.FilesIn(At("out")));
    }

    [Fact]
    public void Synth_OutputIsFile_SaysSo()
    {
        File.WriteAllText(At("out"), "");

        Run().FailsWith(ExitCode.Usage, "--output must be a folder", At("out"));
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private CliResult Run(params string[] args) => CliProgram.Run(["synth", "cells2d", "-o", At("out"), .. args]);
}
