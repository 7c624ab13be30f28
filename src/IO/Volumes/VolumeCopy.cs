using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>Copies a volume into an output box by box, in raster order, in boxes that suit both sides.</summary>
internal static class VolumeCopy
{
    /// <summary>Bytes of values held at once, beside what a reader or writer needs for a chunk.</summary>
    public const long BufferBytes = 32L << 20;

    public delegate void BoxReading<T>(int component, VolumeBox box, Span<T> values);

    /// <summary>Copies everything; the output stays to be completed.</summary>
    /// <param name="read">Gives a box of a component.</param>
    /// <param name="sourceChunk">The pieces that are read fastest.</param>
    /// <param name="output">Receives boxes that follow its chunks.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between boxes.</param>
    public static void Run<T>(BoxReading<T> read, VolumeShape sourceChunk, IVolumeStore<T> output, IProgress<float>? progress, CancellationToken cancellationToken)
        where T : unmanaged => Visit(read, output.Shape, output.Components, BoxShape(output.Shape, sourceChunk, output.Chunk), (c, box, values) => output.Write(c, box, values), progress, cancellationToken);

    /// <summary>The largest label.</summary>
    public static int Largest(BoxReading<int> read, VolumeShape shape, int components, VolumeShape sourceChunk, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        int largest = 0;
        Visit(read, shape, components, BoxShape(shape, sourceChunk, new VolumeShape(1, 1, 1)), (_, _, values) =>
        {
            foreach (int label in values)
                largest = Math.Max(largest, label);
        }, progress, cancellationToken);
        return largest;
    }

    /// <summary>Lengths of the boxes: whole chunks of the output, as deep as chunks of the source, as wide as memory allows.</summary>
    public static VolumeShape BoxShape(VolumeShape whole, VolumeShape source, VolumeShape target, long bytes = BufferBytes)
    {
        long most = Math.Max(1, bytes / 4);
        long Fit(int length, int step, int wanted, long rest) =>
            Math.Min(length, Math.Max(1, Math.Min((Math.Max(wanted, step) + step - 1L) / step, most / Math.Max(1, rest * step))) * step);
        // a whole volume's width and height if they fit beside one layer of chunks
        long x = Fit(whole.X, target.X, whole.X, (long)target.Z * target.Y);
        long y = Fit(whole.Y, target.Y, whole.Y, target.Z * x);
        long z = Fit(whole.Z, target.Z, source.Z, y * x);
        return new VolumeShape((int)z, (int)y, (int)x);
    }

    private delegate void BoxVisit<T>(int component, VolumeBox box, ReadOnlySpan<T> values);

    private static void Visit<T>(
        BoxReading<T> read, VolumeShape shape, int components, VolumeShape boxShape, BoxVisit<T> visit, IProgress<float>? progress, CancellationToken cancellationToken)
        where T : unmanaged
    {
        var grid = new ChunkGrid(shape, boxShape);
        long all = shape.Count * components, done = 0;
        T[] buffer = GC.AllocateUninitializedArray<T>(checked((int)boxShape.Count));     // not of the pool, which rounds up and keeps it
        for (int c = 0; c < components; c++)
        {
            foreach (VolumeBox box in grid.Touching(shape.All))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<T> values = buffer.AsSpan(0, (int)box.Count);
                read(c, box, values);
                visit(c, box, values);
                done += box.Count;
                progress?.Report((float)done / all);
            }
        }
    }
}
