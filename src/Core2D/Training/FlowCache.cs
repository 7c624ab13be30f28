using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Core2D.Training;

/// <summary>Keeps the flows of label images in a folder, so that the next run need not compute them.</summary>
/// <param name="folder">Created when first needed; null computes every time.</param>
/// <remarks>A file is named by the hash of its labels, and written under another name first, so that two runs may share the folder.</remarks>
internal sealed class FlowCache(string? folder)
{
    private const string Extension = ".flows1";     // the number changes when the flows of the same labels do

    /// <summary>The training target of labels.</summary>
    /// <param name="labels">int32 [Y, X]; borrowed.</param>
    /// <param name="cancellationToken">Checked between cells.</param>
    /// <returns>float32 [3, Y, X]: 1 inside cells else 0, flow y, flow x; owned by the caller.</returns>
    internal NdArray<float> Target(NdArray<int> labels, CancellationToken cancellationToken)
    {
        var target = new NdArray<float>(3, labels.Shape[0], labels.Shape[1]);
        for (int i = 0; i < labels.Length; i++)
            target.Data[i] = labels.Data[i] > 0 ? 1 : 0;
        Span<float> flows = target.Data.AsSpan(labels.Length);
        if (folder is null)
        {
            MasksToFlows.Compute(labels, threads: 1, cancellationToken: cancellationToken).Span.CopyTo(flows);
            return target;
        }

        string path = Path.Combine(folder, Key(labels) + Extension);
        Span<byte> bytes = MemoryMarshal.AsBytes(flows);
        if (File.Exists(path) && new FileInfo(path).Length == bytes.Length)
        {
            using FileStream stored = File.OpenRead(path);
            stored.ReadExactly(bytes);
            return target;
        }
        MasksToFlows.Compute(labels, threads: 1, cancellationToken: cancellationToken).Span.CopyTo(flows);
        Directory.CreateDirectory(folder);
        string temporary = $"{path}.{Guid.NewGuid():n}";
        using (FileStream stream = File.Create(temporary))
            stream.Write(bytes);
        File.Move(temporary, path, overwrite: true);
        return target;
    }

    private static string Key(NdArray<int> labels)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<int>(labels.Shape));
        hash.AppendData(MemoryMarshal.AsBytes<int>(labels.Data));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }
}
