using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>One run of <c>segment</c> over an image, a stack, a movie and one plane of the stack, with results of every kind.</summary>
public sealed class SegmentedFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SegmentedFiles()
    {
        NdArray<float>[] planes = [.. Enumerable.Range(0, 4).Select(n => TestImages.Discs(80, 80, n))];
        Image = TestImages.WriteTiff(At("image.tif"), TestImages.Discs(120, 170, 7), "YX");
        string stack = TestImages.WriteTiff(At("stack.tif"), TestImages.Stack(planes[..3]), "ZYX");
        string movie = TestImages.WriteTiff(At("movie.tif"), TestImages.Stack(TestImages.Stack(planes[..2]), TestImages.Stack(planes[2..])), "TZYX");
        string plane = TestImages.WriteTiff(At("plane.tif"), planes[1], "YX");
        Result = CliProgram.Segment(Image, stack, movie, plane, "-o", Output, "--save", "masks,output,table,flows,outlines,txt,rois,npy", "--min-size", "20");
        Result.Succeeds();
    }

    /// <summary>The image file [120, 170].</summary>
    internal string Image { get; }

    internal string Output => At("out");

    internal CliResult Result { get; }

    internal JsonObject Report => JsonNode.Parse(File.ReadAllText(Out("run.json")))!.AsObject();

    /// <summary>The path of a result.</summary>
    internal string Out(string name) => Path.Combine(Output, name);

    /// <summary>The label image of an input.</summary>
    internal NdArray<int> Labels(string stem) => LabelReader.Read(Out(stem + "_cp_masks.tif"));

    /// <summary>An input's entry of <c>run.json</c>.</summary>
    internal JsonObject Entry(string stem) => Report["images"]!.AsArray().Single(i => Path.GetFileNameWithoutExtension((string)i!["path"]!) == stem)!.AsObject();

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);
}
