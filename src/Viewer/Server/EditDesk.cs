using System.Text.Json.Nodes;
using Cellpose3D.Viewer.Editing;

namespace Cellpose3D.Viewer.Server;

/// <summary>Applies the edits of all pages one after the other, off the threads that read their messages.</summary>
/// <remarks>When somebody hears of an edit, it is in the journal on the disk.</remarks>
public sealed class EditDesk : IAsyncDisposable
{
    private readonly EditSession _edits;
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;
    private bool _closed;

    /// <summary>Takes over the labels of a file.</summary>
    /// <param name="edits">Owned by the desk.</param>
    public EditDesk(EditSession edits) => _edits = edits;

    /// <summary>The labels of each time point, changed in place.</summary>
    public IReadOnlyList<Volumes.LabelVolume> Frames => _edits.Editor.Frames;

    /// <summary>Whether edits of last time were made again at opening.</summary>
    internal bool HasRecovered => _edits.Recovered > 0;

    /// <summary>Looks at labels and mothers while nothing changes them.</summary>
    internal Task ReadAsync(Action<IReadOnlyList<Volumes.LabelVolume>> look)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(_ =>
        {
            look(Frames);
            return EditResult.None;
        }, _ => done.SetResult(), _ => done.SetResult());
        return done.Task;
    }

    /// <summary>What a page shows of undo, redo and saving.</summary>
    public JsonObject Describe() => new()
    {
        ["can_undo"] = _edits.Editor.CanUndo,
        ["can_redo"] = _edits.Editor.CanRedo,
        ["is_dirty"] = _edits.HasUnsavedEdits,
        ["path"] = _edits.Path,
        ["state"] = _edits.Editor.State,
        ["largest_id"] = _edits.Editor.LargestId,
        ["recovered"] = _edits.HasUnsavedEdits ? _edits.Recovered : 0,
    };

    /// <summary>Does something with the labels after what was asked before.</summary>
    /// <param name="work">Edits, takes back or saves.</param>
    /// <param name="done">Hears what was changed, before the next work begins.</param>
    /// <param name="refused">Hears why nothing was; the labels stay as they were, and the next work is done all the same.</param>
    public void Enqueue(Func<EditSession, EditResult> work, Action<EditResult> done, Action<string> refused)
    {
        lock (_gate)
        {
            if (_closed)
                refused("the program is closing; this was not done.");
            else
                _last = _last.ContinueWith(_ => Do(work, done, refused), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>Finishes what was asked and closes the journal; what was not saved stays in it.</summary>
    public async ValueTask DisposeAsync()
    {
        Task last;
        lock (_gate)
            (_closed, last) = (true, _last);
        await last.ConfigureAwait(false);
        _edits.Dispose();
    }

    private void Do(Func<EditSession, EditResult> work, Action<EditResult> done, Action<string> refused)
    {
        EditResult result;
        try
        {
            result = work(_edits);
        }
        catch (Exception e) when (e is ArgumentException or IOException or InvalidDataException or NotSupportedException or UnauthorizedAccessException)
        {
            refused(e.Message.ReplaceLineEndings(" "));
            return;
        }
        done(result);
    }
}
