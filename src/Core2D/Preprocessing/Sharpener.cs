using System.Numerics;

namespace Cellpose3D.Core2D.Preprocessing;

/// <summary>Blurs planes, subtracts a wider blur, or both.</summary>
/// <remarks>
/// The reference multiplies Fourier transforms with kernels as large as the image. A Gaussian is a product of its axes, so two short
/// passes over rows and columns give the same (to about 1e-6) with two planes of extra memory.
/// </remarks>
internal static class Sharpener
{
    /// <summary>Filters every plane of a channel.</summary>
    /// <param name="channel">float32 [(Z,) Y, X], finite; overwritten.</param>
    /// <param name="height">Y.</param>
    /// <param name="width">X.</param>
    /// <param name="options">Gives the radii, the rule and the number of threads.</param>
    /// <param name="ct">Checked between planes.</param>
    public static void Apply(Memory<float> channel, int height, int width, NormalizeOptions options, CancellationToken ct)
    {
        float[] filtered = new float[height * width];
        float[] scratch = new float[height * width];
        for (int start = 0; start < channel.Length; start += filtered.Length)
        {
            ct.ThrowIfCancellationRequested();
            Memory<float> plane = channel.Slice(start, filtered.Length);
            float own = 0; // weight of the plane itself
            Array.Clear(filtered);
            if (options.SmoothRadius > 0)
                AddBlur(plane, height, width, options.SmoothRadius, 1, options, scratch, filtered);
            else
                own = 1;
            if (options.SharpenRadius > 0)
            {
                float centre = AddBlur(plane, height, width, options.SharpenRadius, -1, options, scratch, filtered);
                if (options.ReferenceOddities && options.SmoothRadius == 0)
                    own += centre; // the kernel's centre is set to 1 there, not raised by 1
            }
            Span<float> values = plane.Span;
            for (int i = 0; i < values.Length; i++)
                values[i] = own * values[i] + filtered[i];
        }
    }

    /// <summary>Adds a blurred plane times a factor; returns the blur's central weight.</summary>
    private static float AddBlur(
        Memory<float> plane, int height, int width, double sigma, float factor, NormalizeOptions options, float[] scratch, float[] sum)
    {
        bool odd = options.ReferenceOddities;
        FilterKernel rows = odd ? FilterKernel.Wrapped(sigma, height, height) : FilterKernel.Mirrored(sigma, height);
        FilterKernel columns = odd ? FilterKernel.Wrapped(sigma, width, height) : FilterKernel.Mirrored(sigma, width);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Normalizer.Threads(options) };
        int reach = columns.Weights.Length - 1;
        Parallel.For(0, height, parallel, () => new float[width + reach], (y, _, extended) =>
        {
            ReadOnlySpan<float> source = plane.Span.Slice(y * width, width);
            for (int x = 0; x < extended.Length; x++)
                extended[x] = source[columns.Position(x + columns.FirstOffset)];
            Span<float> target = scratch.AsSpan(y * width, width);
            target.Clear();
            for (int i = 0; i <= reach; i++)
                AddScaled(extended.AsSpan(i, width), (float)columns.Weights[i], target);
            return extended;
        }, _ => { });
        Parallel.For(0, height, parallel, y =>
        {
            Span<float> target = sum.AsSpan(y * width, width);
            for (int i = 0; i < rows.Weights.Length; i++)
                AddScaled(scratch.AsSpan(rows.Position(y + rows.FirstOffset + i) * width, width), factor * (float)rows.Weights[i], target);
        });
        return (float)(rows.Centre * columns.Centre);
    }

    private static void AddScaled(ReadOnlySpan<float> source, float factor, Span<float> target)
    {
        int x = 0;
        for (; x <= target.Length - Vector<float>.Count; x += Vector<float>.Count)
            (new Vector<float>(target[x..]) + new Vector<float>(source[x..]) * factor).CopyTo(target[x..]);
        for (; x < target.Length; x++)
            target[x] += source[x] * factor;
    }
}
