using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>What the program says of itself.</summary>
public sealed class ProgramTests
{
    [Theory]
    [InlineData("segment")]
    [InlineData("evaluate")]
    [InlineData("models")]
    [InlineData("models list")]
    [InlineData("models info")]
    [InlineData("models path")]
    [InlineData("models add")]
    [InlineData("models get")]
    [InlineData("synth")]
    [InlineData("synth cells2d")]
    [InlineData("inspect")]
    [InlineData("doctor")]
    public void Help_EveryVerb_ShowsAnExample(string verb)
    {
        CliResult result = CliProgram.Run([.. verb.Split(' '), "--help"]).Succeeds();

        Assert.Contains($"Example: cellpose3d {verb}", result.Output);
        Assert.Contains("Usage:", result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void Help_Root_ListsEveryVerbOnALineOfItsOwn()
    {
        CliResult result = CliProgram.Run("--help").Succeeds();

        foreach (string verb in (string[])["segment", "evaluate", "models", "synth", "inspect", "doctor"])
            Assert.Matches($@"(?m)^  {verb} .*\S", result.Output);
        Assert.DoesNotContain("Example:", result.Output);
    }

    [Fact]
    public void Version_IsANumber() => Assert.Matches(@"^\d+\.\d+\.\d+", CliProgram.Run("--version").Succeeds().Output);

    [Fact]
    public void NoVerb_SaysWhatToDo() => CliProgram.Run().FailsWith(ExitCode.Usage, "cellpose3d --help");

    [Fact]
    public void UnknownVerb_ListsVerbs()
    {
        CliResult result = CliProgram.Run("segmnt", "a.tif");

        result.FailsWith(ExitCode.Usage, "no verb 'segmnt'", "segment, track, evaluate", "cellpose3d --help");
        Assert.DoesNotContain("segment-task", result.Error);             // nothing for users
    }

    [Fact]
    public void Doctor_NamesDeviceAndLibraries()
    {
        CliResult text = CliProgram.Run("doctor").Succeeds();
        JsonObject json = CliProgram.Run("doctor", "--json").Succeeds().Json;

        foreach (string topic in (string[])["program", "system", "cpu", "memory", "libtorch", "device", "libgtk-3.so.0"])
        {
            Assert.Matches($"(?m)^{topic} +\\S", text.Output);
            Assert.NotEmpty((string)json[topic]!);
        }
        Assert.Matches("(cpu|cuda)", (string)json["device"]!);
        Assert.Contains(ProgramCache.Folder, text.Output);
    }

    [Fact]
    public void Doctor_CacheCannotBeWritten_LoadsAllTheSameAndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "in the way of a folder");
        string temporary = folder.Folder("temporary");

        CliResult result = CliProgram.Run(new Dictionary<string, string> { ["CELLPOSE3D_CACHE"] = Path.Combine(file, "cache"), ["TMPDIR"] = temporary }, "doctor").Succeeds();

        Assert.Matches("(?m)^libtorch +TorchSharp", result.Output);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(temporary), f => Path.GetFileName(f).StartsWith("cellpose3d", StringComparison.Ordinal));
    }

    [Fact]
    public void Doctor_LibTorchFolderIsWrong_NamesTheVariable()
    {
        CliResult result = CliProgram.Run(new Dictionary<string, string> { ["CELLPOSE3D_LIBTORCH"] = "/nowhere" }, "doctor");

        Assert.Equal((int)ExitCode.DeviceOrMemory, result.ExitCode);
        Assert.Contains("CELLPOSE3D_LIBTORCH", result.Output);
        Assert.DoesNotContain("   at ", result.Error + result.Output);
    }
}
