using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Viewer.Server;

/// <summary>The time points of a scene's files in memory: those used last, as many as fit.</summary>
/// <remarks>Members may be called from several threads at once; files are read by one of them at a time.</remarks>
public sealed class FrameStore
{
    /// <summary>The most channels that are shown.</summary>
    public const int MostChannels = 8;

    private readonly SceneFiles _files;
    private readonly long _bytes;
    private readonly CancellationToken _closing;
    private readonly Lock _gate = new(), _reading = new();
    private readonly LinkedList<(int Time, Task<Frame> Load)> _held = [];         // used last comes first
    private readonly IReadOnlyList<LabelVolume>? _edited;

    /// <summary>Begins with nothing in memory.</summary>
    /// <param name="files">The files, borrowed; they must stay open.</param>
    /// <param name="bytes">How much may be held; one time point always is.</param>
    /// <param name="edited">Labels of every time point that are held elsewhere, and edited; null: they are read from the files.</param>
    /// <param name="closing">Ends reading.</param>
    public FrameStore(SceneFiles files, long bytes, IReadOnlyList<LabelVolume>? edited = null, CancellationToken closing = default) =>
        (_files, _bytes, _edited, _closing) = (files, bytes, edited, closing);

    /// <summary>Channels that are read.</summary>
    public int Channels => Math.Min(_files.Channels, MostChannels);

    /// <summary>A time point, read now if it is not held.</summary>
    /// <param name="time">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such time point.</exception>
    public Task<Frame> GetAsync(int time)
    {
        if (time < 0 || time >= _files.Frames)
            throw new ArgumentOutOfRangeException(nameof(time), $"time must be 0 to {_files.Frames - 1}; got {time}.");
        lock (_gate)
        {
            for (LinkedListNode<(int Time, Task<Frame> Load)>? node = _held.First; node is not null; node = node.Next)
            {
                if (node.Value.Time != time)
                    continue;
                _held.Remove(node);
                if (node.Value.Load.IsFaulted || node.Value.Load.IsCanceled)
                    break;                                                       // a failed read is tried again
                _held.AddFirst(node);
                return node.Value.Load;
            }
            Task<Frame> load = Task.Run(() => Read(time), _closing);
            _held.AddFirst((time, load));
            Shrink();
            return load;
        }
    }

    /// <summary>Reads time points anew when they are next asked for: there are other channels.</summary>
    internal void Forget()
    {
        lock (_gate)
            _held.Clear();
    }

    private Frame Read(int time)
    {
        lock (_reading)
        {
            IntensityVolume[] images = [.. Enumerable.Range(0, Channels).Select(c => _files.ReadImage(time, c, _closing))];
            LabelVolume? labels = _edited is not null ? _edited[_edited.Count == 1 ? 0 : time] : _files.HasLabels ? _files.ReadLabels(time, _closing) : null;
            return new Frame(time, labels, images);
        }
    }

    private void Shrink()
    {
        long held = 0;
        for (LinkedListNode<(int Time, Task<Frame> Load)>? node = _held.First; node is not null;)
        {
            LinkedListNode<(int Time, Task<Frame> Load)>? next = node.Next;
            held += node.Value.Load.IsCompletedSuccessfully ? node.Value.Load.Result.Bytes : 0;
            if (held > _bytes && node != _held.First && node.Value.Load.IsCompleted)
                _held.Remove(node);
            node = next;
        }
    }
}
