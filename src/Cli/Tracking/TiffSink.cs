using System.Runtime.InteropServices;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tracking;

/// <summary>One TIFF of all frames.</summary>
internal sealed class TiffSink : ITrackSink
{
    private readonly string _path;
    private readonly Func<int, NdArray<int>, NdArray<int>> _paint;
    private readonly TiffWriter _writer;
    private readonly bool _isWide;

    /// <summary>Begins the file.</summary>
    /// <param name="path">Where it appears.</param>
    /// <param name="tracked">The movie; borrowed.</param>
    /// <param name="largest">The largest number painted.</param>
    /// <param name="paint">Makes what is written of a frame and its masks.</param>
    public TiffSink(string path, TrackedFrames tracked, int largest, Func<int, NdArray<int>, NdArray<int>> paint)
    {
        (_path, _paint, _isWide) = (path, paint, largest > ushort.MaxValue);
        IReadOnlyList<int> shape = tracked.Movie.Shape;
        _writer = new TiffWriter(
            path, _isWide ? PixelType.UInt32 : PixelType.UInt16, shape.Count == 3 ? "TZYX" : "TYX", [tracked.FrameCount, .. shape],
            new TiffWriterOptions { VoxelSizeUm = tracked.VoxelSizeUm, FrameIntervalS = tracked.Movie.FrameSeconds });
    }

    /// <inheritdoc/>
    public void Add(int frame, NdArray<int> labels)
    {
        NdArray<int> painted = _paint(frame, labels);
        int size = painted.Shape[^1] * painted.Shape[^2];
        ushort[] narrow = _isWide ? [] : new ushort[size];
        for (int from = 0; from < painted.Length; from += size)
        {
            ReadOnlySpan<int> plane = painted.Data.AsSpan(from, size);
            if (_isWide)
            {
                _writer.WritePlane(MemoryMarshal.Cast<int, uint>(plane));
                continue;
            }
            for (int n = 0; n < size; n++)
                narrow[n] = (ushort)plane[n];
            _writer.WritePlane<ushort>(narrow);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Complete(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _writer.Complete();
        return [_path];
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
