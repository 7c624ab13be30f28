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

    /// <summary>What a page shows of undo, redo and saving.</summary>
    public JsonObject Describe() => new()
    {
        ["can_undo"] = _edits.Editor.CanUndo,
        ["can_redo"] = _edits.Editor.CanRedo,
        ["is_dirty"] = _edits.HasUnsavedEdits,
        ["path"] = _edits.Path,
        ["largest_id"] = _edits.Editor.LargestId,
        ["recovered"] = _edits.HasUnsavedEdits ? _edits.Recovered : 0,
    };

    /// <summary>Makes an edit after those before it.</summary>
    /// <param name="command">The edit.</param>
    /// <returns>What was changed, and the state after it.</returns>
    /// <exception cref="ArgumentException">It does not fit the labels, which stay as they are.</exception>
    /// <exception cref="IOException">The journal cannot be written; the labels stay as they are.</exception>
    public Task<(EditResult Result, JsonObject State)> ApplyAsync(EditCommand command) => InTurn(() => _edits.Apply(command));

    /// <summary>Takes the last edit back.</summary>
    public Task<(EditResult Result, JsonObject State)> UndoAsync() => InTurn(() => _edits.Undo() ?? EditResult.None);

    /// <summary>Makes the edit taken back last again.</summary>
    public Task<(EditResult Result, JsonObject State)> RedoAsync() => InTurn(() => _edits.Redo() ?? EditResult.None);

    /// <summary>Writes the labels to their file.</summary>
    /// <exception cref="IOException">The disk is full or read-only; file and journal are as they were.</exception>
    /// <exception cref="ArgumentException">Their format is not written.</exception>
    public Task<(EditResult Result, JsonObject State)> SaveAsync() => InTurn(() =>
    {
        _edits.Save();
        return EditResult.None;
    });

    /// <summary>Finishes the edits handed in and closes the journal; what was not saved stays in it.</summary>
    public async ValueTask DisposeAsync()
    {
        Task last;
        lock (_gate)
            (_closed, last) = (true, _last);
        await last.ConfigureAwait(false);
        _edits.Dispose();
    }

    private Task<(EditResult Result, JsonObject State)> InTurn(Func<EditResult> work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            Task<(EditResult, JsonObject)> next = _last.ContinueWith(_ => (work(), Describe()), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            // a refused edit is the sender's to hear of; the next one is made all the same
            _last = next.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return next;
        }
    }
}
