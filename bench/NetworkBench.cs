using System.Diagnostics;
using System.Globalization;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using static TorchSharp.torch;

namespace Cellpose3D.Bench;

/// <summary>The network's forward pass on 8 tiles of 224 x 224, beside the matrix rate this machine reaches at best.</summary>
internal static class NetworkBench
{
    private const int Tiles = 8, Side = 224, Repeats = 7;

    // 31.005 GFLOP for a tile of 224 x 224 at base 32; almost all of it grows with the square of the width
    private const double TileGigaFlopBase32 = 31.005;

    public static void Run()
    {
        LibTorch.EnsureLoaded();
        double peak = MatrixRate();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"matrix product 2048 x 2048 x 2048: {peak:f0} GFLOP/s on {get_num_threads()} threads"));
        Console.WriteLine("| base | reference s | best s | median s | GFLOP/s | of the matrix rate | median / reference |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach ((int width, double reference) in ((int, double)[])[(32, 2.2), (16, 0.63), (8, double.NaN)])
        {
            (double best, double median) = Forward(width);
            double rate = Tiles * TileGigaFlopBase32 * width * width / 1024 / median;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {width} | {reference:g3} | {best:f3} | {median:f3} | {rate:f0} | {rate / peak:p0} | {median / reference:f2} |"));
        }
    }

    private static (double Best, double Median) Forward(int width)
    {
        random.manual_seed(1);
        using var net = new CellposeNet(NetArchitecture.FromBase(width));
        var info = new ModelInfo("bench", "", 30, 30);
        using var model = new CellposeModel([NetWeights.FromNet(net)], info, CPU);
        float[] tiles = new float[Tiles * 2 * Side * Side], maps = new float[Tiles * 3 * Side * Side], styles = new float[Tiles * 8 * width];
        var numbers = new Random(1);
        for (int i = 0; i < tiles.Length; i++)
            tiles[i] = numbers.NextSingle();
        return Time(() => NetworkRunner.Run(model, tiles, [Tiles, 2, Side, Side], maps, styles));
    }

    private static double MatrixRate()
    {
        const int n = 2048;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor a = rand(n, n), b = rand(n, n);
        (double best, _) = Time(() => mm(a, b).Dispose());
        return 2.0 * n * n * n / best / 1e9;
    }

    private static (double Best, double Median) Time(Action run)
    {
        run();
        run();
        double[] seconds = new double[Repeats];
        for (int n = 0; n < Repeats; n++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            seconds[n] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(seconds);
        return (seconds[0], seconds[Repeats / 2]);
    }
}
