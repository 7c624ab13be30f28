using Cellpose3D.Core2D;
using Cellpose3D.IO.Volumes;

namespace Cellpose3D.Cli.Tracking;

/// <summary>All frames in one file, each mask painted with its track's number: TIFF or OME-Zarr.</summary>
/// <param name="path">Where it appears; its ending is the format.</param>
/// <param name="tracked">The movie; borrowed.</param>
internal sealed class StackSink(string path, TrackedFrames tracked) : ITrackSink
{
    private readonly TrackLabelWriter _writer = new(path, tracked.Movie, tracked.Tracks, new VolumeWriteOptions { VoxelSizeUm = tracked.VoxelSizeUm });

    /// <inheritdoc/>
    public void Add(int frame, NdArray<int> labels) => _writer.WriteFrame(labels);

    /// <inheritdoc/>
    public IReadOnlyList<string> Complete(CancellationToken cancellationToken)
    {
        _writer.Complete(cancellationToken);
        return [path];
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
