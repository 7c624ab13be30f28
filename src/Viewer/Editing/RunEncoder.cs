namespace Cellpose3D.Viewer.Editing;

/// <summary>Packs runs of changed voxels: each as the distance from the end of the last, its length, and ids where they differ from the last one's.</summary>
internal sealed class RunEncoder
{
    private readonly List<byte> _bytes = [];
    private VoxelRun _last;

    /// <summary>Adds a run.</summary>
    public void Add(VoxelRun run)
    {
        long gap = run.Start - (_last.Start + _last.Length);
        bool sameIds = (run.Old, run.New) == (_last.Old, _last.New);
        Write((ulong)((gap << 1) ^ (gap >> 63)));                        // small numbers of either sign take few bytes
        Write((ulong)run.Length << 1 | (sameIds ? 1u : 0u));
        if (!sameIds)
        {
            Write(run.Old);
            Write(run.New);
        }
        _last = run;
    }

    /// <summary>The bytes so far.</summary>
    public byte[] ToArray() => [.. _bytes];

    /// <summary>Unpacks runs, in the order they were added.</summary>
    /// <exception cref="InvalidDataException">The bytes end within a run.</exception>
    public static List<VoxelRun> Decode(ReadOnlySpan<byte> bytes)
    {
        var runs = new List<VoxelRun>();
        VoxelRun last = default;
        while (!bytes.IsEmpty)
        {
            ulong folded = Read(ref bytes), length = Read(ref bytes);
            long gap = (long)(folded >> 1) ^ -(long)(folded & 1);
            (uint old, uint id) = (length & 1) != 0 ? (last.Old, last.New) : ((uint)Read(ref bytes), (uint)Read(ref bytes));
            last = new VoxelRun(last.Start + last.Length + gap, (long)(length >> 1), old, id);
            runs.Add(last);
        }
        return runs;
    }

    private void Write(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }

    private static ulong Read(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int n = 0; n < bytes.Length && n < 10; n++)
        {
            value |= (ulong)(bytes[n] & 0x7F) << (7 * n);
            if (bytes[n] < 0x80)
            {
                bytes = bytes[(n + 1)..];
                return value;
            }
        }
        throw new InvalidDataException("changed voxels end within a run.");
    }
}
