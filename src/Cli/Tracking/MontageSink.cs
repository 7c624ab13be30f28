using Cellpose3D.Cli.Pictures;
using Cellpose3D.Core2D;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Tracking;

/// <summary>A picture of some frames, evenly spread over the movie.</summary>
internal sealed class MontageSink : ITrackSink
{
    private readonly string _path;
    private readonly TrackedFrames _tracked;
    private readonly MontagePicture _picture;

    /// <summary>Chooses the frames.</summary>
    /// <param name="path">Where the picture appears.</param>
    /// <param name="tracked">The movie; borrowed.</param>
    public MontageSink(string path, TrackedFrames tracked)
    {
        (_path, _tracked) = (path, tracked);
        _picture = new MontagePicture(tracked);
    }

    /// <inheritdoc/>
    public void Add(int frame, NdArray<int> labels)
    {
        if (_picture.Frames.Contains(frame))
            _picture.Add(frame, labels, _tracked.ReadImage?.Invoke(frame));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Complete(CancellationToken cancellationToken)
    {
        byte[] png = _picture.Png();
        AtomicFile.Write(_path, stream => stream.Write(png));
        return [_path];
    }

    /// <inheritdoc/>
    public void Dispose() => _picture.Dispose();
}
