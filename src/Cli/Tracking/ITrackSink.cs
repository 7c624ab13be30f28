using Cellpose3D.Core2D;

namespace Cellpose3D.Cli.Tracking;

/// <summary>Something that is made of the frames of a tracked movie, which come in order.</summary>
internal interface ITrackSink : IDisposable
{
    /// <summary>Takes the next frame.</summary>
    /// <param name="frame">Counted from 0.</param>
    /// <param name="labels">int32 [(Z,) Y, X], the masks of the tracked cells; borrowed.</param>
    public void Add(int frame, NdArray<int> labels);

    /// <summary>Makes the file appear, after the last frame.</summary>
    /// <param name="cancellationToken">Checked between steps; cancelled, nothing is left.</param>
    /// <returns>The paths written.</returns>
    public IReadOnlyList<string> Complete(CancellationToken cancellationToken);
}
