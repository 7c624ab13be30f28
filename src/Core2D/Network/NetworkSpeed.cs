using System.Diagnostics;
using Cellpose3D.Core2D.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Network;

/// <summary>How fast a device runs a network, beside the matrix rate that it reaches at best.</summary>
public static class NetworkSpeed
{
    private const int MatrixSide = 2048, MatrixSideCuda = 8192;

    /// <summary>The best rate of a product of two square matrices, in the precision a model would have.</summary>
    /// <param name="device">The device.</param>
    /// <param name="precision">Type of the matrices' elements.</param>
    /// <param name="repeats">Runs after two to warm up, at least 1.</param>
    /// <returns>Operations a second; a multiplication and an addition are two.</returns>
    public static double MatrixRate(Device device, ScalarType precision, int repeats)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        LibTorch.EnsureLoaded();
        int n = device.type == DeviceType.CUDA ? MatrixSideCuda : MatrixSide;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor a = rand([n, n], precision, device), b = rand([n, n], precision, device);
        double best = Time(() =>
        {
            mm(a, b).Dispose();
            if (device.type == DeviceType.CUDA)
                cuda.synchronize(device);
        }, repeats)[0];
        return 2.0 * n * n * n / best;
    }

    /// <summary>Times a model on noise: tiles from the host to the device, through the network, maps back to the host.</summary>
    /// <param name="model">Borrowed.</param>
    /// <param name="tiles">Tiles in a batch.</param>
    /// <param name="side">Rows and columns of a tile; a multiple of the architecture's <see cref="NetArchitecture.SizeMultiple"/>.</param>
    /// <param name="repeats">Runs after two to warm up, at least 1.</param>
    /// <returns>Seconds a batch, the shortest first.</returns>
    public static double[] Forward(CellposeModel model, int tiles, int side, int repeats)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        NetArchitecture sizes = model.Nets[0].Architecture;
        float[] input = new float[tiles * sizes.Channels * side * side];
        float[] maps = new float[tiles * sizes.Outputs * side * side], styles = new float[tiles * sizes.StyleLength];
        var numbers = new Random(1);
        foreach (ref float v in input.AsSpan())
            v = numbers.NextSingle();
        return Time(() => NetworkRunner.Run(model, input, [tiles, sizes.Channels, side, side], maps, styles), repeats);
    }

    private static double[] Time(Action run, int repeats)
    {
        run();
        run();
        double[] seconds = new double[repeats];
        for (int n = 0; n < repeats; n++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            seconds[n] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(seconds);
        return seconds;
    }
}
