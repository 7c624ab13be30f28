using System.Numerics;

namespace Cellpose3D.Core2D.Preprocessing;

/// <summary>Brings intensities to the range the networks expect: low percentile to 0, high percentile to 1, nothing clipped.</summary>
/// <remarks>
/// Cellpose paper, Methods, "Image normalization". Done once on the whole image, before resizing and tiling. A pixel that is NaN or infinite
/// has no part in any percentile and becomes 0, the level of the background (without normalisation, the channel's low percentile).
/// Where the reference does odd things: <see cref="NormalizeOptions.ReferenceOddities"/>. Golden groups <c>normalize</c> and <c>normalize_downsample</c>.
/// </remarks>
public static class Normalizer
{
    private const int RunLength = 1 << 16;                      // values handed to a thread at once
    internal const int SampledFrom = 224 * 224 * 224;            // above it the reference samples
    private const int SampledLength = 224, SampledPlanes = 50;  // about what it leaves of each axis

    /// <summary>Normalises a copy.</summary>
    /// <param name="image">float32 [C, (Z,) Y, X], any unit; borrowed.</param>
    /// <param name="options">How.</param>
    /// <param name="ct">Checked between channels and between parts of them.</param>
    /// <returns>float32 [C, (Z,) Y, X], mostly in [0, 1]; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The image has other axes, or the options are wrong or do not fit its channels.</exception>
    public static NdArray<float> Normalize(NdArray<float> image, NormalizeOptions options, CancellationToken ct = default)
        => Normalize(image, options, out _, ct);

    /// <summary>Normalises a copy and counts the pixels that were not finite.</summary>
    /// <param name="image">float32 [C, (Z,) Y, X], any unit; borrowed.</param>
    /// <param name="options">How.</param>
    /// <param name="nonFinite">Number of NaN and infinite pixels replaced; the caller should warn where it is not 0.</param>
    /// <param name="ct">Checked between channels and between parts of them.</param>
    /// <returns>float32 [C, (Z,) Y, X], mostly in [0, 1]; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The image has other axes, or the options are wrong or do not fit its channels.</exception>
    public static NdArray<float> Normalize(NdArray<float> image, NormalizeOptions options, out long nonFinite, CancellationToken ct = default)
    {
        NdArray<float> copy = image.Clone();
        nonFinite = NormalizeInPlace(copy, options, ct);
        return copy;
    }

    /// <summary>Normalises an image where it stands, for images too big to have twice.</summary>
    /// <param name="image">float32 [C, (Z,) Y, X], any unit; overwritten, and left half done on cancellation.</param>
    /// <param name="options">How.</param>
    /// <param name="ct">Checked between channels and between parts of them.</param>
    /// <returns>Number of NaN and infinite pixels replaced; the caller should warn where it is not 0.</returns>
    /// <exception cref="ArgumentException">The image has other axes, or the options are wrong or do not fit its channels.</exception>
    public static long NormalizeInPlace(NdArray<float> image, NormalizeOptions options, CancellationToken ct = default)
    {
        Check(image, options);
        if (image.Length == 0)
            return 0;
        long nonFinite = 0;
        int channelLength = image.Length / image.Shape[0];
        for (int c = 0; c < image.Shape[0]; c++)
        {
            Memory<float> channel = image.Data.AsMemory(c * channelLength, channelLength);
            if (options.LowHigh is { } given)
            {
                (float low, float high) = given.Count == 1 ? given[0] : given[c];
                nonFinite += Rescale(channel, low, high, options.Invert, options, ct);
                continue;
            }
            bool filters = options.SharpenRadius > 0 || options.SmoothRadius > 0;
            if (filters || options.TileNormBlockSize > 0 || !options.Normalize)
                nonFinite += Fill(channel, image.Shape, options);
            if (filters)
                Sharpener.Apply(channel, image.Shape[^2], image.Shape[^1], options, ct);
            if (options.TileNormBlockSize > 0)
                TileNormalizer.Apply(channel, image.Shape[^2], image.Shape[^1], options, ct);
            else if (options.Normalize)
                nonFinite += ByPercentiles(channel, image.Shape, options, ct);
        }
        return nonFinite;
    }

    /// <summary>The percentiles of each channel, over all its planes.</summary>
    /// <param name="image">float32 [C, (Z,) Y, X], any unit; borrowed.</param>
    /// <param name="options">Gives the two percentiles and the number of threads; filters are not applied.</param>
    /// <returns>One pair for each channel, in the image's unit, interpolated linearly between pixels' values; zeros where no pixel is finite.</returns>
    /// <remarks>Given back as <see cref="NormalizeOptions.LowHigh"/> they normalise a channel with contrast to the same bits.</remarks>
    /// <exception cref="ArgumentException">The image has other axes, or the options are wrong.</exception>
    public static (float Low, float High)[] Percentiles(NdArray<float> image, NormalizeOptions options)
    {
        Check(image, options);
        var pairs = new (float Low, float High)[image.Shape[0]];
        int channelLength = image.Length / Math.Max(1, image.Shape[0]);
        for (int c = 0; c < pairs.Length; c++)
        {
            PercentileRange range = Find(image.Data.AsMemory(c * channelLength, channelLength), image.Shape.AsSpan(1), options);
            pairs[c] = (range.Low, range.High);
        }
        return pairs;
    }

    /// <summary>Resolves <see cref="NormalizeOptions.Threads"/>.</summary>
    internal static int Threads(NormalizeOptions options) => ThreadCount.Of(options.Threads);

    /// <summary>Steps of the reference's sampling of a big channel along its axes.</summary>
    internal static int[] SampleSteps(ReadOnlySpan<int> shape)
    {
        int[] steps = new int[shape.Length];
        for (int axis = 0; axis < shape.Length; axis++)
            steps[axis] = Math.Max(1, shape[axis] / (shape.Length == 3 && axis == 0 ? SampledPlanes : SampledLength));
        return steps;
    }

    private static void Check(NdArray<float> image, NormalizeOptions options)
    {
        options.Validate();
        if (image.Rank is not (3 or 4))
            throw new ArgumentException($"image must be [C, Y, X] or [C, Z, Y, X]; got {image}.", nameof(image));
        if (options.LowHigh is { } given && given.Count != 1 && given.Count != image.Shape[0])
            throw new ArgumentException($"LowHigh must hold 1 pair or one for each of {image.Shape[0]} channels; got {given.Count}.", nameof(options));
    }

    /// <summary>Replaces what is not finite by the background's level, in the image's unit.</summary>
    private static long Fill(Memory<float> channel, int[] shape, NormalizeOptions options)
    {
        long count = 0;
        foreach (float value in channel.Span)
            count += float.IsFinite(value) ? 0 : 1;
        if (count == 0)
            return 0;
        PercentileRange range = Find(channel, shape.AsSpan(1), options);
        foreach (ref float value in channel.Span)
            value = float.IsFinite(value) ? value : options.Invert ? range.High : range.Low;
        return count;
    }

    private static long ByPercentiles(Memory<float> channel, int[] shape, NormalizeOptions options, CancellationToken ct)
    {
        bool perPlane = shape.Length == 4 && !options.Norm3D;
        int[] unitShape = perPlane ? shape[2..] : shape[1..];
        int unitLength = perPlane ? shape[2] * shape[3] : channel.Length;
        long nonFinite = 0;
        for (int start = 0; start < channel.Length; start += unitLength)
        {
            ct.ThrowIfCancellationRequested();
            Memory<float> unit = channel.Slice(start, unitLength);
            PercentileRange range = Find(unit, unitShape, options);
            if (range.HasContrast)
                nonFinite += Rescale(unit, range.Low, range.High, options.Invert, options, ct);
            else
                nonFinite += Flatten(unit.Span, range, options);
        }
        return nonFinite;
    }

    /// <summary>Values without contrast become one value.</summary>
    private static long Flatten(Span<float> values, PercentileRange range, NormalizeOptions options)
    {
        bool keep = options.ReferenceOddities && !range.Varies;
        float level = options.ReferenceOddities && options.Invert ? 1 : 0;
        long nonFinite = 0;
        foreach (ref float value in values)
        {
            bool finite = float.IsFinite(value);
            nonFinite += finite ? 0 : 1;
            value = !finite ? 0 : keep ? value : level;
        }
        return nonFinite;
    }

    private static PercentileRange Find(ReadOnlyMemory<float> values, ReadOnlySpan<int> shape, NormalizeOptions options)
    {
        if (!options.ReferenceOddities || values.Length <= SampledFrom)
            return PercentileFinder.Find(values, options.LowPercentile, options.HighPercentile, Threads(options));
        PercentileRange range = PercentileFinder.Find(Sample(values.Span, shape), options.LowPercentile, options.HighPercentile, Threads(options));
        return range with { Varies = Varies(values.Span) };
    }

    private static float[] Sample(ReadOnlySpan<float> values, ReadOnlySpan<int> shape)
    {
        int[] steps = SampleSteps(shape);
        var sample = new List<float>();
        int planes = shape.Length == 3 ? shape[0] : 1, planeStep = shape.Length == 3 ? steps[0] : 1;
        for (int z = 0; z < planes; z += planeStep)
        {
            for (int y = 0; y < shape[^2]; y += steps[^2])
            {
                ReadOnlySpan<float> row = values.Slice((z * shape[^2] + y) * shape[^1], shape[^1]);
                for (int x = 0; x < row.Length; x += steps[^1])
                    sample.Add(row[x]);
            }
        }
        return [.. sample];
    }

    private static bool Varies(ReadOnlySpan<float> values)
    {
        float first = float.NaN;
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                continue;
            if (float.IsNaN(first))
                first = value;
            else if (value != first)
                return true;
        }
        return false;
    }

    /// <summary>Every x becomes (x - low) / (high - low), or 1 minus that; what is not finite becomes 0 and is counted.</summary>
    private static long Rescale(Memory<float> values, float low, float high, bool invert, NormalizeOptions options, CancellationToken ct)
    {
        long nonFinite = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Threads(options), CancellationToken = ct };
        Parallel.For(0, (int)((values.Length + RunLength - 1L) / RunLength), parallel, run =>
        {
            int start = run * RunLength;
            int count = RescaleRun(values.Span.Slice(start, Math.Min(RunLength, values.Length - start)), low, high - low, invert);
            if (count > 0)
                Interlocked.Add(ref nonFinite, count);
        });
        return nonFinite;
    }

    private static int RescaleRun(Span<float> values, float low, float range, bool invert)
    {
        int nonFinite = 0, i = 0;
        var largest = new Vector<float>(float.MaxValue);
        var counts = Vector<int>.Zero;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = new Vector<float>(values[i..]);
            Vector<int> finite = Vector.LessThanOrEqual(Vector.Abs(value), largest);
            Vector<float> scaled = (value - new Vector<float>(low)) / new Vector<float>(range);
            if (invert)
                scaled = Vector<float>.One - scaled;
            Vector.ConditionalSelect(finite, scaled, Vector<float>.Zero).CopyTo(values[i..]);
            counts += Vector<int>.One + finite; // a true lane is -1
        }
        nonFinite += Vector.Sum(counts);
        for (; i < values.Length; i++)
        {
            bool finite = float.IsFinite(values[i]);
            float scaled = (values[i] - low) / range;
            values[i] = !finite ? 0 : invert ? 1 - scaled : scaled;
            nonFinite += finite ? 0 : 1;
        }
        return nonFinite;
    }
}
