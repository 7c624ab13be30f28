using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Tests.Segmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Tests.Network;

public sealed class NetSmallTests
{
    [Fact]
    public void Forward_WeightsFromFile_MatchesReferenceAtEveryLevel()
    {
        using CellposeModel model = TestModels.Load("net_small.pt");
        using var noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor input = TensorInterop.ToTensor(Golden.Load<float>("net_small", "input"), CPU);

        (Tensor maps, Tensor style) = model.Nets[0].forward(input);
        Tensor[] down = model.Nets[0].ForwardDown(input);

        Parity.Close(Golden.Load<float>("net_small", "output"), TensorInterop.ToArray(maps), 1e-4);
        Parity.Close(Golden.Load<float>("net_small", "style"), TensorInterop.ToArray(style), 1e-5);
        for (int n = 0; n < 2; n++)
            Parity.Close(Golden.Load<float>("net_small", $"d{n}"), TensorInterop.ToArray(down[n].narrow(0, 0, 1)), 1e-4);
        for (int n = 2; n < 4; n++)
            Parity.Close(Golden.Load<float>("net_small", $"d{n}"), TensorInterop.ToArray(down[n]), 1e-4);
        Assert.Equal(17.25, model.Info.DiamLabels);
    }

    [Fact]
    public void Run_EnsembleOfTwoAlike_EqualsOne()
    {
        using CellposeModel one = TestModels.Load("net_small.pt");
        StateDict weights = NetWeights.FromNet(one.Nets[0]);
        using var two = new CellposeModel([weights, weights], one.Info, CPU);
        NdArray<float> input = Golden.Load<float>("net_small", "input");
        int pixels = 2 * 64 * 48;
        float[] maps1 = new float[3 * pixels], maps2 = new float[3 * pixels], style1 = new float[128], style2 = new float[128];

        NetworkRunner.Run(one, input.Span, [2, 2, 64, 48], maps1, style1);
        NetworkRunner.Run(two, input.Span, [2, 2, 64, 48], maps2, style2);

        Parity.Close<float>(maps1, maps2, 1e-6);
        Parity.Close<float>(style1, style2, 1e-6);
    }

    [Fact]
    public void Run_SideNoMultipleOfEight_NamesIt()
    {
        using CellposeModel model = TestModels.Load("net_small.pt");

        var e = Assert.Throws<ArgumentException>(() => NetworkRunner.Run(model, new float[2 * 20 * 16], [1, 2, 20, 16], new float[3 * 20 * 16], new float[64]));

        Assert.Contains("multiples of 8; got 20 x 16", e.Message);
    }
}
