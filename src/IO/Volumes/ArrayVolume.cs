using System.Buffers;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>A volume that lies in one array of a file, or in one for each channel or time point.</summary>
internal sealed class ArrayVolume : VolumeReader
{
    private readonly Func<int, int, IVoxelArray> _arrayOf;
    private readonly string _letters;
    private readonly IDisposable? _owner;

    /// <summary>Takes arrays as a volume.</summary>
    /// <param name="description">What the file says; its lengths may be shorter than the arrays', which are then padded.</param>
    /// <param name="letters">An axis of the arrays each, T, C, Z, Y or X; _ for one of length 1 that means nothing.</param>
    /// <param name="arrayOf">The array of a time point and channel.</param>
    /// <param name="time">The time point read by default.</param>
    /// <param name="owner">Disposed with the volume; null for none.</param>
    public ArrayVolume(VolumeDescription description, string letters, Func<int, int, IVoxelArray> arrayOf, int time, IDisposable? owner = null)
        : base(description, time)
    {
        (_letters, _arrayOf, _owner) = (letters, arrayOf, owner);
    }

    /// <summary>One array for everything.</summary>
    public ArrayVolume(VolumeDescription description, string letters, IVoxelArray array, int time, IDisposable? owner = null)
        : this(description, letters, (_, _) => array, time, owner)
    {
    }

    public override (long Stored, long All)? CountChunks() => _arrayOf(0, 0).CountChunks();

    /// <summary>Pieces along Z, Y and X.</summary>
    public static VolumeShape ChunkOf(IVoxelArray array, string letters, VolumeShape whole) => ChunkGrid.Clip(
        new VolumeShape(Along('Z', array, letters), Along('Y', array, letters), Along('X', array, letters)), whole);

    /// <summary>Puts letters, which leave axes of length 1 out, beside the axes of an array.</summary>
    /// <param name="letters">Letters in the order of the array.</param>
    /// <param name="lengths">Their lengths.</param>
    /// <param name="shape">The array's lengths.</param>
    /// <returns>A letter, or _, for each axis.</returns>
    public static string Spread(string letters, int[] lengths, int[] shape)
    {
        if (letters.Length == shape.Length)
            return letters;
        char[] spread = new char[shape.Length];
        int next = letters.Length - 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
            spread[axis] = next >= 0 && lengths[next] == shape[axis] ? letters[next--] : '_';
        return new string(spread);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _owner?.Dispose();
        base.Dispose(disposing);
    }

    private protected override void ReadIntensities(int time, int channel, VolumeBox box, Span<float> voxels, CancellationToken cancellationToken) =>
        Read<float, FloatConversion>(time, channel, box, voxels, cancellationToken);

    private protected override void ReadExactly(int time, int channel, VolumeBox box, Span<int> labels, CancellationToken cancellationToken) =>
        Read<int, LabelConversion>(time, channel, box, labels, cancellationToken);

    private static int Along(char letter, IVoxelArray array, string letters) =>
        letters.IndexOf(letter, StringComparison.Ordinal) is int axis and >= 0 ? array.Chunk[axis] : 1;

    private void Read<TOut, TConversion>(int time, int channel, VolumeBox box, Span<TOut> values, CancellationToken cancellationToken)
        where TConversion : struct, ISampleConversion<TOut>
    {
        IVoxelArray array = _arrayOf(time, channel);
        int size = array.Type.Bytes();
        bool isInOrder = string.Concat(_letters.Where(l => l is 'Z' or 'Y' or 'X')) is "ZYX" or "YX";
        // parts of at most this many planes, so that the samples as stored never need more than the largest buffer
        int step = (int)Math.Clamp((1L << 28) / ((long)box.Height * box.Width * size), 1, box.Depth);
        for (int z = 0; z < box.Depth; z += step)
        {
            VolumeBox part = box with { Z = box.Z + z, Depth = Math.Min(step, box.Depth - z) };
            int[] start = new int[_letters.Length], count = new int[_letters.Length];
            for (int axis = 0; axis < _letters.Length; axis++)
            {
                (start[axis], count[axis]) = _letters[axis] switch
                {
                    'T' => (time, 1),
                    'C' => (channel, 1),
                    'Z' => (part.Z, part.Depth),
                    'Y' => (part.Y, part.Height),
                    'X' => (part.X, part.Width),
                    _ => (0, 1),
                };
            }
            int bytes = checked((int)(part.Count * size));
            byte[] samples = ArrayPool<byte>.Shared.Rent(bytes);
            byte[] ordered = samples;
            array.Read(start, count, samples.AsSpan(0, bytes), cancellationToken);
            if (!isInOrder)
            {
                ordered = ArrayPool<byte>.Shared.Rent(bytes);
                Blocks.Copy(samples, 0, Blocks.Strides(count), ordered, 0, StridesTo(part), count, size);
            }
            SampleRow.Spread<TOut, TConversion>(
                array.Type, ordered.AsSpan(0, bytes), 1, values, Boxes.Offset(box, part.Z, box.Y, box.X), 0, $"box {part} of {array.Place}");
            if (!isInOrder)
                ArrayPool<byte>.Shared.Return(ordered);
            ArrayPool<byte>.Shared.Return(samples);
        }
    }

    private long[] StridesTo(VolumeBox part) => [.. _letters.Select(letter => letter switch
    {
        'Z' => (long)part.Height * part.Width,
        'Y' => part.Width,
        'X' => 1,
        _ => 0,
    })];
}
