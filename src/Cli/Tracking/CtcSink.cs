using Cellpose3D.Core2D;
using Cellpose3D.IO.Ctc;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.Cli.Tracking;

/// <summary>Masks and track table in the layout of the Cell Tracking Challenge.</summary>
/// <param name="folder">For example <c>01_RES</c>.</param>
/// <param name="tracked">The movie; borrowed.</param>
internal sealed class CtcSink(string folder, TrackedFrames tracked) : ITrackSink
{
    private readonly CtcWriter _writer = new(folder, tracked.SplitTracks.Rows(), tracked.FrameCount);

    /// <inheritdoc/>
    public void Add(int frame, NdArray<int> labels) =>
        _writer.WriteFrame(TrackPainter.Paint(labels, frame, tracked.Cells, tracked.SplitTracks), tracked.VoxelSizeUm);

    /// <inheritdoc/>
    public IReadOnlyList<string> Complete(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _writer.Complete();
        return [folder];
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
