using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>Resizes any box of a volume to the bits of resizing the whole: X and Y bilinear within planes, then Z between them.</summary>
/// <remarks>The rules are those of <c>Resizer.Bilinear</c>, which runs over whole planes; the reference resizes in this order.</remarks>
internal sealed class BoxResizer
{
    private readonly LinearAxis _z, _y, _x;
    private readonly bool _sameZ, _sameYX;

    /// <summary>Plans the resizing of a volume.</summary>
    /// <param name="from">Original lengths.</param>
    /// <param name="to">New lengths.</param>
    public BoxResizer(VolumeShape from, VolumeShape to)
    {
        _z = new LinearAxis(from.Z, to.Z, dropFractionAtEdge: false);
        _y = new LinearAxis(from.Y, to.Y, dropFractionAtEdge: false);
        _x = new LinearAxis(from.X, to.X, dropFractionAtEdge: true);
        _sameZ = from.Z == to.Z;
        _sameYX = from.Y == to.Y && from.X == to.X;
    }

    /// <summary>The part of the original that a box of the result is made from.</summary>
    public VolumeBox SourceOf(VolumeBox box)
    {
        (int z, int depth) = Extent(_z, box.Z, box.EndZ, _sameZ);
        (int y, int height) = Extent(_y, box.Y, box.EndY, _sameYX);
        (int x, int width) = Extent(_x, box.X, box.EndX, _sameYX);
        return new VolumeBox(z, y, x, depth, height, width);
    }

    /// <summary>Makes a box of the result.</summary>
    /// <param name="source">float32 of <see cref="SourceOf"/> the box; borrowed.</param>
    /// <param name="box">The box of the result.</param>
    /// <param name="values">float32 [depth, height, width]; overwritten.</param>
    /// <param name="threads">Number of threads, which never changes a value; 0 takes all processors.</param>
    public void Resize(float[] source, VolumeBox box, float[] values, int threads)
    {
        VolumeBox from = SourceOf(box);
        int plane = box.Height * box.Width;
        float[] flat = source;                                           // [from.Depth, box.Height, box.Width]
        if (!_sameYX)
        {
            flat = _sameZ ? values : GC.AllocateUninitializedArray<float>(checked(from.Depth * plane));
            ParallelWork.Run(from.Depth, threads, () => new float[2 * box.Width], (rows, z) =>
                ResizePlane(source.AsSpan(z * from.Height * from.Width, from.Height * from.Width), from, box, rows, flat.AsSpan(z * plane, plane)));
        }
        else if (_sameZ)
        {
            source.AsSpan(0, (int)box.Count).CopyTo(values);
        }
        if (_sameZ)
            return;
        ParallelWork.Run(box.Depth, threads, z =>
        {
            int first = _z.First[box.Z + z] - from.Z, second = _z.Second[box.Z + z] - from.Z;
            Resizer.Blend(flat.AsSpan(first * plane, plane), flat.AsSpan(second * plane, plane), _z.Fraction[box.Z + z], values.AsSpan(z * plane, plane));
        });
    }

    private static (int Start, int Length) Extent(LinearAxis axis, int start, int end, bool same)
    {
        if (same)
            return (start, end - start);
        int first = axis.First[start];
        return (first, axis.Second[end - 1] + 1 - first);
    }

    private void ResizePlane(ReadOnlySpan<float> source, VolumeBox from, VolumeBox box, Span<float> rows, Span<float> target)
    {
        int width = box.Width, held = -1;                                // the row whose resized values are in the upper half
        for (int y = 0; y < box.Height; y++)
        {
            int first = _y.First[box.Y + y] - from.Y, second = _y.Second[box.Y + y] - from.Y;
            if (held == first)
                rows[width..].CopyTo(rows);
            else
                ResizeRow(source.Slice(first * from.Width, from.Width), from.X, box.X, rows[..width]);
            ResizeRow(source.Slice(second * from.Width, from.Width), from.X, box.X, rows[width..]);
            held = second;
            Resizer.Blend(rows[..width], rows[width..], _y.Fraction[box.Y + y], target.Slice(y * width, width));
        }
    }

    private void ResizeRow(ReadOnlySpan<float> source, int sourceX, int targetX, Span<float> target)
    {
        ReadOnlySpan<int> first = _x.First.AsSpan(targetX), second = _x.Second.AsSpan(targetX);
        ReadOnlySpan<float> fraction = _x.Fraction.AsSpan(targetX);
        for (int x = 0; x < target.Length; x++)
            target[x] = source[first[x] - sourceX] * (1 - fraction[x]) + source[second[x] - sourceX] * fraction[x];
    }
}
