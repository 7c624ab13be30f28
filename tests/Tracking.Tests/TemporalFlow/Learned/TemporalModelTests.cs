using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Weights;
using Cellpose3D.Tracking.TemporalFlow.Learned;
using TorchSharp;

namespace Cellpose3D.Tracking.Tests.TemporalFlow.Learned;

public sealed class TemporalModelTests
{
    [Fact]
    public void FromStateDict_OwnStateDict_IsTheSameModel()
    {
        using TemporalModel model = TinyEncoder.Model();
        model.Weights = new LearnedWeights([.. Enumerable.Range(0, LearnedWeights.LinkCount).Select(n => 0.25 * n)], [.. Enumerable.Range(0, LearnedWeights.DivisionCount).Select(n => 0.5 * n)]);
        StateDict file = model.ToStateDict();

        using TemporalModel again = TemporalModel.FromStateDict(file, torch.CPU);

        StateDict second = again.ToStateDict();
        Assert.Equal(file.Tensors.Select(t => t.Name), second.Tensors.Select(t => t.Name));
        Assert.All(file.Tensors, t => Assert.Equal(t.Bytes, second.Find(t.Name)!.Bytes));
        Assert.Equal(TinyEncoder.Diameter, again.Diameter);
        Assert.DoesNotContain(file.Tensors, t => t.Name.Contains("upsample", StringComparison.Ordinal));
    }

    [Fact]
    public void FromStateDict_SomethingElse_IsRefused()
    {
        using TemporalModel model = TinyEncoder.Model();
        StateDict file = model.ToStateDict();
        StateDict lacking = file with { Tensors = [.. file.Tensors.Where(t => t.Name != "head.edge1.bias")] };

        InvalidDataException other = Assert.Throws<InvalidDataException>(() => TemporalModel.FromStateDict(file with { Metadata = new Dictionary<string, string>() }, torch.CPU));
        InvalidDataException incomplete = Assert.Throws<InvalidDataException>(() => TemporalModel.FromStateDict(lacking, torch.CPU));

        Assert.Contains("train temporal", other.Message, StringComparison.Ordinal);
        Assert.Contains("head.edge1.bias", incomplete.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteAndRead_File_KeepsAllButTheLastBits()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.safetensors");
        try
        {
            using TemporalModel model = TinyEncoder.Model();
            TemporalModelFile.Write(path, model);

            using TemporalModel read = TemporalModelFile.Read(path, torch.CPU);

            float[] expected = model.ToStateDict().Find("head.stem0.weight")!.ToFloats(), actual = read.ToStateDict().Find("head.stem0.weight")!.ToFloats();
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * Math.Abs(pair.First) + 1e-6));
            Assert.True(TemporalModelFile.IsOne(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Encode_Tiles_AreAsOne()
    {
        using TemporalModel model = TinyEncoder.Model();
        var random = new Random(5);
        var image = new NdArray<float>(1, 40, 1160);                     // two tiles and a rest along X
        for (int i = 0; i < image.Length; i++)
            image.Data[i] = (float)random.NextDouble();
        NdArray<float> part = Columns(image, 420, 1160);                 // begins and ends where its field of view does not reach the columns compared

        using torch.Tensor tiled = model.Encode(image), whole = model.Encode(part);

        Assert.Equal([1, 16, 10, 290], tiled.shape);
        using torch.Tensor a = tiled.narrow(3, 125, 160), b = whole.narrow(3, 125 - 105, 160), off = (a - b).abs().max();
        Assert.InRange(off.item<float>(), 0, 1e-5f);
    }

    [Fact]
    public void Gradient_OfEveryPart_IsNotZero()
    {
        using TemporalModel model = TinyEncoder.Model();
        var movie = JumpingCells.Make(1, frames: 3, divisions: 0.4);
        var random = new Cellpose3D.Core2D.Training.RandomStream(3);
        var maker = new Cellpose3D.Tracking.TemporalFlow.Learned.Training.ClipMaker(new() { BlindShare = 0, Skips = [(1, 1)] }, 3, 96, TinyEncoder.Diameter);
        Cellpose3D.Tracking.TemporalFlow.Learned.Training.Clip clip = maker.Make(movie, ref random)!;
        using DisposeScope scope = torch.NewDisposeScope();
        CellPlane first = clip.Graph.Planes[0];
        torch.Tensor masks = torch.cat([.. clip.Graph.Planes.Select(p => torch.tensor(p.Masks).view(1, CellPlane.MaskChannels, first.Height, first.Width))], 0);
        torch.Tensor stem = model.Head.Stem(model.Encode(clip.Images), masks);

        HeadOutput output = model.Head.Relate(stem, model.Head.Embed(stem, clip.Graph.Planes), clip.Graph);
        Cellpose3D.Tracking.TemporalFlow.Learned.Training.TemporalLoss.Compute(clip.Graph, output, clip.Truth).Loss.backward();

        Assert.Equal(2 * clip.Graph.Edges, output.ArcProbability.shape[0]);
        Assert.Equal([clip.Graph.EntrySlot.Length, 2], output.Motion.shape);
        Assert.All(model.Head.named_parameters(), p => Assert.True(p.parameter.grad is { } g && g.abs().max().item<float>() > 0, p.name));
        // probabilities of a slot and of none sum to 1
        torch.Tensor sum = output.None.index_add(0, torch.tensor(clip.Graph.ArcSlot), output.ArcProbability, 1);
        Assert.InRange((sum - 1).abs().max().item<float>(), 0, 1e-5f);
    }

    private static NdArray<float> Columns(NdArray<float> image, int from, int end)
    {
        int height = image.Shape[1], width = image.Shape[2];
        var part = new NdArray<float>(1, height, end - from);
        for (int y = 0; y < height; y++)
            image.Data.AsSpan(y * width + from, end - from).CopyTo(part.Data.AsSpan(y * (end - from)));
        return part;
    }
}
