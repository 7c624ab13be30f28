using Cellpose3D.IO.Weights;

namespace Cellpose3D.IO.Tests.Weights;

public sealed class ModelRegistryTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("cellpose3d-registry-");
    private readonly ModelRegistry _registry;

    public ModelRegistryTests()
    {
        foreach (string folder in new[] { "program", "cellpose", "elsewhere" })
            _root.CreateSubdirectory(folder);
        _registry = new ModelRegistry(new ModelRegistryOptions { ProgramFolder = At("program"), UserFolder = At("user"), CellposeFolder = At("cellpose") });
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Resolve_SameNameInEveryFolder_TakesProgramThenUserThenCellpose()
    {
        _root.CreateSubdirectory("user");
        string[] files = [Net("program", "cyto3.safetensors"), Net("user", "cyto3"), Net("cellpose", "cyto3")];
        ModelOrigin[] origins = [ModelOrigin.Program, ModelOrigin.User, ModelOrigin.Cellpose];

        for (int i = 0; i < files.Length; i++)
        {
            ModelEntry entry = _registry.Resolve("cyto3");

            Assert.Equal(origins[i], entry.Origin);
            Assert.Equal([files[i]], entry.WeightPaths);
            Assert.Equal(i == 0 ? null : "cyto3", entry.OfficialName);
            File.Delete(files[i]);
        }
    }

    [Fact]
    public void Resolve_OfficialEnsemble_FindsNetworksInOrderAndSize()
    {
        string[] nets = [Net("cellpose", "nucleitorch_0"), Net("cellpose", "nucleitorch_1"), Net("cellpose", "nucleitorch_2")];
        File.Copy(Golden.Path("size_model_official.npy"), At("cellpose", "size_nucleitorch_0.npy"));

        ModelEntry entry = _registry.Resolve("nuclei");

        Assert.Equal(nets, entry.WeightPaths);
        Assert.Equal(At("cellpose", "size_nucleitorch_0.npy"), entry.SizePath);
        Assert.Single(entry.Load());
        Assert.All(entry.Load(ensemble: true), net => Assert.Equal(17, net.DiamMean));
    }

    [Fact]
    public void Resolve_Path_IsTheFileWithTheSizeModelBesideIt()
    {
        string path = Net("elsewhere", "my model.pt");
        File.Copy(Golden.Path("size_model_official.npy"), At("elsewhere", "my model.pt_size.npy"));

        ModelEntry entry = _registry.Resolve(path);

        Assert.Equal(("my model", ModelOrigin.File, null), (entry.Name, entry.Origin, entry.OfficialName));
        Assert.Equal(At("elsewhere", "my model.pt_size.npy"), entry.SizePath);
    }

    [Fact]
    public void Resolve_UserTrainedNetworkOfCellpose_IsFoundByName()
    {
        Net("cellpose", "CP_20230101_101010");

        Assert.Equal(ModelOrigin.Cellpose, _registry.Resolve("CP_20230101_101010").Origin);
    }

    [Fact]
    public void Resolve_OfficialButNotHere_SaysHowToGetIt()
    {
        var e = Assert.Throws<FileNotFoundException>(() => _registry.Resolve("cyto3"));

        Assert.Contains("'cellpose3d models get cyto3'", e.Message);
        Assert.Contains(At("user"), e.Message);
    }

    [Fact]
    public void Resolve_Folder_SaysSo()
    {
        string folder = At("elsewhere", "");

        Assert.Contains("is a folder; name a model", Assert.Throws<InvalidDataException>(() => _registry.Resolve(folder)).Message);
    }

    [Theory]
    [InlineData("cytoo")]
    [InlineData("../elsewhere/x")]
    [InlineData("")]
    public void Resolve_Unknown_ListsWhatThereIs(string name)
    {
        Net("program", "nuclei.safetensors");

        Assert.Contains("models on this machine: nuclei;", Assert.Throws<FileNotFoundException>(() => _registry.Resolve(name)).Message);
    }

    [Fact]
    public void List_EveryPlace_NamesEachModelOnce()
    {
        _root.CreateSubdirectory("user");
        Net("program", "nuclei.safetensors");
        File.WriteAllText(At("program", "nuclei.size.safetensors"), "");
        Net("cellpose", "nucleitorch_0");
        Net("cellpose", "nucleitorch_1");
        Net("cellpose", "cytotorch_0");
        Net("user", "mine.pth");
        foreach (string other in new[] { "gui_models.txt", "size_cytotorch_0.npy", "x.part", "x.sha256", ".hidden" })
            File.WriteAllText(At("cellpose", other), "");

        Assert.Equal(
            [("cyto", ModelOrigin.Cellpose), ("mine", ModelOrigin.User), ("nuclei", ModelOrigin.Program)],
            _registry.List().Select(m => (m.Name, m.Origin)));
    }

    [Fact]
    public void List_NoFolders_IsEmpty()
    {
        Assert.Empty(new ModelRegistry(new ModelRegistryOptions { ProgramFolder = null, UserFolder = At("none"), CellposeFolder = At("nothing") }).List());
    }

    [Fact]
    public void Add_Network_IsFoundByItsNameWithSizeModel()
    {
        string path = Net("elsewhere", "trained.pt");
        File.Copy(Golden.Path("size_model_official.npy"), At("elsewhere", "trained_size.npy"));

        ModelEntry entry = _registry.Add(path, "hela");

        Assert.Equal(("hela", ModelOrigin.User), (entry.Name, entry.Origin));
        Assert.Equal([2, 8, 16, 32, 64], entry.Load()[0].Widths);
        Assert.Equal(256, SizeModelFile.Read(entry.SizePath!).A.Length);
        Assert.Equal(["hela.safetensors", "hela.size.safetensors"], Directory.GetFiles(At("user")).Select(p => Path.GetFileName(p)).Order());
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("cyto3")]
    [InlineData("shipped")]
    public void Add_NameThatIsTakenOrNoName_Refuses(string name)
    {
        Net("program", "shipped.safetensors");

        Assert.Throws<ArgumentException>(() => _registry.Add(Golden.Path("net_small.pt"), name));
    }

    [Fact]
    public void Add_SomethingElse_RefusesAndCopiesNothing()
    {
        Assert.Throws<InvalidDataException>(() => _registry.Add(Fixture.Path("other_zip.pt")));
        Assert.False(Directory.Exists(At("user")));
    }

    [Fact]
    public async Task GetAsync_OfficialModel_FetchesNetworksAndSizeModel()
    {
        using var server = new LoopbackServer();
        for (int i = 0; i < 4; i++)
            server.Files[$"cytotorch_{i}"] = File.ReadAllBytes(Golden.Path("net_small.pt"));
        server.Files["size_cytotorch_0.npy"] = File.ReadAllBytes(Golden.Path("size_model_official.npy"));
        using var downloader = new ModelDownloader { BaseUrl = server.Url };

        ModelEntry one = await _registry.GetAsync("cyto", downloader, cancellationToken: TestContext.Current.CancellationToken);
        ModelEntry all = await _registry.GetAsync("cyto", downloader, ensemble: true, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Single(one.WeightPaths);
        Assert.Equal(4, all.WeightPaths.Count);
        Assert.Equal("cyto", all.OfficialName);
        Assert.NotNull(all.SizePath);
        Assert.Equal(["cytotorch_0", "size_cytotorch_0.npy", "cytotorch_1", "cytotorch_2", "cytotorch_3"], server.Requests);
    }

    [Fact]
    public async Task GetAsync_NotOfficial_ListsTheOfficialNames()
    {
        using var downloader = new ModelDownloader();

        var e = await Assert.ThrowsAsync<ArgumentException>(() => _registry.GetAsync("mine", downloader, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("yeast_PhC_cp3", e.Message);
    }

    private string At(params string[] parts) => Path.Combine([_root.FullName, .. parts]);

    private string Net(string folder, string name)
    {
        File.Copy(Golden.Path("net_small.pt"), At(folder, name));
        return At(folder, name);
    }
}
