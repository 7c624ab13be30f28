using System.IO.Compression;
using Cellpose3D.IO.Weights.Pickle;

namespace Cellpose3D.IO.Weights;

/// <summary>PyTorch's container since 1.6: a zip of one pickle (<c>data.pkl</c>) and one entry per storage (<c>data/0</c>, ...).</summary>
internal static class TorchZip
{
    private const long LongestPickle = 256L << 20;

    /// <summary>Reads the saved value; its tensors fetch their numbers from <paramref name="archive"/> while that is open.</summary>
    /// <exception cref="InvalidDataException">Damaged, or the pickle asks for more than data.</exception>
    public static object? Load(ZipArchive archive, string name)
    {
        Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);
        foreach (ZipArchiveEntry entry in archive.Entries)
            entries[entry.FullName] = entry;
        ZipArchiveEntry pickle = archive.Entries.FirstOrDefault(e => e.FullName == "data.pkl" || e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw new InvalidDataException($"'{name}' is a zip file without data.pkl, so not one that PyTorch saved.");
        string folder = pickle.FullName[..^"data.pkl".Length];
        if (entries.ContainsKey(folder + "constants.pkl"))
            throw new NotSupportedException($"'{name}' is a TorchScript program; save the network's state_dict() instead.");
        bool bigEndian = entries.TryGetValue(folder + "byteorder", out ZipArchiveEntry? order)
            && ReadEntry(order, 16, name).AsSpan().StartsWith("big"u8);

        var storages = new Dictionary<string, TorchStorage>(StringComparer.Ordinal);
        using var stream = new MemoryStream(ReadEntry(pickle, LongestPickle, name), writable: false);
        return new PickleReader(stream, $"{name}: {PickleReader.Printable(pickle.FullName)}", id =>
        {
            TorchReference reference = TorchReference.Parse(id);
            if (storages.TryGetValue(reference.Key, out TorchStorage? known))
                return known;
            var storage = new TorchStorage(reference.Type, reference.Count) { BigEndian = bigEndian };
            string path = $"{folder}data/{reference.Key}";
            if (!entries.TryGetValue(path, out ZipArchiveEntry? entry))
                throw new InvalidDataException($"'{name}' has no entry '{PickleReader.Printable(path)}', which a tensor needs.");
            if (entry.Length != storage.ByteLength)
                throw new InvalidDataException($"entry '{PickleReader.Printable(path)}' of '{name}' must have {storage.ByteLength} bytes; got {entry.Length}.");
            storage.Source = () => ReadEntry(entry, Array.MaxLength, name);
            storages.Add(reference.Key, storage);
            return storage;
        }).Load();
    }

    private static byte[] ReadEntry(ZipArchiveEntry entry, long longest, string name)
    {
        string path = PickleReader.Printable(entry.FullName);
        if (entry.Length > longest)
            throw new NotSupportedException($"entry '{path}' of '{name}' has {entry.Length} bytes; at most {longest} are read.");
        // PyTorch stores without compression; a compressed entry could be a thousand times its size in the file.
        if (entry.CompressedLength != entry.Length)
            throw new NotSupportedException($"entry '{path}' of '{name}' is compressed; PyTorch writes plain entries. Unpack and save the model again with torch.save.");
        byte[] bytes = new byte[entry.Length];
        using Stream stream = entry.Open();
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new InvalidDataException($"'{name}' ends inside its entry '{path}'.");
        return bytes;
    }
}
