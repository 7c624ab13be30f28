using System.Numerics;

namespace Cellpose3D.Core2D.Preprocessing;

/// <summary>Changes the size of image planes: bilinear for intensities and network outputs, nearest for labels.</summary>
/// <remarks>
/// The rules are OpenCV's, in the reference's place, to the last bit (golden group <c>resize</c>): half-pixel centres, edges clamped, and no
/// averaging when shrinking. OpenCV itself is not called, so that segmenting does not need its system libraries.
/// </remarks>
public static partial class Resizer
{
    /// <summary>The new length of an axis: truncated, never below 1.</summary>
    /// <param name="length">Length in pixels, at least 1.</param>
    /// <param name="rescale">New length divided by old, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1, the factor is not positive, or the result is too long for an axis.</exception>
    public static int ScaledSize(int length, double rescale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        double scaled = length * rescale;
        if (!(rescale > 0) || !(scaled < int.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(rescale), $"rescale must be positive and leave {length} pixels below 2^31; got {rescale}.");
        return Math.Max(1, (int)scaled);
    }

    /// <summary>Resizes every plane by bilinear interpolation.</summary>
    /// <param name="image">float32 [(any axes,) Y, X]; borrowed.</param>
    /// <param name="height">New Y, at least 1.</param>
    /// <param name="width">New X, at least 1.</param>
    /// <param name="threads">Number of threads; 0 is one for each processor. It never changes a value.</param>
    /// <returns>float32 [(same axes,) height, width]; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The image has fewer than two axes or an empty plane.</exception>
    public static NdArray<float> Bilinear(NdArray<float> image, int height, int width, int threads = 0)
    {
        NdArray<float> resized = Prepare(image, height, width, threads);
        if (SameSize(image, resized))
            return image.Clone();
        int sourceHeight = image.Shape[^2], sourceWidth = image.Shape[^1];
        var rows = new LinearAxis(sourceHeight, height, dropFractionAtEdge: false);
        var columns = new LinearAxis(sourceWidth, width, dropFractionAtEdge: true);
        ForRows(resized, threads, () => new RowPair<float>(width), (row, pair) =>
        {
            (int plane, int y) = Math.DivRem(row, height);
            int first = plane * sourceHeight + rows.First[y], second = plane * sourceHeight + rows.Second[y];
            pair.Load(first, second, (index, target) => ResizeRow(image.Data.AsSpan(index * sourceWidth, sourceWidth), target, columns));
            Blend(pair.First, pair.Second, rows.Fraction[y], resized.Data.AsSpan(row * width, width));
        });
        return resized;
    }

    /// <summary>Resizes every plane by taking the nearest value, which keeps labels whole.</summary>
    /// <param name="labels">int32 [(any axes,) Y, X]; borrowed.</param>
    /// <param name="height">New Y, at least 1.</param>
    /// <param name="width">New X, at least 1.</param>
    /// <param name="referenceOddities">
    /// Two oddities of the reference: an index that is a whole number in truth may fall one short by the rounding of a float64 product, and
    /// labels pass through float32 (above 2^24 they round to even neighbours).
    /// </param>
    /// <param name="threads">Number of threads; 0 is one for each processor. It never changes a value.</param>
    /// <returns>int32 [(same axes,) height, width]; owned by the caller.</returns>
    /// <remarks>The index is floor(i * source / target): corners, not centres, coincide.</remarks>
    /// <exception cref="ArgumentException">The array has fewer than two axes or an empty plane.</exception>
    public static NdArray<int> Nearest(NdArray<int> labels, int height, int width, bool referenceOddities = false, int threads = 0)
    {
        NdArray<int> resized = Prepare(labels, height, width, threads);
        int sourceHeight = labels.Shape[^2], sourceWidth = labels.Shape[^1];
        int[] rows = NearestIndices(sourceHeight, height, referenceOddities);
        int[] columns = NearestIndices(sourceWidth, width, referenceOddities);
        ForRows(resized, threads, () => 0, (row, _) =>
        {
            (int plane, int y) = Math.DivRem(row, height);
            ReadOnlySpan<int> source = labels.Data.AsSpan((plane * sourceHeight + rows[y]) * sourceWidth, sourceWidth);
            Span<int> target = resized.Data.AsSpan(row * width, width);
            for (int x = 0; x < target.Length; x++)
                target[x] = referenceOddities ? (int)(float)source[columns[x]] : source[columns[x]];
        });
        return resized;
    }

    private static int[] NearestIndices(int source, int target, bool referenceOddities)
    {
        int[] indices = new int[target];
        double scale = 1 / ((double)target / source);
        for (int i = 0; i < target; i++)
            indices[i] = referenceOddities ? Math.Min((int)(i * scale), source - 1) : (int)((long)i * source / target);
        return indices;
    }

    private static NdArray<T> Prepare<T>(NdArray<T> image, int height, int width, int threads)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (image.Rank < 2 || image.Shape[^2] == 0 || image.Shape[^1] == 0)
            throw new ArgumentException($"image must be [(any axes,) Y, X] with Y and X at least 1; got {image}.", nameof(image));
        return new NdArray<T>([.. image.Shape[..^2], height, width]);
    }

    private static bool SameSize<T>(NdArray<T> image, NdArray<T> resized)
        where T : unmanaged
        => image.Shape[^2] == resized.Shape[^2] && image.Shape[^1] == resized.Shape[^1];

    /// <summary>Runs over all rows of all planes, in runs of neighbours that share a scratch buffer.</summary>
    private static void ForRows<T, TScratch>(NdArray<T> resized, int threads, Func<TScratch> makeScratch, Action<int, TScratch> body)
        where T : unmanaged
    {
        const int RunLength = 64; // rows: long enough to reuse interpolated rows, short enough to share out evenly
        int count = resized.Length / resized.Shape[^1];
        var options = ThreadCount.Options(threads);
        Parallel.For(0, (count + RunLength - 1) / RunLength, options, run =>
        {
            TScratch scratch = makeScratch();
            int end = (int)Math.Min(count, (run + 1L) * RunLength);
            for (int row = run * RunLength; row < end; row++)
                body(row, scratch);
        });
    }

    private static void ResizeRow(ReadOnlySpan<float> source, Span<float> target, LinearAxis columns)
    {
        int[] first = columns.First, second = columns.Second;
        float[] fraction = columns.Fraction;
        for (int x = 0; x < target.Length; x++)
            target[x] = source[first[x]] * (1 - fraction[x]) + source[second[x]] * fraction[x];
    }

    /// <summary>first * (1 - fraction) + second * fraction.</summary>
    internal static void Blend(ReadOnlySpan<float> first, ReadOnlySpan<float> second, float fraction, Span<float> target)
    {
        float rest = 1 - fraction;
        int x = 0;
        for (; x <= target.Length - Vector<float>.Count; x += Vector<float>.Count)
            (new Vector<float>(first[x..]) * rest + new Vector<float>(second[x..]) * fraction).CopyTo(target[x..]);
        for (; x < target.Length; x++)
            target[x] = first[x] * rest + second[x] * fraction;
    }

    /// <summary>The two source rows last resized along X, remembered because the next output row often needs them again.</summary>
    private sealed class RowPair<T>(int width)
        where T : unmanaged
    {
        private T[] _first = new T[width], _second = new T[width];
        private int _firstIndex = -1, _secondIndex = -1;

        public ReadOnlySpan<T> First => _first;

        public ReadOnlySpan<T> Second => _secondIndex == -1 ? _first : _second; // at an edge both are one row

        public void Load(int first, int second, Action<int, T[]> resize)
        {
            if (_firstIndex != first && _secondIndex == first)
                (_first, _second, _firstIndex, _secondIndex) = (_second, _first, first, -1);
            if (_firstIndex != first)
                resize(first, _first);
            if (second != first && _secondIndex != second)
                resize(second, _second);
            (_firstIndex, _secondIndex) = (first, second == first ? -1 : second);
        }
    }
}
