using System.Globalization;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using static TorchSharp.torch;

namespace Cellpose3D.Bench;

/// <summary>The network's forward pass on 8 tiles of 224 x 224, beside the matrix rate this machine reaches at best.</summary>
internal static class NetworkBench
{
    private const int Tiles = 8, Side = 224, Repeats = 7;

    public static void Run()
    {
        LibTorch.EnsureLoaded();
        double peak = NetworkSpeed.MatrixRate(CPU, ScalarType.Float32, Repeats);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"matrix product 2048 x 2048 x 2048: {peak / 1e9:f0} GFLOP/s on {get_num_threads()} threads"));
        Console.WriteLine("| base | reference s | best s | median s | GFLOP/s | of the matrix rate | median / reference |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach ((int width, double reference) in ((int, double)[])[(32, 2.2), (16, 0.63), (8, double.NaN)])
        {
            random.manual_seed(1);
            using var net = new CellposeNet(NetArchitecture.FromBase(width));
            using var model = new CellposeModel([NetWeights.FromNet(net)], new ModelInfo("bench", "", 30, 30), CPU);
            double[] seconds = NetworkSpeed.Forward(model, Tiles, Side, Repeats);
            double median = seconds[Repeats / 2], rate = Tiles * net.Architecture.Operations(Side, Side) / median;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {width} | {reference:g3} | {seconds[0]:f3} | {median:f3} | {rate / 1e9:f0} | {rate / peak:p0} | {median / reference:f2} |"));
        }
    }
}
