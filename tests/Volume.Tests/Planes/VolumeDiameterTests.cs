using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.IO.Volumes;
using Cellpose3D.IO.Weights;
using Cellpose3D.Volume.Planes;
using Cellpose3D.Volume.Sources;
using static TorchSharp.torch;

namespace Cellpose3D.Volume.Tests.Planes;

/// <summary>The diameter of the sample volume, of which some planes hold nothing.</summary>
public sealed class VolumeDiameterTests
{
    [Fact]
    public void Estimate_EmptyPlanesAroundTheCells_ChangeLittle()
    {
        using CellposeModel model = Nuclei();
        var segmenter = new Segmenter2D(model, new SegmentationOptions());
        using VolumeReader file = VolumeFile.Open(Path.Combine(Golden.Root, "data", "samples", "nuclei3d.tif"));
        NdArray<float> cells = Read(file), padded = WithEmptyPlanes(cells);

        double own = Estimate(segmenter, cells), among = Estimate(segmenter, padded);

        Assert.InRange(own, 15, 24);                                     // nuclei of 24 pixels in sections
        Assert.InRange(among, 0.85 * own, 1.15 * own);
    }

    private static double Estimate(Segmenter2D segmenter, NdArray<float> voxels)
    {
        using var source = new MemoryVolumeSource(voxels);
        return VolumeDiameter.Estimate(segmenter, source, new NormalizeOptions(), cancellationToken: TestContext.Current.CancellationToken);
    }

    private static NdArray<float> Read(VolumeReader file)
    {
        var cells = new NdArray<float>(file.Shape.Z, file.Shape.Y, file.Shape.X);
        file.Read(0, file.Shape.All, cells.Span, TestContext.Current.CancellationToken);
        return cells;
    }

    // as many planes of noise before and after as there are planes
    private static NdArray<float> WithEmptyPlanes(NdArray<float> cells)
    {
        var padded = new NdArray<float>(3 * cells.Shape[0], cells.Shape[1], cells.Shape[2]);
        var random = new Random(4);
        float ground = cells.Data.Order().ElementAt(cells.Length / 2);
        foreach (ref float v in padded.Span)
            v = ground * (0.95f + 0.1f * random.NextSingle());
        cells.Data.CopyTo(padded.Data, cells.Length);
        return padded;
    }

    private static CellposeModel Nuclei()
    {
        string path = Path.Combine(Golden.Root, "data", "models", "nuclei");
        var net = CellposeModelFile.Load(path + ".safetensors");
        return new CellposeModel(
            [net.Weights], new ModelInfo(net.Name, net.Sha256, net.DiamMean, net.DiamLabels), CPU, SizeModelFile.Read(path + ".size.safetensors"));
    }
}
