using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Weights;

namespace Cellpose3D.IO.Tests.Weights;

public sealed class SizeModelFileTests
{
    [Fact]
    public void Read_OfficialFile_PredictsTheReferenceDiameters()
    {
        NdArray<float> styles = Golden.Load<float>("size_model", "styles");  // [4, 256]
        NdArray<double> expected = Golden.Load<double>("size_model", "diams");

        SizeModel model = SizeModelFile.Read(Golden.Path("size_model_official.npy"));

        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(1, model.PredictDiameter(styles.Plane(i)) / expected.Data[i], 1e-9);
        Assert.Equal(Golden.Load<double>("size_model", "A").Data, model.A);
        Assert.Equal(Golden.Load<double>("size_model", "smean").Data, model.StyleMean);
    }

    [Fact]
    public void Write_ThenRead_SameNumbersToTheLastBit()
    {
        SizeModel model = SizeModelFile.Read(Golden.Path("size_model_official.npy"));
        using var stream = new MemoryStream();

        SizeModelFile.Write(stream, model);
        stream.Position = 0;
        SizeModel back = SizeModelFile.Read(stream, "memory");

        Assert.Equal(model.A, back.A);
        Assert.Equal(model.StyleMean, back.StyleMean);
        Assert.Equal(model.LogOffset, back.LogOffset);
        Assert.Equal(model.DiamMean, back.DiamMean);
    }

    [Theory]
    [InlineData("evil_system.npy", "posix.system")]
    [InlineData("evil_eval.npy", "builtins.eval")]
    [InlineData("evil_import.npy", "builtins.__import__")]
    [InlineData("evil_getattr.npy", "builtins.getattr")]
    [InlineData("evil_open.npy", "io.open")]
    public void Read_PickleThatWantsToRunSomething_NamesItAndRunsNothing(string file, string wanted)
    {
        var e = Assert.Throws<InvalidDataException>(() => SizeModelFile.Read(Fixture.Path(file)));

        Assert.Contains($"the file asks for '{wanted}'", e.Message);
        Assert.False(File.Exists("/tmp/cellpose3d-was-here"));
    }

    [Fact]
    public void Read_AnotherDictOrAnotherFile_SaysItIsNoSizeModel()
    {
        Assert.Contains("no array 'A'", Assert.Throws<InvalidDataException>(() => SizeModelFile.Read(Fixture.Path("numpy_p4.npy"))).Message);
        Assert.Contains("not a .npy file", Assert.Throws<InvalidDataException>(() => SizeModelFile.Read(Golden.Path("net_small.pt"))).Message);
    }

    [Theory]
    [InlineData(2, 2, 30, true)]
    [InlineData(2, 3, 30, false)]
    [InlineData(0, 0, 30, false)]
    [InlineData(2, 2, 0, false)]
    [InlineData(2, 2, double.NaN, false)]
    public void Read_NumbersThatCannotBe_Refuses(int weights, int mean, double diameter, bool fine)
    {
        using var stream = new MemoryStream();
        SizeModelFile.Write(stream, new SizeModel(new double[weights], new double[mean], 0, diameter));
        stream.Position = 0;

        if (fine)
            Assert.Equal(diameter, SizeModelFile.Read(stream, "memory").DiamMean);
        else
            Assert.Throws<InvalidDataException>(() => SizeModelFile.Read(stream, "memory"));
    }
}
