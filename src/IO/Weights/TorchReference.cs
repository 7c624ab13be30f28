using Cellpose3D.IO.Weights.Pickle;

namespace Cellpose3D.IO.Weights;

/// <summary>What a PyTorch pickle says of a storage kept outside it.</summary>
/// <param name="Key">Name of the storage in its container.</param>
/// <param name="Type">Element type.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="ViewOffset">First element seen, for the oldest files' views on a larger storage.</param>
/// <param name="ViewCount">Number of elements seen; equal to <paramref name="Count"/> when there is no view.</param>
internal sealed record TorchReference(string Key, TorchType Type, long Count, long ViewOffset, long ViewCount)
{
    /// <summary>Reads a persistent id: ('storage', type, key, device, count[, view]).</summary>
    /// <exception cref="InvalidDataException">Something else.</exception>
    public static TorchReference Parse(object? id)
    {
        if (id is object?[] { Length: > 0 } module && module[0] is "module")
            throw new NotSupportedException("the file holds a whole network object with its code; save its state_dict() instead.");
        if (id is not object?[] { Length: >= 5 } parts
            || parts[0] is not "storage" || parts[1] is not PickleGlobal global || parts[4] is not (long and >= 0 and < long.MaxValue / 16))
            throw new InvalidDataException("a tensor's storage must be described as ('storage', type, key, device, count).");
        TorchType type = TorchType.FromStorageName(global.Name) ?? throw new InvalidDataException($"'{global.Name}' is no storage type.");
        string key = parts[2] as string ?? (parts[2] is long number ? $"{number}" : throw new InvalidDataException("a storage's key must be text."));
        long count = (long)parts[4]!;
        if (parts.Length == 5 || parts[5] is null)
            return new TorchReference(key, type, count, 0, count);
        if (parts[5] is not object?[] { Length: 3 } view || view[1] is not (long and >= 0) || view[2] is not (long and >= 0)
            || (long)view[1]! > count || (long)view[2]! > count - (long)view[1]!)
            throw new InvalidDataException("a storage's view must lie inside the storage.");
        return new TorchReference(key, type, count, (long)view[1]!, (long)view[2]!);
    }
}
