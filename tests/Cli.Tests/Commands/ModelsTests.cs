using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.IO.Weights;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The verb <c>models</c>, with folders of its own.</summary>
public sealed class ModelsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Models_Add_MakesTheModelKnownByItsName()
    {
        CliResult added = Run("add", CliProgram.Model, "--name", "my_cells").Succeeds();
        CliResult path = Run("path", "my_cells").Succeeds(), list = Run("list", "--json").Succeeds();

        string file = At("models/my_cells.safetensors");
        Assert.StartsWith("added 'my_cells'", added.Output);
        Assert.Equal(file + "\n", path.Output);
        Assert.True(File.Exists(file));
        JsonNode model = list.Json["models"]!.AsArray().Single(m => (string)m!["name"]! == "my_cells")!;
        Assert.Equal(("your folder", file), ((string)model["from"]!, (string)model["files"]![0]!));
    }

    [Fact]
    public void Models_AddedModel_SegmentsLikeItsFile()
    {
        string image = TestImages.WriteTiff(At("image.tif"), TestImages.Discs(80, 80, 1), "YX");
        Run("add", CliProgram.Model, "--name", "my_cells").Succeeds();

        CliProgram.Segment(image, "-o", At("by_file"), "--save", "masks").Succeeds();
        CliProgram.Run(Environment, "segment", image, "-o", At("by_name"), "--save", "masks", "--model", "my_cells", "--device", "cpu").Succeeds();

        Assert.Equal(File.ReadAllBytes(At("by_file/image_cp_masks.tif")), File.ReadAllBytes(At("by_name/image_cp_masks.tif")));
    }

    [Fact]
    public void Models_List_ShowsWhatIsHereAndWhatCanBeHad()
    {
        CliResult text = Run("list").Succeeds();
        JsonObject json = Run("list", "--json").Succeeds().Json;

        Assert.Contains("cellpose3d models get cyto3", text.Output);
        Assert.Contains("cyto3", json["can_be_downloaded"]!.AsArray().Select(n => (string)n!));
    }

    [Fact]
    public void Models_ListWithPythonCellpose_FindsItsModels()
    {
        Directory.CreateDirectory(At("python"));
        File.Copy(CliProgram.Model, At("python/their_model"));

        JsonObject json = Run("list", "--json").Succeeds().Json;

        JsonNode model = json["models"]!.AsArray().Single(m => (string)m!["name"]! == "their_model")!;
        Assert.Equal("Python Cellpose", (string)model["from"]!);
    }

    [Fact]
    public void Models_InfoOfAFile_ShowsHashSizesAndDiameters()
    {
        CliResult text = Run("info", CliProgram.Model).Succeeds();
        JsonObject json = Run("info", CliProgram.Model, "--json").Succeeds().Json;

        string hash = CellposeModelFile.HashFile(CliProgram.Model);
        Assert.Contains(hash, text.Output);
        Assert.Contains("2, 8, 16, 32, 64 -> 3 maps", text.Output);
        Assert.Equal(hash, (string)json["sha256"]!);
        Assert.Equal(30, (double)json["diam_mean"]!);
        Assert.Equal([2, 8, 16, 32, 64], json["widths"]!.AsArray().Select(w => (int)w!));
    }

    [Theory]
    [InlineData("info")]
    [InlineData("path")]
    public void Models_UnknownName_ListsNames(string verb) => Run(verb, "no_such_model").FailsWith(ExitCode.Model, "'no_such_model'", "cyto3");

    [Fact]
    public void Models_AddNoNetwork_CopiesNothing()
    {
        string noise = TestImages.WriteNoise(At("noise.pt"));

        Run("add", noise).FailsWith(ExitCode.Model, $"'{noise}' is no weights file");
        Run("add", At("missing.pt")).FailsWith(ExitCode.Model, "missing.pt' does not exist");

        Assert.Equal(["noise.pt"], TestImages.FilesIn(_folder.Path));
    }

    [Theory]
    [InlineData("a/b", "letters, digits")]
    [InlineData("cyto3", "official model")]
    public void Models_AddUnderABadName_SaysWhy(string name, string text)
    {
        Run("add", CliProgram.Model, "--name", name).FailsWith(ExitCode.Usage, $"'{name}'", text);

        Assert.Empty(TestImages.FilesIn(_folder.Path));
    }

    [Fact]
    public void Models_Export_HalvesTheFileAndKeepsTheModel()
    {
        Run("export", CliProgram.Model, "-o", At("small.safetensors")).Succeeds();
        Run("export", CliProgram.Model, "-o", At("large.safetensors"), "--float32").Succeeds();

        CellposeModelFile small = CellposeModelFile.Load(At("small.safetensors")), large = CellposeModelFile.Load(At("large.safetensors"));
        Assert.InRange(new FileInfo(small.Path).Length / (double)new FileInfo(large.Path).Length, 0.5, 0.56);
        Assert.Equal(large.Widths, small.Widths);
        float[] whole = large.Weights.Find("output.2.weight")!.ToFloats(), half = small.Weights.Find("output.2.weight")!.ToFloats();
        Assert.NotEqual(whole, half);
        Assert.All(whole.Zip(half), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        Assert.Equal(["large.safetensors", "small.safetensors"], TestImages.FilesIn(_folder.Path));
    }

    [Fact]
    public void Models_GetUnknownName_ListsOfficialOnes() => Run("get", "my_cells").FailsWith(ExitCode.Usage, "official models are", "cyto3", "'my_cells'");

    [Fact]
    public void Models_UnknownVerb_ListsVerbs() => Run("download").FailsWith(ExitCode.Usage, "no verb 'download'", "verbs of 'models': list, info", "cellpose3d models --help");

    public void Dispose() => _folder.Dispose();

    private Dictionary<string, string> Environment => new() { ["CELLPOSE3D_CACHE"] = _folder.Path, ["CELLPOSE_LOCAL_MODELS_PATH"] = At("python") };

    private string At(string name) => Path.Combine(_folder.Path, name);

    private CliResult Run(params string[] args) => CliProgram.Run(Environment, ["models", .. args]);
}
