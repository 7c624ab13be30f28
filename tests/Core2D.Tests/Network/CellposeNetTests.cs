using Cellpose3D.Core2D.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Tests.Network;

public sealed class CellposeNetTests
{
    // another order of convolution sums than the reference's: NUMERICS gives 4e-7 between its own two back ends
    private const double MapTolerance = 1e-4, StyleTolerance = 1e-5;

    [Fact]
    public void FormulaWeights_DefaultNet_MatchProbes()
    {
        using CellposeNet net = FormulaWeights.MakeNet(NetArchitecture.FromBase(32));
        StateDict weights = NetWeights.FromNet(net);
        string[] names =
        [
            "downsample.down.res_down_0.conv.conv_0.2.weight", "upsample.up.res_up_3.conv.conv_3.full.weight", "output.0.running_var",
            "downsample.down.res_down_3.proj.1.bias", "upsample.up.res_up_0.conv.conv_1.conv.0.weight",
        ];

        for (int n = 0; n < names.Length; n++)
            Parity.Close<float>(Golden.Load<float>("net_default", $"probe_{n}").Span, weights.Find(names[n])!.ToFloats().AsSpan(0, 16), 0);
        Assert.Equal(313, weights.Tensors.Count);
        Assert.Equal(6_600_845, net.parameters().Sum(p => p.numel()));
    }

    [Theory]
    [InlineData("net_default", 32)]
    [InlineData("net_small_formula", 8)]
    public void Forward_FormulaWeights_MatchesReference(string group, int baseWidth)
    {
        using CellposeNet net = FormulaWeights.MakeNet(NetArchitecture.FromBase(baseWidth));

        (NdArray<float> maps, NdArray<float> style) = Run(net, Golden.Load<float>("net_default", "input"));

        Parity.Close(Golden.Load<float>(group, "output"), maps, MapTolerance);
        Parity.Close(Golden.Load<float>(group, "style"), style, StyleTolerance);
    }

    // counted by hand from the layers; the paper's widths on a tile of 224 x 224 are the figure that is quoted for them
    [Theory]
    [InlineData(32, 224, 31.005e9)]
    [InlineData(16, 224, 7.770e9)]
    [InlineData(32, 112, 7.751e9)]
    public void Operations_OfTheLayers_AreCounted(int baseWidth, int side, double expected) =>
        Assert.Equal(expected, NetArchitecture.FromBase(baseWidth).Operations(side, side), 0.001 * expected);

    [Fact]
    public void ForwardDown_DefaultNet_MatchesDeepestMap()
    {
        using CellposeNet net = FormulaWeights.MakeNet(NetArchitecture.FromBase(32));
        using var noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();

        Tensor[] maps = net.ForwardDown(TensorInterop.ToTensor(Golden.Load<float>("net_default", "input"), CPU));

        Parity.Close(Golden.Load<float>("net_default", "d3"), TensorInterop.ToArray(maps[3]), MapTolerance);
    }

    [Fact]
    public void Forward_Repeated_LeavesNoTensorBehind()
    {
        using CellposeNet net = FormulaWeights.MakeNet(NetArchitecture.FromBase(8));
        NdArray<float> input = Golden.Load<float>("net_default", "input");
        Run(net, input);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Run(net, input);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void ReadArchitecture_NoCellposeKeys_SaysWhichAreNeeded()
    {
        var other = new StateDict([WeightTensor.FromFloats("fc.weight", [2], [1, 2])], new Dictionary<string, string>());

        var e = Assert.Throws<InvalidDataException>(() => NetWeights.ReadArchitecture(other));

        Assert.Contains("no Cellpose network", e.Message);
    }

    [Fact]
    public void Fill_MissingTensor_NamesIt()
    {
        using CellposeNet net = FormulaWeights.MakeNet(NetArchitecture.FromBase(4));
        StateDict whole = NetWeights.FromNet(net);
        var cut = new StateDict([.. whole.Tensors.Where(t => t.Name != "output.0.bias")], whole.Metadata);

        var e = Assert.Throws<InvalidDataException>(() => NetWeights.ToNet(cut));

        Assert.Contains("'output.0.bias'", e.Message);
    }

    private static (NdArray<float> Maps, NdArray<float> Style) Run(CellposeNet net, NdArray<float> input)
    {
        using var noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (Tensor maps, Tensor style) = net.forward(TensorInterop.ToTensor(input, CPU));
        return (TensorInterop.ToArray(maps), TensorInterop.ToArray(style));
    }
}
