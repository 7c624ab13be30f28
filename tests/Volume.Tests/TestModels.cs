using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Weights;
using static TorchSharp.torch;

namespace Cellpose3D.Volume.Tests;

/// <summary>The golden networks as models on the CPU.</summary>
internal static class TestModels
{
    internal static CellposeModel Load(string file)
    {
        var net = CellposeModelFile.Load(Golden.Path(file));
        return new CellposeModel([net.Weights], new ModelInfo(net.Name, net.Sha256, net.DiamMean, net.DiamLabels), CPU);
    }
}
