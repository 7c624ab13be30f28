using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Training;
using Cellpose3D.Tracking.TemporalFlow.Learned;
using TorchSharp;

namespace Cellpose3D.Tracking.Tests.TemporalFlow.Learned;

/// <summary>Makes untrained models that are quick to run.</summary>
internal static class TinyEncoder
{
    /// <summary>Diameter of these models, in pixels.</summary>
    public const double Diameter = 16;

    /// <summary>A model on a random encoder of widths 4, 8, 16.</summary>
    public static TemporalModel Model(ulong seed = 1)
    {
        using var net = new CellposeNet(NetArchitecture.FromBase(4));
        NetInitializer.Fill(net, 7);
        return TemporalModel.Create(NetWeights.FromNet(net), Diameter, torch.CPU, seed);
    }
}
