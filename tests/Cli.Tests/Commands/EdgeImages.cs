using System.Text.Json.Nodes;
using Cellpose3D.Core2D;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>One run of <c>segment</c> over images at the edge of what an image is.</summary>
public sealed class EdgeImages : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public EdgeImages()
    {
        string images = _folder.Folder("images");
        NdArray<float> discs = TestImages.Discs(80, 120, 5), holed = TestImages.Discs(80, 120, 5);
        (holed.Data[0], holed.Data[1], holed.Data[120]) = (float.NaN, float.PositiveInfinity, float.NegativeInfinity);
        var nothing = new NdArray<float>(40, 40);
        nothing.Span.Fill(float.NaN);
        var constant = new NdArray<float>(64, 64);
        constant.Span.Fill(7);
        foreach ((string name, NdArray<float> image) in ((string, NdArray<float>)[])
            [("discs", discs), ("holed", holed), ("nan", nothing), ("constant", constant), ("noise", TestImages.Empty(64, 64, 3)),
            ("s1x1", TestImages.Empty(1, 1, 1)), ("s1x17", TestImages.Empty(1, 17, 1)), ("s17x1", TestImages.Empty(17, 1, 1)), ("s3x5", TestImages.Empty(3, 5, 1))])
        {
            TestImages.WriteNpy(Path.Combine(images, name + ".npy"), image);
        }
        Output = Path.Combine(_folder.Path, "out");
        Result = CliProgram.Segment(images, "-o", Output, "--json", "--save", "masks,output,table,flows,outlines,txt,rois,npy");
    }

    internal string Output { get; }

    internal CliResult Result { get; }

    /// <summary>An image's entry of the report.</summary>
    internal JsonObject Entry(string stem) =>
        Result.Json["images"]!.AsArray().Single(i => Path.GetFileNameWithoutExtension((string)i!["path"]!) == stem)!.AsObject();

    public void Dispose() => _folder.Dispose();
}
