using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Weights;

namespace Cellpose3D.Core2D.Tests.Training;

/// <summary>The reference's tensors after training steps, and the weights they started from.</summary>
internal static class TrainStepGolden
{
    internal static CellposeNet MakeNet() => NetWeights.ToNet(WeightsFile.Read(Golden.Path("train_step_init.pt")));

    /// <summary>float32 tensors whose key starts with <c>kind|</c>, by the rest of the key; integers are converted.</summary>
    internal static Dictionary<string, float[]> Tensors(string kind)
    {
        using var stream = new GZipStream(File.OpenRead(Golden.Path("train_step_tensors.bin.gz")), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        byte[] all = bytes.ToArray();
        var tensors = new Dictionary<string, float[]>();
        foreach (string[] cells in File.ReadLines(Golden.Path("train_step_tensors.tsv")).Select(l => l.Split('\t')))
        {
            if (!cells[0].StartsWith(kind + "|", StringComparison.Ordinal))
                continue;
            int count = cells[2].Length == 0 ? 1 : cells[2].Split(',').Aggregate(1, (n, l) => n * int.Parse(l, CultureInfo.InvariantCulture));
            ReadOnlySpan<byte> from = all.AsSpan(int.Parse(cells[3], CultureInfo.InvariantCulture));
            tensors[cells[0][(kind.Length + 1)..]] = cells[1] == "int64"
                ? [.. MemoryMarshal.Cast<byte, long>(from[..(8 * count)]).ToArray().Select(v => (float)v)]
                : MemoryMarshal.Cast<byte, float>(from[..(4 * count)]).ToArray();
        }
        return tensors;
    }
}
