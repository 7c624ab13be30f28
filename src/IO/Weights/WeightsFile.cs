using System.IO.Compression;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Weights.Pickle;

namespace Cellpose3D.IO.Weights;

/// <summary>Reads the weights of a network from any of the containers people have: PyTorch's two, and safetensors.</summary>
/// <remarks>PyTorch files are pickles; they are read by a reader that builds tensors and plain containers and runs nothing.</remarks>
public static class WeightsFile
{
    /// <summary>Keys under which training programs put a state dict beside other things.</summary>
    private static readonly string[] Nested = ["state_dict", "model_state_dict", "model", "net", "network", "weights"];

    /// <summary>Prefixes that wrappers of a network put before every key.</summary>
    private static readonly string[] Wrappers = ["module.", "_orig_mod."];

    /// <summary>Reads a state dict; the container is recognised by its first bytes, not by its name.</summary>
    /// <param name="path">A <c>.pth</c>, <c>.pt</c> or <c>.safetensors</c> file; official Cellpose files have no extension.</param>
    /// <returns>Tensors in the file's order, without the prefix of a parallel or compiled wrapper; owned.</returns>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Not a weights file, a damaged one, or one that asks to run something.</exception>
    /// <exception cref="NotSupportedException">A whole network object, a TorchScript program, or element types weights never have.</exception>
    public static StateDict Read(string path)
    {
        if (Directory.Exists(path))
            throw new InvalidDataException($"'{path}' is a folder; a weights file is needed.");
        using FileStream stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads a state dict; the container is recognised by its first bytes.</summary>
    /// <param name="stream">Seekable, at the container's first byte; borrowed.</param>
    /// <param name="name">Used in messages.</param>
    /// <returns>Tensors in the file's order; owned.</returns>
    /// <exception cref="InvalidDataException">Not a weights file, a damaged one, or one that asks to run something.</exception>
    /// <exception cref="NotSupportedException">A whole network object, a TorchScript program, or element types weights never have.</exception>
    public static StateDict Read(Stream stream, string name)
    {
        byte[] start = new byte[24];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        ReadOnlySpan<byte> first = start.AsSpan(0, count);
        try
        {
            if (first.StartsWith("PK\x03\x04"u8))
            {
                using ZipArchive archive = OpenArchive(stream, name);
                return Unwrap(Collect(TorchZip.Load(archive, name), stream.Length, name));
            }
            if ((count > 2 && first[0] == 0x80 && first[1] <= 5) || first.StartsWith("L1195470371460388"u8))
                return Unwrap(Collect(TorchLegacy.Load(stream, name), stream.Length, name));
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"'{name}' is damaged: {e.Message}", e);     // the zip reader's own complaints
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException && !e.Message.Contains(name, StringComparison.Ordinal))
        {
            throw e is InvalidDataException ? new InvalidDataException($"'{name}': {e.Message}", e) : new NotSupportedException($"'{name}': {e.Message}", e);
        }
        if (SafeTensors.Matches(first, stream.Length))
            return Unwrap(SafeTensors.Read(stream, name));
        throw new InvalidDataException(count == 0
            ? $"'{name}' is empty; a weights file is needed."
            : $"'{name}' is no weights file: expected PyTorch (.pth, .pt) or safetensors; it starts with {Convert.ToHexString(first[..Math.Min(8, count)])}"
                + (first.TrimStart(" \r\n\t"u8).StartsWith("<"u8) ? ", which looks like a web page." : "."));
    }

    private static ZipArchive OpenArchive(Stream stream, string name)
    {
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{name}' is cut short or damaged: the table of its parts, at its end, is missing; copy or download it again.", e);
        }
    }

    private static StateDict Collect(object? value, long fileLength, string name)
    {
        PickleDict dict = value switch
        {
            PickleDict top when HasTensors(top) => top,
            PickleDict top => Nested.Select(top.Find).OfType<PickleDict>().FirstOrDefault(HasTensors)
                ?? top.Entries.Select(e => e.Value).OfType<PickleDict>().FirstOrDefault(HasTensors)
                ?? throw new InvalidDataException($"'{name}' holds no tensors; its keys are: {Keys(top)}."),
            TorchTensor or List<object?> or object?[] => throw new InvalidDataException($"'{name}' holds tensors without names; a state dict is needed."),
            _ => throw new InvalidDataException($"'{name}' holds no state dict."),
        };
        long budget = 8 * fileLength + (64L << 20);                      // a view may repeat a number without end
        var tensors = new List<WeightTensor>(dict.Count);
        foreach (KeyValuePair<object?, object?> entry in dict.Entries)
        {
            if (entry is not { Key: string key, Value: TorchTensor tensor })
                continue;
            if ((budget -= tensor.ByteLength) < 0)
                throw new InvalidDataException($"'{name}' has {fileLength} bytes, but its tensors would need more than 8 times as many.");
            tensors.Add(tensor.ToWeight(PickleReader.Printable(key)));
        }
        return new StateDict(tensors, new Dictionary<string, string>());
    }

    private static bool HasTensors(PickleDict dict) => dict.Entries.Any(e => e is { Key: string, Value: TorchTensor });

    private static string Keys(PickleDict dict) =>
        dict.Count == 0 ? "none" : string.Join(", ", dict.Entries.Take(8).Select(e => e.Key is string key ? PickleReader.Printable(key) : "?"));

    private static StateDict Unwrap(StateDict dict)
    {
        foreach (string prefix in Wrappers)
        {
            if (dict.Tensors.Count > 0 && dict.Tensors.All(t => t.Name.StartsWith(prefix, StringComparison.Ordinal)))
                return Unwrap(dict with { Tensors = [.. dict.Tensors.Select(t => t with { Name = t.Name[prefix.Length..] })] });
        }
        return dict;
    }
}
