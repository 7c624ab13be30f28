using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>Models that cannot be used: one line, exit code 5, nothing written and nothing run.</summary>
public sealed class SegmentBadModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _image;

    public SegmentBadModelTests() => _image = TestImages.WriteTiff(At("image.tif"), TestImages.Discs(40, 40, 1), "YX");

    [Fact]
    public void Segment_ModelNameUnknown_ListsNames() =>
        Refuses("no_such_model", "there is no model or file 'no_such_model'", "nuclei", "cyto3");

    [Fact]
    public void Segment_OfficialModelNotHere_SaysHowToGetIt() => Refuses("cyto3", "'cyto3' is not on this machine", "cellpose3d models get cyto3");

    [Fact]
    public void Segment_ModelFileMissing_SaysWhich() => Refuses(At("missing.pt"), At("missing.pt"));

    [Fact]
    public void Segment_ModelIsFolder_SaysSo()
    {
        string path = _folder.Folder("model");

        Refuses(path, $"'{path}' is a folder");
    }

    [Fact]
    public void Segment_ModelIsEmptyFile_SaysSo()
    {
        File.WriteAllBytes(At("empty.pt"), []);

        Refuses(At("empty.pt"), $"'{At("empty.pt")}' is empty");
    }

    [Fact]
    public void Segment_ModelIsRandomBytes_SaysWhatIsExpected()
    {
        string path = TestImages.WriteNoise(At("noise.pt"));

        Refuses(path, $"'{path}' is no weights file", "safetensors");
    }

    [Fact]
    public void Segment_ModelIsTruncated_SaysSo()
    {
        string path = TestImages.WriteHalf(CliProgram.Model, At("half.pt"));

        Refuses(path, $"'{path}'", "damaged");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Segment_ModelIsPickleThatRunsAProgram_NamesItAndRunsNothing(bool zipped)
    {
        string marker = At("was_run"), path = At("evil.pt");
        byte[] pickle = PickleThatCalls("os", "system", $"touch '{marker}'");
        if (zipped)
        {
            using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
            using Stream entry = archive.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open();
            entry.Write(pickle);
        }
        else
        {
            File.WriteAllBytes(path, pickle);
        }

        Refuses(path, $"'{path}'", "'os.system'", "nothing was run");

        Assert.False(File.Exists(marker));
    }

    [Fact]
    public void Segment_ModelIsOtherNetwork_SaysWhatItLacks()
    {
        string path = WriteSafeTensors("other.safetensors", "fc.weight");

        Refuses(path, $"'{path}' is not a Cellpose network", "fc.weight");
    }

    [Fact]
    public void Segment_ModelIsCellpose4_SaysWhichGenerationsAreRead()
    {
        string path = WriteSafeTensors("cpsam.safetensors", "W2");

        Refuses(path, $"'{path}' is a Cellpose 4 network", "Cellpose 1 to 3");
    }

    [Fact]
    public void Segment_SizeModelIsNoise_SaysSo()
    {
        string path = TestImages.WriteNoise(At("size.npy"));

        CliResult result = CliProgram.Segment(_image, "-o", At("out"), "--diameter", "auto", "--size-model", path);

        result.FailsWith(ExitCode.Model, $"'{path}'");
        Assert.Empty(TestImages.FilesIn(At("out")));
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private void Refuses(string model, params string[] texts)
    {
        CliResult result = CliProgram.Run("segment", _image, "-o", At("out"), "--model", model, "--device", "cpu");

        result.FailsWith(ExitCode.Model, texts);
        Assert.Empty(result.Output);
        Assert.Empty(TestImages.FilesIn(At("out")));
    }

    // PROTO 2, GLOBAL module name, BINUNICODE text, TUPLE1, REDUCE, STOP
    private static byte[] PickleThatCalls(string module, string name, string text)
    {
        byte[] argument = Encoding.UTF8.GetBytes(text), length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, argument.Length);
        return [0x80, 2, (byte)'c', .. Encoding.ASCII.GetBytes($"{module}\n{name}\n"), (byte)'X', .. length, .. argument, 0x85, (byte)'R', (byte)'.'];
    }

    // one tensor of two zeros
    private string WriteSafeTensors(string file, string tensor)
    {
        byte[] header = Encoding.UTF8.GetBytes($$$"""{"{{{tensor}}}":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"""), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(At(file), [.. length, .. header, .. new byte[8]]);
        return At(file);
    }
}
