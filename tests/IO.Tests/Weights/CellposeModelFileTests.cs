using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Weights;

namespace Cellpose3D.IO.Tests.Weights;

public sealed class CellposeModelFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cellpose3d-models-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Load_GoldenNetwork_SizesComeFromItsTensors()
    {
        CellposeModelFile model = CellposeModelFile.Load(Golden.Path("net_small.pt"));

        Assert.Equal("net_small", model.Name);
        Assert.Equal([2, 8, 16, 32, 64], model.Widths);
        Assert.Equal(3, model.OutputChannels);
        Assert.Equal(64, model.StyleSize);
        Assert.Equal(30, model.DiamMean);
        Assert.Equal(17.25, model.DiamLabels);
        Assert.Equal(313, model.Weights.Tensors.Count);
        Assert.Matches("^[0-9a-f]{64}$", model.Sha256);
    }

    [Fact]
    public void Load_TrainingGolden_OtherWidths()
    {
        Assert.Equal([2, 4, 8, 8, 16], CellposeModelFile.Load(Golden.Path("train_step_init.pt")).Widths);
    }

    [Theory]
    [InlineData(null, 25, 40)]
    [InlineData("cyto3", 30, 40)]
    [InlineData("nuclei", 17, 40)]
    public void Load_OfficialName_DecidesDiamMeanButNotDiamLabels(string? name, double mean, double labels)
    {
        string path = Write("model", Network(("diam_mean", 25), ("diam_labels", 40)));

        CellposeModelFile model = CellposeModelFile.Load(path, name);

        Assert.Equal(mean, model.DiamMean);
        Assert.Equal(labels, model.DiamLabels);
    }

    [Fact]
    public void Load_FileNamedNucleitorch_IsNucleiWhereverItLies()
    {
        Assert.Equal(17, CellposeModelFile.Load(Write("my_nucleitorch_0", Network(("diam_mean", 25)))).DiamMean);
    }

    [Fact]
    public void Load_FirstGenerationWithoutDiameters_TakesTheDefault()
    {
        CellposeModelFile model = CellposeModelFile.Load(Write("cytotorch_0", Network()));

        Assert.Equal(30, model.DiamMean);
        Assert.Equal(30, model.DiamLabels);
    }

    [Fact]
    public void Load_Cellpose4_SaysWhichNetworksAreRead()
    {
        var e = Assert.Throws<NotSupportedException>(() => CellposeModelFile.Load(Fixture.Path("cellpose4_zip.pt")));

        Assert.Contains("is a Cellpose 4 network", e.Message);
    }

    [Fact]
    public void Load_AnotherNetwork_NamesWhatItFound()
    {
        var e = Assert.Throws<InvalidDataException>(() => CellposeModelFile.Load(Fixture.Path("other_zip.pt")));

        Assert.Contains("is not a Cellpose network", e.Message);
        Assert.Contains("'fc.weight'", e.Message);
    }

    [Theory]
    [InlineData("diam_mean", float.NaN)]
    [InlineData("diam_mean", 0)]
    [InlineData("diam_labels", -3)]
    public void Load_DiameterThatIsNone_Refuses(string key, float value)
    {
        string path = Write("model", Network((key, value)));

        Assert.Contains(key, Assert.Throws<InvalidDataException>(() => CellposeModelFile.Load(path)).Message);
    }

    [Fact]
    public void Load_ScalesThatDoNotFit_Refuses()
    {
        StateDict net = Network();
        string path = Write("model", net with
        {
            Tensors = [.. net.Tensors, WeightTensor.FromFloats("downsample.down.res_down_1.conv.conv_0.2.weight", [4, 3, 1, 1], new float[12])],
        });

        Assert.Contains("must take 4 channels", Assert.Throws<InvalidDataException>(() => CellposeModelFile.Load(path)).Message);
    }

    [Fact]
    public void LoadEnsemble_NetworksThatDiffer_Refuses()
    {
        string[] paths = [Golden.Path("net_small.pt"), Golden.Path("train_step_init.pt")];

        Assert.Contains("An ensemble's networks must agree", Assert.Throws<InvalidDataException>(() => CellposeModelFile.LoadEnsemble(paths)).Message);
        Assert.Equal(2, CellposeModelFile.LoadEnsemble([paths[0], paths[0]]).Count);
    }

    [Fact]
    public void Save_Half_IsHalfTheSizeAndWithinHalfPrecision()
    {
        CellposeModelFile model = CellposeModelFile.Load(Golden.Path("net_small.pt"));
        string path = Path.Combine(_folder.FullName, "half.safetensors");
        using (FileStream stream = File.Create(path))
            CellposeModelFile.Save(stream, model.Weights, half: true);

        CellposeModelFile back = CellposeModelFile.Load(path);

        Assert.True(new FileInfo(path).Length < 0.6 * model.Weights.Tensors.Sum(t => t.Bytes.LongLength));
        Assert.Equal(model.Widths, back.Widths);
        Assert.Equal(17.25, back.DiamLabels);
        Assert.Equal(model.Weights.Tensors.Select(t => t.Name), back.Weights.Tensors.Select(t => t.Name));
        Assert.All(model.Weights.Tensors.Zip(back.Weights.Tensors), pair =>
        {
            Assert.Equal(pair.First.Shape.Length > 1 ? WeightType.Float16 : pair.First.Type, pair.Second.Type);
            float[] expected = pair.First.ToFloats(), actual = pair.Second.ToFloats();
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - actual[i]) <= Math.Max(6e-8, Math.Abs(expected[i]) / 2048), $"{pair.First.Name}[{i}]: {expected[i]} became {actual[i]}");
        });
    }

    [Fact]
    public void Save_KernelOutsideHalfRange_StaysFloat()
    {
        using var stream = new MemoryStream();
        CellposeModelFile.Save(stream, new StateDict([WeightTensor.FromFloats("w", [1, 2], [1, 1e6f])], new Dictionary<string, string>()), half: true);
        stream.Position = 0;

        Assert.Equal([1, 1e6f], SafeTensors.Read(stream, "memory").Find("w")!.ToFloats());
    }

    [Fact]
    public void Save_Full_KeepsEveryByte()
    {
        StateDict weights = WeightsFile.Read(Golden.Path("net_small.pt"));
        using var stream = new MemoryStream();
        CellposeModelFile.Save(stream, weights, half: false);
        stream.Position = 0;

        Assert.All(weights.Tensors.Zip(WeightsFile.Read(stream, "memory").Tensors), pair => Assert.Equal(pair.First.Bytes, pair.Second.Bytes));
    }

    private string Write(string name, StateDict weights)
    {
        string path = Path.Combine(_folder.FullName, name);
        using FileStream stream = File.Create(path);
        SafeTensors.Write(stream, weights);
        return path;
    }

    private static StateDict Network(params (string Key, float Value)[] diameters) => new(
        [
            .. diameters.Select(d => WeightTensor.FromFloats(d.Key, [1], [d.Value])),
            WeightTensor.FromFloats("downsample.down.res_down_0.conv.conv_0.2.weight", [4, 2, 1, 1], new float[8]),
            WeightTensor.FromFloats("upsample.up.res_up_0.conv.conv_1.full.weight", [4, 4], new float[16]),
            WeightTensor.FromFloats("output.2.weight", [3, 4, 1, 1], new float[12]),
        ],
        new Dictionary<string, string>());
}
