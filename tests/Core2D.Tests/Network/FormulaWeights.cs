using System.Globalization;
using Cellpose3D.Core2D.Network;

namespace Cellpose3D.Core2D.Tests.Network;

/// <summary>The weights of the golden groups net_default and net_small_formula, by the formula of the Golden README.</summary>
internal static class FormulaWeights
{
    internal static CellposeNet MakeNet(NetArchitecture architecture)
    {
        var net = new CellposeNet(architecture);
        NetWeights.Fill(net, Make(net));
        net.eval();
        return net;
    }

    internal static StateDict Make(CellposeNet net)
    {
        StateDict shapes = NetWeights.FromNet(net);
        return new StateDict([.. shapes.Tensors.Select((s, t) => Fill(s, (ulong)t, shapes))], new Dictionary<string, string>());
    }

    private static WeightTensor Fill(WeightTensor shape, ulong t, StateDict all)
    {
        float[] values = new float[shape.Shape.Aggregate(1, (a, b) => a * b)];
        int fanIn = shape.Shape.Skip(1).Aggregate(1, (a, b) => a * b);
        bool batchNorm = all.Find(shape.Name[..(shape.Name.LastIndexOf('.') + 1)] + "running_mean") is not null;
        for (int i = 0; i < values.Length; i++)
        {
            double u = Uniform(t, (ulong)i);
            values[i] = (float)(shape.Name[(shape.Name.LastIndexOf('.') + 1)..] switch
            {
                "running_mean" => 0.4 * (2 * u - 1),
                "running_var" => 0.5 + u,
                "num_batches_tracked" => 7,
                "diam_mean" or "diam_labels" => 30,
                "weight" => batchNorm ? 0.75 + 0.5 * u : (2 * u - 1) / Math.Sqrt(fanIn),
                "bias" => (batchNorm ? 0.4 : 0.1) * (2 * u - 1),
                string other => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"no rule for {other}")),
            });
        }
        return WeightTensor.FromFloats(shape.Name, shape.Shape, values);
    }

    private static double Uniform(ulong t, ulong i)
    {
        ulong x = unchecked((t << 32) + i + 0x9E3779B97F4A7C15);
        x = unchecked((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9);
        x = unchecked((x ^ (x >> 27)) * 0x94D049BB133111EB);
        x ^= x >> 31;
        return (x >> 40) / 16777216.0;
    }
}
