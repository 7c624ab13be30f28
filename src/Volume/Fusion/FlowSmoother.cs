using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Fusion;

/// <summary>Smooths a component of a flow field by a Gaussian along Z, Y and X, box by box.</summary>
/// <remarks>
/// scipy's <c>gaussian_filter</c>: cut at four standard deviations, mirrored at the volume's faces (the last voxel twice), float32
/// after each axis. Needs a margin of <see cref="Radius"/> voxels around a box, less where the volume ends.
/// </remarks>
internal sealed class FlowSmoother
{
    private readonly FilterKernel _z, _y, _x;
    private readonly VolumeShape _shape;

    /// <summary>Plans the smoothing of a volume.</summary>
    /// <param name="sigma">Standard deviation in voxels, above 0.</param>
    /// <param name="shape">Lengths of the volume.</param>
    public FlowSmoother(double sigma, VolumeShape shape)
    {
        _shape = shape;
        _z = FilterKernel.Mirrored(sigma, shape.Z);
        _y = FilterKernel.Mirrored(sigma, shape.Y);
        _x = FilterKernel.Mirrored(sigma, shape.X);
        Radius = _z.Weights.Length / 2;
    }

    /// <summary>Voxels to each side that have a part in a value.</summary>
    public int Radius { get; }

    /// <summary>The part of the volume that a box of the result is made from.</summary>
    public VolumeBox SourceOf(VolumeBox box) => box.Grow(Radius, _shape);

    /// <summary>Makes a box of the result.</summary>
    /// <param name="source">float32 of <see cref="SourceOf"/> the box; borrowed.</param>
    /// <param name="box">The box of the result.</param>
    /// <param name="values">float32 [depth, height, width]; overwritten.</param>
    /// <param name="threads">Number of threads, which never changes a value; 0 takes all processors.</param>
    public void Smooth(float[] source, VolumeBox box, float[] values, int threads)
    {
        VolumeBox from = SourceOf(box);
        int plane = from.Height * from.Width;
        float[] alongZ = GC.AllocateUninitializedArray<float>(checked(box.Depth * plane));             // [box.Depth, from.Height, from.Width]
        ParallelWork.Run(box.Depth, threads, () => new double[plane], (sums, z) =>
            Sum(_z, box.Z + z, from.Z, source, 0, plane, sums, alongZ.AsSpan(z * plane, plane)));
        ParallelWork.Run(box.Depth, threads, () => (Row: new float[from.Width], Sums: new double[from.Width]), (own, z) =>
        {
            for (int y = 0; y < box.Height; y++)
            {
                Sum(_y, box.Y + y, from.Y, alongZ, z * plane, from.Width, own.Sums, own.Row);
                SumRow(own.Row, from.X, box.X, values.AsSpan((z * box.Height + y) * box.Width, box.Width));
            }
        });
    }

    /// <summary>One line of results, of lines of values that follow each other along the filtered axis.</summary>
    private static void Sum(FilterKernel kernel, int position, int origin, float[] values, int offset, int length, double[] sums, Span<float> result)
    {
        Array.Clear(sums, 0, length);
        for (int i = 0; i < kernel.Weights.Length; i++)
        {
            int at = offset + (kernel.Position(position + kernel.FirstOffset + i) - origin) * length;
            double weight = kernel.Weights[i];
            ReadOnlySpan<float> line = values.AsSpan(at, length);
            for (int n = 0; n < line.Length; n++)
                sums[n] += line[n] * weight;
        }
        for (int n = 0; n < length; n++)
            result[n] = (float)sums[n];
    }

    private void SumRow(ReadOnlySpan<float> row, int origin, int first, Span<float> result)
    {
        double[] weights = _x.Weights;
        for (int x = 0; x < result.Length; x++)
        {
            double sum = 0;
            for (int i = 0; i < weights.Length; i++)
                sum += row[_x.Position(first + x + _x.FirstOffset + i) - origin] * weights[i];
            result[x] = (float)sum;
        }
    }
}
