using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>Brings the intensities of a volume to the range the networks expect, without ever holding the volume.</summary>
/// <remarks>
/// One pair of percentiles for the whole volume and each channel, as the reference does in 3D. The rules for channels without
/// contrast and for values that are not finite are those of <see cref="Normalizer"/>, whose results this has to the bit.
/// </remarks>
public static class VolumeNormalizer
{
    /// <summary>Finds the percentiles of every channel and wraps the volume.</summary>
    /// <param name="source">Borrowed for the lifetime of the result.</param>
    /// <param name="options">How. Filters and tile percentiles need the whole volume in memory.</param>
    /// <param name="maxMemoryBytes">Bytes that may be used where the whole volume is needed.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <returns>The normalised volume, and the number of NaN and infinite voxels.</returns>
    /// <exception cref="ArgumentException">The options are wrong or do not fit the channels.</exception>
    /// <exception cref="NotSupportedException">The options need more memory than allowed.</exception>
    public static (IVolumeSource Normalized, long NonFiniteVoxels) Normalize(
        IVolumeSource source, NormalizeOptions options, long maxMemoryBytes,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(source, options);
        if (!IsStreaming(options))
            return InMemory(source, options, maxMemoryBytes, cancellationToken);

        var maps = new IntensityMap[source.Channels];
        long nonFinite = 0;
        for (int c = 0; c < maps.Length; c++)
        {
            var part = PartialProgress.Of(progress, (float)c / maps.Length, (c + 1f) / maps.Length);
            (PercentileRange range, long count) = VolumePercentiles.Find(source, c, options, part, cancellationToken);
            maps[c] = MapOf(source, c, range, options, cancellationToken);
            nonFinite += count;
        }
        return (new NormalizedSource(source, maps), nonFinite);
    }

    /// <summary>Checks options.</summary>
    /// <exception cref="ArgumentException">They are wrong or do not fit the channels.</exception>
    internal static void Check(IVolumeSource source, NormalizeOptions options)
    {
        options.Validate();
        if (options.LowHigh is { } given && given.Count != 1 && given.Count != source.Channels)
            throw new ArgumentException($"LowHigh must hold 1 pair or one for each of {source.Channels} channels; got {given.Count}.", nameof(options));
    }

    /// <summary>Whether intensities can be found by a pass over pieces; filters and tile percentiles need the whole volume in memory.</summary>
    internal static bool IsStreaming(NormalizeOptions options)
    {
        bool filters = options.LowHigh is null && (options.SharpenRadius > 0 || options.SmoothRadius > 0 || options.TileNormBlockSize > 0);
        return !filters && options is not { LowHigh: null, Normalize: true, Norm3D: false };
    }

    /// <summary>What becomes of a channel's intensities.</summary>
    /// <param name="source">Sampled under compatibility; borrowed.</param>
    /// <param name="channel">Counted from 0.</param>
    /// <param name="range">Its percentiles.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Checked between planes.</param>
    internal static IntensityMap MapOf(IVolumeSource source, int channel, PercentileRange range, NormalizeOptions options, CancellationToken cancellationToken)
    {
        if (options.LowHigh is { } given)
        {
            (float low, float high) = given.Count == 1 ? given[0] : given[channel];
            return new IntensityMap(low, high, options.Invert, null, Keep: false, 0);
        }
        if (!options.Normalize)
            return new IntensityMap(0, 1, false, null, Keep: true, range.Low);
        if (options.ReferenceOddities && ReferenceSample(source, channel, options, cancellationToken) is { } sampled)
            range = sampled with { Varies = range.Varies };
        if (range.HasContrast)
            return new IntensityMap(range.Low, range.High, options.Invert, null, Keep: false, 0);
        bool keep = options.ReferenceOddities && !range.Varies;
        float? level = keep ? null : options.ReferenceOddities && options.Invert ? 1 : 0;
        return new IntensityMap(0, 1, false, level, keep, 0);
    }

    // Above 224 cubed values the reference takes every n-th plane, row and column.
    private static PercentileRange? ReferenceSample(IVolumeSource source, int channel, NormalizeOptions options, CancellationToken cancellationToken)
    {
        VolumeShape shape = source.Shape;
        if (shape.Count <= Normalizer.SampledFrom)
            return null;
        int[] steps = Normalizer.SampleSteps([shape.Z, shape.Y, shape.X]);
        var sample = new List<float>();
        float[] plane = new float[checked(shape.Y * shape.X)];
        for (int z = 0; z < shape.Z; z += steps[0])
        {
            source.Read(channel, new VolumeBox(z, 0, 0, 1, shape.Y, shape.X), plane, cancellationToken);
            for (int y = 0; y < shape.Y; y += steps[1])
            {
                for (int x = 0; x < shape.X; x += steps[2])
                    sample.Add(plane[y * shape.X + x]);
            }
        }
        return PercentileFinder.Find(sample.ToArray(), options.LowPercentile, options.HighPercentile, ThreadCount.Of(options.Threads));
    }

    private static (IVolumeSource Normalized, long NonFinite) InMemory(
        IVolumeSource source, NormalizeOptions options, long maxMemoryBytes, CancellationToken cancellationToken)
    {
        VolumeShape shape = source.Shape;
        long bytes = shape.Count * source.Channels * 3 * sizeof(float);  // the volume, a filter's scratch, tile maps
        if (bytes > maxMemoryBytes)
            throw new NotSupportedException(
                $"sharpening, smoothing, tile percentiles and percentiles per plane need the whole volume in memory, {bytes >> 20} MB; "
                + $"the cap is {maxMemoryBytes >> 20} MB. Leave them out, give intensities by --norm-lowhigh, or raise --max-memory.");
        var voxels = new NdArray<float>(source.Channels, shape.Z, shape.Y, shape.X);
        for (int c = 0; c < source.Channels; c++)
            source.Read(c, shape.All, voxels.Plane(c), cancellationToken);
        long nonFinite = Normalizer.NormalizeInPlace(voxels, options, cancellationToken);
        return (new MemoryVolumeSource(voxels, source.SpacingUm), nonFinite);
    }
}
