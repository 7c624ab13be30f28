using System.Buffers.Binary;
using System.Text;

namespace Cellpose3D.Core2D.Native;

/// <summary>
/// Marks one required symbol version of an ELF64 little-endian library as weak, so that a loader whose C++ run time
/// does not define it goes on instead of refusing the library.
/// </summary>
/// <remarks>
/// Layout: System V gABI, "Symbol Versioning" (LSB core, <c>.gnu.version_r</c>). Only the flag of the one entry changes;
/// no code, relocation or symbol is touched, so this is right only for a version behind which no symbol is relocated.
/// </remarks>
public static class ElfVersionPatch
{
    private const int ProgramLoad = 1, ProgramDynamic = 2;
    private const long TagNull = 0, TagStringTable = 5, TagVersionNeed = 0x6ffffffe, TagVersionNeedCount = 0x6fffffff;
    private const ushort WeakFlag = 2;

    /// <summary>Sets the weak flag of version <paramref name="version"/> wherever the library requires it.</summary>
    /// <param name="library">uint8 [bytes], a whole ELF64 file; changed in place.</param>
    /// <param name="version">Version name, for example <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>The number of entries marked; 0 when the library does not require that version.</returns>
    /// <exception cref="InvalidDataException">The bytes are not an ELF64 little-endian library with a dynamic section.</exception>
    public static int MarkWeak(Span<byte> library, string version)
    {
        if (library.Length < 64 || !library[..4].SequenceEqual("\u007fELF"u8) || library[4] != 2 || library[5] != 1)
            throw new InvalidDataException("Library must be an ELF64 little-endian file.");
        try
        {
            return Mark(library, version);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException("The ELF file is truncated: a table points past its end.", e);
        }
    }

    private static int Mark(Span<byte> file, string version)
    {
        var segments = ReadSegments(file);
        var dynamic = ReadDynamic(file, segments);
        if (!dynamic.TryGetValue(TagVersionNeed, out long need) || !dynamic.TryGetValue(TagStringTable, out long strings))
            return 0;

        long stringTable = ToOffset(segments, strings);
        byte[] wanted = [.. Encoding.ASCII.GetBytes(version), 0];
        int marked = 0;
        long entry = ToOffset(segments, need);
        for (long left = dynamic.GetValueOrDefault(TagVersionNeedCount, 1); left > 0; left--)
        {
            ushort count = BinaryPrimitives.ReadUInt16LittleEndian(At(file, entry + 2, 2));
            long aux = entry + BinaryPrimitives.ReadUInt32LittleEndian(At(file, entry + 8, 4));
            for (int i = 0; i < count; i++)
            {
                long name = stringTable + BinaryPrimitives.ReadUInt32LittleEndian(At(file, aux + 8, 4));
                if (name + wanted.Length <= file.Length && At(file, name, wanted.Length).SequenceEqual(wanted))
                {
                    Span<byte> flags = At(file, aux + 4, 2);
                    BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | WeakFlag));
                    marked++;
                }
                aux += BinaryPrimitives.ReadUInt32LittleEndian(At(file, aux + 12, 4));
            }
            entry += BinaryPrimitives.ReadUInt32LittleEndian(At(file, entry + 12, 4));
        }
        return marked;
    }

    private readonly record struct Segment(int Type, long Offset, long Address, long Size);

    private static List<Segment> ReadSegments(Span<byte> file)
    {
        long table = BinaryPrimitives.ReadInt64LittleEndian(At(file, 32, 8));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(At(file, 54, 2));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(At(file, 56, 2));
        var segments = new List<Segment>(count);
        for (int i = 0; i < count; i++)
        {
            Span<byte> header = At(file, table + (long)i * size, 56);
            segments.Add(new Segment(
                BinaryPrimitives.ReadInt32LittleEndian(header),
                BinaryPrimitives.ReadInt64LittleEndian(header[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(header[32..])));
        }
        return segments;
    }

    private static Dictionary<long, long> ReadDynamic(Span<byte> file, List<Segment> segments)
    {
        var values = new Dictionary<long, long>();
        int index = segments.FindIndex(s => s.Type == ProgramDynamic);
        if (index < 0)
            throw new InvalidDataException("The ELF file has no dynamic section; a shared library is needed.");
        for (long at = segments[index].Offset; at < segments[index].Offset + segments[index].Size; at += 16)
        {
            long tag = BinaryPrimitives.ReadInt64LittleEndian(At(file, at, 8));
            if (tag == TagNull)
                break;
            values[tag] = BinaryPrimitives.ReadInt64LittleEndian(At(file, at + 8, 8));
        }
        return values;
    }

    private static long ToOffset(List<Segment> segments, long address)
    {
        foreach (Segment s in segments)
        {
            if (s.Type == ProgramLoad && address >= s.Address && address < s.Address + s.Size)
                return address - s.Address + s.Offset;
        }
        throw new InvalidDataException($"Address 0x{address:x} lies in no loaded segment of the ELF file.");
    }

    private static Span<byte> At(Span<byte> file, long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, file.Length - length);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return file.Slice((int)offset, length);
    }
}
