using System.Runtime.InteropServices;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Cli.Tracking;

/// <summary>One TIFF of the masks as they were tracked.</summary>
internal sealed class MaskSink : ITrackSink
{
    private readonly string _path;
    private readonly TrackResult _result;
    private readonly TiffWriter _writer;
    private readonly bool _isWide;

    /// <summary>Begins the file.</summary>
    /// <param name="path">Where it appears.</param>
    /// <param name="tracked">The movie; borrowed.</param>
    /// <param name="result">Gives the masks; borrowed.</param>
    public MaskSink(string path, TrackedFrames tracked, TrackResult result)
    {
        (_path, _result) = (path, result);
        DetectionTable cells = result.Solved.Detections;
        _isWide = Enumerable.Range(0, cells.FrameCount).Any(t => cells.Frame(t) is { Length: > 0 } frame && frame[^1].Label > ushort.MaxValue);
        IReadOnlyList<int> shape = tracked.Movie.Shape;
        _writer = new TiffWriter(
            path, _isWide ? PixelType.UInt32 : PixelType.UInt16, shape.Count == 3 ? "TZYX" : "TYX", [tracked.FrameCount, .. shape],
            new TiffWriterOptions { VoxelSizeUm = tracked.VoxelSizeUm, FrameIntervalS = tracked.Movie.FrameSeconds });
    }

    /// <inheritdoc/>
    public void Add(int frame, NdArray<int> labels)
    {
        NdArray<int> masks = _result.ReadMasks(frame);
        int size = masks.Shape[^1] * masks.Shape[^2];
        ushort[] narrow = _isWide ? [] : new ushort[size];
        for (int from = 0; from < masks.Length; from += size)
        {
            ReadOnlySpan<int> plane = masks.Data.AsSpan(from, size);
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
