using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Weights;

namespace Cellpose3D.IO.Tests.Weights;

public sealed class WeightsFileTests
{
    private static readonly float[] A = [-1, -.75f, -.5f, -.25f, 0, .25f];

    [Theory]
    [InlineData("types_zip.pt")]
    [InlineData("types_legacy.pt")]
    [InlineData("bigendian_zip.pt")]
    public void Read_EveryElementType_KeepsOrderTypeShapeAndValues(string file)
    {
        StateDict dict = WeightsFile.Read(Fixture.Path(file));

        Assert.Equal(["f32", "f64", "f16", "bf16", "i64", "i32", "i16", "i8", "u8", "bool", "scalar", "empty"], dict.Tensors.Select(t => t.Name));
        Assert.Equal(
            [WeightType.Float32, WeightType.Float64, WeightType.Float16, WeightType.BFloat16, WeightType.Int64, WeightType.Int32,
                WeightType.Int32, WeightType.Int32, WeightType.UInt8, WeightType.Bool, WeightType.Int64, WeightType.Float32],
            dict.Tensors.Select(t => t.Type));
        foreach (string name in new[] { "f32", "f64", "f16", "bf16" })
        {
            Assert.Equal([2, 3], dict.Find(name)!.Shape);
            Assert.Equal(A, dict.Find(name)!.ToFloats());
        }
        Assert.Equal([-(1L << 40), 3L], dict.Find("i64")!.Bytes.Chunk(8).Select(b => BitConverter.ToInt64(b)));
        Assert.Equal([-70000, 3], dict.Find("i32")!.ToFloats());
        Assert.Equal([-300, 3], dict.Find("i16")!.ToFloats());
        Assert.Equal([-100, 3], dict.Find("i8")!.ToFloats());
        Assert.Equal([200, 3], dict.Find("u8")!.ToFloats());
        Assert.Equal([1, 0], dict.Find("bool")!.ToFloats());
        Assert.Empty(dict.Find("scalar")!.Shape);
        Assert.Equal([7], dict.Find("scalar")!.ToFloats());
        Assert.Equal([0, 4], dict.Find("empty")!.Shape);
    }

    [Theory]
    [InlineData("views_zip.pt")]
    [InlineData("views_legacy.pt")]
    public void Read_SharedAndStridedViews_GathersWhatEachSees(string file)
    {
        StateDict dict = WeightsFile.Read(Fixture.Path(file));

        Assert.Equal([4, 5, 6, 7, 8, 9], dict.Find("shared")!.ToFloats());
        Assert.Equal([4, 3], dict.Find("transposed")!.Shape);
        Assert.Equal([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], dict.Find("transposed")!.ToFloats());
        Assert.Equal([4, 2, 3], dict.Find("permuted")!.Shape);
        Assert.Equal([0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23], dict.Find("permuted")!.ToFloats());
        Assert.Equal([14, 18, 22], dict.Find("column")!.ToFloats());
        Assert.Equal([1, 6, 11, 16, 21], dict.Find("stepped")!.ToFloats());
        Assert.Equal([1, 1, 1, 2, 2, 2], dict.Find("expanded")!.ToFloats());
    }

    [Theory]
    [InlineData("parameter_zip.pt")]
    [InlineData("parameter_legacy.pt")]
    public void Read_Parameters_AreTensors(string file)
    {
        StateDict dict = WeightsFile.Read(Fixture.Path(file));

        Assert.Equal(A, dict.Find("w")!.ToFloats());
        Assert.Equal([1, 1], dict.Find("b")!.ToFloats());
        Assert.Equal(A, dict.Find("attribute")!.ToFloats());
        Assert.Equal(A, dict.Find("parameter_attribute")!.ToFloats());
    }

    [Theory]
    [InlineData("nested_zip.pt")]
    [InlineData("nested_legacy.pt")]
    public void Read_TrainingCheckpoint_FindsTheModelAndDropsItsWrapper(string file)
    {
        StateDict dict = WeightsFile.Read(Fixture.Path(file));

        Assert.Equal(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"], dict.Tensors.Select(t => t.Name));
        Assert.Equal([1, 1], dict.Find("running_var")!.ToFloats());
    }

    [Theory]
    [InlineData("protocol1_legacy.pt")]
    [InlineData("protocol4_legacy.pt")]
    public void Read_OtherPickleProtocols_SameTensor(string file)
    {
        Assert.Equal(A, WeightsFile.Read(Fixture.Path(file)).Find("w")!.ToFloats());
    }

    [Theory]
    [InlineData("ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\nctorch\nTensor\n", "}tR")]
    [InlineData("ctorch._utils\n_rebuild_parameter_with_state\n(ctorch._utils\n_rebuild_tensor_v2\n", "R\u0088}}tR")]
    public void Read_TensorsAsNewerVersionsWrapThem_SameTensor(string before, string after)
    {
        const string arguments = "((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0002tQK\0K\u0002\u0085K\u0001\u0085\u0089}t";
        using MemoryStream file = Zip("}X\u0001\0\0\0w" + before + arguments + after + "s.", [0, 0, 128, 63, 0, 0, 0, 64]);

        Assert.Equal([1, 2], WeightsFile.Read(file, "memory").Find("w")!.ToFloats());
    }

    [Theory]
    [InlineData("K\0K\u0003\u0085K\u0001\u0085", "reaches outside its 8 stored bytes")]     // one element too many
    [InlineData("K\u0001K\u0002\u0085K\u0001\u0085", "reaches outside its 8 stored bytes")]  // offset
    [InlineData("K\0K\u0002\u0085K\u0002\u0085", "reaches outside its 8 stored bytes")]     // stride
    [InlineData("K\0J\u00ff\u00ff\u00ff\u00ff\u0085K\u0001\u0085", "both must be 0 or more")]
    [InlineData("K\0J\u00ff\u00ff\u00ff\u007f\u0085K\0\u0085", "more than 8 times as many")]    // 2^31 views of one number
    [InlineData("K\0K\u0002\u0085)", "they must be as many")]
    public void Read_TensorOutsideItsStorage_Refuses(string view, string problem)
    {
        using MemoryStream file = Zip(
            "}X\u0001\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0002tQ" + view + "\u0089}tRs.",
            [0, 0, 128, 63, 0, 0, 0, 64]);

        Assert.Contains(problem, Assert.Throws<InvalidDataException>(() => WeightsFile.Read(file, "memory")).Message);
    }

    [Fact]
    public void Read_WholeNetworkObject_SaysToSaveTheStateDict()
    {
        var e = Assert.Throws<InvalidDataException>(() => WeightsFile.Read(Fixture.Path("module_zip.pt")));

        Assert.Contains("the file asks for 'torch.nn.modules.linear.Linear'", e.Message);
    }

    [Theory]
    [InlineData("evil_system_zip.pt", "posix.system")]
    [InlineData("evil_eval_zip.pt", "__builtin__.eval")]
    [InlineData("evil_import_zip.pt", "__builtin__.__import__")]
    [InlineData("evil_getattr_zip.pt", "__builtin__.getattr")]
    [InlineData("evil_open_zip.pt", "io.open")]
    [InlineData("evil_inst_legacy.pt", "os.system")]
    [InlineData("evil_obj_legacy.pt", "os.system")]
    [InlineData("evil_newobj_legacy.pt", "subprocess.Popen")]
    [InlineData("evil_stack_legacy.pt", "os.system")]
    public void Read_PickleThatWantsToRunSomething_NamesItAndRunsNothing(string file, string wanted)
    {
        var e = Assert.Throws<InvalidDataException>(() => WeightsFile.Read(Fixture.Path(file)));

        Assert.Contains($"the file asks for '{wanted}'; only tensors", e.Message);
        Assert.Contains(file, e.Message);
        Assert.DoesNotContain('\n', e.Message);
        Assert.False(File.Exists("/tmp/cellpose3d-was-here"));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("hello, world", "is no weights file")]
    [InlineData("<!DOCTYPE html><html>", "looks like a web page")]
    [InlineData("PK\u0003\u0004 and no more", "cut short or damaged")]
    public void Read_SomethingElse_OneLineThatSaysSo(string content, string expected)
    {
        using var stream = new MemoryStream(System.Text.Encoding.Latin1.GetBytes(content));

        var e = Assert.Throws<InvalidDataException>(() => WeightsFile.Read(stream, "model.pth"));

        Assert.Contains("'model.pth'", e.Message);
        Assert.Contains(expected, e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Read_FolderOrMissingFile_SaysSo()
    {
        Assert.Contains("is a folder", Assert.Throws<InvalidDataException>(() => WeightsFile.Read(Path.GetTempPath())).Message);
        Assert.Throws<FileNotFoundException>(() => WeightsFile.Read(Path.Combine(Path.GetTempPath(), "no such model.pth")));
    }

    [Fact]
    public void Read_GoldenNetwork_HasEveryKeyOfTheReferenceInOrder()
    {
        string[] expected = File.ReadAllLines(Golden.Shared("reference", "state_dict_keys.txt"))
            .Select(line => line.Split('\t')[0]).Where(k => k.Length > 0 && k[0] != '#').ToArray();

        StateDict dict = WeightsFile.Read(Golden.Path("net_small.pt"));

        Assert.Equal(expected, dict.Tensors.Select(t => t.Name));
        Assert.Equal([17.25f], dict.Find("diam_labels")!.ToFloats());
    }

    private static MemoryStream Zip(string pickle, byte[] storage)
    {
        var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in new[] { ("a/data.pkl", System.Text.Encoding.Latin1.GetBytes(pickle)), ("a/data/0", storage) })
            {
                using Stream entry = zip.CreateEntry(name, System.IO.Compression.CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }
        stream.Position = 0;
        return stream;
    }
}
