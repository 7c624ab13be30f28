using System.Buffers.Binary;
using System.Numerics;
using Cellpose3D.IO.Weights.Pickle;

namespace Cellpose3D.IO.Weights;

/// <summary>PyTorch's container before 1.6: five pickles in a row, then each storage's count and numbers.</summary>
internal static class TorchLegacy
{
    private const long Protocol = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads the saved value; its tensors fetch their numbers from <paramref name="stream"/> while that is open.</summary>
    /// <param name="stream">Seekable, at the container's first byte.</param>
    /// <param name="name">Used in messages.</param>
    /// <exception cref="InvalidDataException">Damaged, or the pickle asks for more than data.</exception>
    public static object? Load(Stream stream, string name)
    {
        if (Next(stream, name) is not BigInteger magic || magic != Magic)
            throw new InvalidDataException($"'{name}' is a pickle, but not one that torch.save wrote.");
        if (Next(stream, name) is not Protocol)
            throw new InvalidDataException($"'{name}': PyTorch's old container must have protocol {Protocol}.");
        bool bigEndian = Next(stream, name) is PickleDict system && system.Find("little_endian") is false;

        var storages = new Dictionary<string, TorchStorage>(StringComparer.Ordinal);
        object? value = Next(stream, name, id =>
        {
            TorchReference reference = TorchReference.Parse(id);
            if (!storages.TryGetValue(reference.Key, out TorchStorage? whole))
            {
                whole = new TorchStorage(reference.Type, reference.Count) { BigEndian = bigEndian };
                storages.Add(reference.Key, whole);
            }
            if (whole.Type != reference.Type)
                throw new InvalidDataException($"'{name}' names one storage with two element types.");
            return reference.ViewOffset == 0 && reference.ViewCount == reference.Count ? whole : View(whole, reference);
        });
        if (Next(stream, name) is not List<object?> keys)
            throw new InvalidDataException($"'{name}' lacks the list of its storages.");

        byte[] count = new byte[8];
        foreach (object? key in keys)
        {
            if (key is not string text || !storages.TryGetValue(text, out TorchStorage? storage))
                throw new InvalidDataException($"'{name}' stores numbers that no tensor names.");
            if (stream.ReadAtLeast(count, 8, throwOnEndOfStream: false) < 8)
                throw new InvalidDataException($"'{name}' ends before its storage '{PickleReader.Printable(text)}'.");
            long bytes = BinaryPrimitives.ReadInt64LittleEndian(count) is var n && n >= 0 && n <= stream.Length / storage.Type.Size
                ? n * storage.Type.Size : -1;
            if (bytes != storage.ByteLength || stream.Length - stream.Position < bytes)
                throw new InvalidDataException($"storage '{PickleReader.Printable(text)}' of '{name}' must have {storage.ByteLength} bytes; the file has another number.");
            var numbers = new PickleBytes(stream, stream.Position, bytes);
            storage.Source = numbers.ToArray;
            stream.Position += bytes;
        }
        return value;
    }

    private static TorchStorage View(TorchStorage whole, TorchReference reference)
    {
        int first = checked((int)(reference.ViewOffset * reference.Type.Size)), bytes = checked((int)(reference.ViewCount * reference.Type.Size));
        return new TorchStorage(reference.Type, reference.ViewCount)
        {
            BigEndian = whole.BigEndian,
            Source = () => whole.Load().AsSpan(first, bytes).ToArray(),
        };
    }

    private static object? Next(Stream stream, string name, Func<object?, object?>? persistentId = null)
    {
        var reader = new PickleReader(stream, name, persistentId);
        object? value = reader.Load();
        stream.Position = reader.Position;
        return value;
    }
}
