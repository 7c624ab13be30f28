using Cellpose3D.Core2D.Tiling;

namespace Cellpose3D.Core2D.Network;

/// <summary>Runs a model over an image of any size, tile by tile, and averages the overlapping tiles.</summary>
public static class TiledInference
{
    /// <summary>Runs the network at the image's own scale.</summary>
    /// <param name="model">Borrowed.</param>
    /// <param name="image">float32 [C, Y, X], C = 1 or 2, normalised; borrowed.</param>
    /// <param name="options">Tile size, overlap, augmentation, batch size and threads are used.</param>
    /// <param name="progress">Receives the fraction of tiles done, in (0, 1], once per batch.</param>
    /// <param name="cancellationToken">Checked before every batch.</param>
    /// <returns>
    /// Maps: float32 [3, Y, X], 5 * flow y, 5 * flow x, probability logit. Style: float32 [S], unit length (the mean of
    /// the tiles' styles). Both owned by the caller.
    /// </returns>
    public static (NdArray<float> Maps, float[] Style) Run(
        CellposeModel model, NdArray<float> image, SegmentationOptions options,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        var grid = new TileGrid(image.Shape[1], image.Shape[2], options.TileSize, options.TileOverlap, options.Augment);
        var extractor = new TileExtractor(image, grid, options.Threads);
        var accumulator = new TileAccumulator(grid, options.Threads);
        int styleLength = model.Nets[0].Architecture.StyleLength, batch = Math.Min(options.BatchSize, grid.Count);
        float[] tiles = new float[batch * extractor.TileLength], maps = new float[batch * accumulator.TileLength];
        float[] styles = new float[batch * styleLength];
        double[] styleSum = new double[styleLength];

        for (int first = 0; first < grid.Count; first += batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(batch, grid.Count - first);
            Span<float> input = tiles.AsSpan(0, count * extractor.TileLength), output = maps.AsSpan(0, count * accumulator.TileLength);
            extractor.Copy(first, count, input);
            NetworkRunner.Run(model, input, [count, TileExtractor.Channels, grid.TileHeight, grid.TileWidth], output, styles.AsSpan(0, count * styleLength));
            accumulator.Add(first, count, output);
            for (int i = 0; i < count * styleLength; i++)
                styleSum[i % styleLength] += styles[i];
            progress?.Report((float)(first + count) / grid.Count);
        }

        double norm = Math.Sqrt(styleSum.Sum(s => s * s));
        return (accumulator.Finish(), [.. styleSum.Select(s => (float)(s / norm))]);
    }
}
