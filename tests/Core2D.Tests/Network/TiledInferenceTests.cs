using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Core2D.Tests.Segmentation;
using TorchSharp;

namespace Cellpose3D.Core2D.Tests.Network;

public sealed class TiledInferenceTests
{
    [Theory]
    [InlineData("b64", 110, 100, 64, 0.3)]
    [InlineData("rsz", 187, 170, 224, 0.1)]
    public void Run_MatchesReference(string name, int height, int width, int tileSize, double overlap)
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        NdArray<float> image = ChannelsFirst(Golden.Load<float>("run_net", "x"));
        if (height != image.Shape[1])
            image = Resizer.Bilinear(image, height, width);

        (NdArray<float> maps, float[] style) = TiledInference.Run(model, image, new SegmentationOptions { TileSize = tileSize, TileOverlap = overlap });

        Parity.Close(ChannelsFirst(Golden.Load<float>("run_net", $"y_{name}")), maps, 1e-4);
        Parity.Close<float>(Golden.Load<float>("run_net", $"style_{name}").Span, style, 1e-5);
    }

    [Fact]
    public void Run_BatchSize_ChangesOnlyFloatNoise()
    {
        using CellposeModel model = TestModels.Load("net_small.pt");
        NdArray<float> image = ChannelsFirst(Golden.Load<float>("run_net", "x"));

        (NdArray<float> one, _) = TiledInference.Run(model, image, new SegmentationOptions { TileSize = 64, BatchSize = 1 });
        (NdArray<float> five, _) = TiledInference.Run(model, image, new SegmentationOptions { TileSize = 64, BatchSize = 5 });

        Parity.Close(one, five, 1e-5);
    }

    [Fact]
    public void Run_Cancelled_LeavesNoTensorBehind()
    {
        using CellposeModel model = TestModels.Load("net_small.pt");
        NdArray<float> image = ChannelsFirst(Golden.Load<float>("run_net", "x"));
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using var source = new CancellationTokenSource();
        var stop = new StopAfterFirst(source);

        Assert.Throws<OperationCanceledException>(() => TiledInference.Run(
            model, image, new SegmentationOptions { TileSize = 64, BatchSize = 1 }, stop, source.Token));

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(1, stop.Reports);
    }

    // [1, Y, X, C] -> [C, Y, X]
    private static NdArray<float> ChannelsFirst(NdArray<float> image)
    {
        (int height, int width, int channels) = (image.Shape[1], image.Shape[2], image.Shape[3]);
        var result = new NdArray<float>(channels, height, width);
        for (int i = 0; i < height * width; i++)
        {
            for (int c = 0; c < channels; c++)
                result.Data[c * height * width + i] = image.Data[i * channels + c];
        }
        return result;
    }

    private sealed class StopAfterFirst(CancellationTokenSource source) : IProgress<float>
    {
        public int Reports { get; private set; }

        public void Report(float value)
        {
            Reports++;
            source.Cancel();
        }
    }
}
