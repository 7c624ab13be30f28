using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Labels of a file being corrected: every edit is on the disk before it counts, and survives a crash. Not for several threads at once.</summary>
/// <remarks>
/// Edits go to a journal beside the labels, which are changed by <see cref="Save"/> alone. Opening labels whose journal has edits makes those
/// again. A journal belongs to the very voxels it began with; it is not applied to others.
/// </remarks>
public sealed class EditSession : IDisposable
{
    private readonly LabelFile _file;
    private EditJournal? _journal;
    private string _source;
    private long _saved;
    private bool _isPatched;

    private EditSession(string path, LabelFile file, LabelEditor editor)
    {
        (Path, _source, _file, Editor) = (path, path, file, editor);
    }

    /// <summary>The labels' file, where <see cref="Save"/> writes.</summary>
    public string Path { get; private set; }

    /// <summary>The labels, and undo and redo; edits are made by the session.</summary>
    public LabelEditor Editor { get; }

    /// <summary>How many records of the journal, of edits, undo and redo, were made again at opening.</summary>
    public int Recovered { get; private set; }

    /// <summary>Whether there are edits that are in the journal only.</summary>
    public bool HasUnsavedEdits => _isPatched || Editor.State != _saved;

    /// <summary>Opens labels, all of them into memory, and makes the edits of their journal again.</summary>
    /// <param name="path">TIFF, PNG, HDF5, OME-Zarr, <c>.npy</c> or Cellpose's <c>_seg.npy</c>.</param>
    /// <param name="axes">Letters that replace the file's axes; null keeps them.</param>
    /// <param name="voxelUm">Size of a voxel; null: from the file.</param>
    /// <param name="tracks">The mothers of tracks, where labels are numbered by track: edited, and saved, with them. Null: links cannot be edited.</param>
    /// <param name="cancellationToken">Checked between planes.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Damaged labels, or a journal that is damaged or of other labels.</exception>
    /// <exception cref="IOException">Another process edits these labels.</exception>
    public static EditSession Open(string path, string? axes = null, VoxelSize? voxelUm = null, TrackBook? tracks = null, CancellationToken cancellationToken = default) =>
        Open(path, LabelFile.Read(path, axes, cancellationToken), voxelUm, tracks);

    /// <summary>Begins with labels without any cell, which become a file by <see cref="Save"/>; edits of a journal beside it are made again.</summary>
    /// <param name="path">Where they will be saved; nothing must be there.</param>
    /// <param name="shape">Lengths of the axes of each time point.</param>
    /// <param name="times">Time points.</param>
    /// <param name="spacingUm">Size of a voxel, as far as it is known.</param>
    /// <param name="frameIntervalS">Seconds between time points; null when unknown.</param>
    /// <exception cref="ArgumentException">There is something at that path.</exception>
    /// <exception cref="InvalidDataException">The journal is damaged or of other labels.</exception>
    /// <exception cref="IOException">Another process edits these labels.</exception>
    public static EditSession Begin(string path, VolumeShape shape, int times, VoxelSize spacingUm, double? frameIntervalS = null) => System.IO.Path.Exists(path)
        ? throw new ArgumentException($"new labels must go where nothing is; '{path}' is there.", nameof(path))
        : Open(path, LabelFile.Empty(shape, times, spacingUm, frameIntervalS), null, null);

    private static EditSession Open(string path, LabelFile file, VoxelSize? voxelUm, TrackBook? tracks)
    {
        PointUm size = VolumeGrid.Of(file.Frames[0].Shape, voxelUm ?? file.SpacingUm).VoxelUm;
        tracks?.Note(file.Frames);
        if (EditJournal.Open(EditJournal.PathFor(path)) is not var (journal, records))
            return new EditSession(path, file, new LabelEditor(file.Frames, size, tracks: tracks));
        try
        {
            var begin = (JournalRecord.Begin)records[0];
            int from = StartOf(records, begin, HashOf(file.Frames), journal.Path, path);
            var session = new EditSession(path, file, new LabelEditor(file.Frames, size, begin.LargestId, tracks)) { _journal = journal };
            session.TakeTracks(records, from);
            session.Replay(records, from);
            return session;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Makes an edit; when it returns, the edit is on the disk.</summary>
    /// <param name="command">What to change.</param>
    /// <exception cref="ArgumentException">The edit does not fit the labels, which stay as they are.</exception>
    /// <exception cref="IOException">The journal cannot be written; the labels stay as they are.</exception>
    public EditResult Apply(EditCommand command)
    {
        RequireJournal();
        long before = Editor.State;
        EditResult result = Editor.Apply(command);
        if (Editor.State == before && result.NewIds.IsEmpty)
            return result;
        try
        {
            _journal!.Append(new JournalRecord.Edit(command));
        }
        catch (IOException) when (Editor.State != before)
        {
            Editor.Revoke();
            throw;
        }
        return result;
    }

    /// <summary>Puts cells that were found elsewhere into the labels, as one step to undo.</summary>
    /// <param name="found">The cells, each part of another time point; borrowed.</param>
    /// <param name="keepsOthers">Whether cells that are there stay as they are, but for those of <paramref name="last"/> unless somebody edited since.</param>
    /// <param name="last">An earlier result that this one takes the place of; null for none.</param>
    /// <param name="continues">Whether it is the same run with other thresholds, which is no step of its own.</param>
    /// <returns>What was changed, and what the next result is to know.</returns>
    /// <exception cref="ArgumentException">It goes on with a result after which somebody edited, or the cells do not fit the labels.</exception>
    /// <exception cref="IOException">The journal cannot be written; time points that are done before can be undone.</exception>
    public (EditResult Result, PlacedCells Placed) Put(IReadOnlyList<FoundCells> found, bool keepsOthers, PlacedCells? last = null, bool continues = false)
    {
        bool isLast = last is not null && last.State == Editor.State, isStep = isLast && continues && last!.IsStep;
        if (continues && !isLast)
            throw new ArgumentException("the labels were edited after this result, which therefore stays as it is; apply it again to put it over the edits.", nameof(continues));
        EditResult all = EditResult.None;
        var ids = new Dictionary<int, IReadOnlySet<uint>>();
        if (found.FirstOrDefault(f => (uint)f.Time >= (uint)Editor.Frames.Length) is { } stray)
            throw new ArgumentException($"time must be 0 to {Editor.Frames.Length - 1} in these labels; got {stray.Time}.", nameof(found));
        foreach (FoundCells part in found)
        {
            IReadOnlySet<uint> instead = isLast && last!.Ids.TryGetValue(part.Time, out IReadOnlySet<uint>? earlier) ? earlier : ImmutableHashSet<uint>.Empty;
            EditCommand.PutCells command = CellPlacement.CommandFor(Editor.Frames[part.Time], part, keepsOthers, instead) with { Continues = isStep };
            EditResult result = Apply(command);
            isStep |= result.Voxels > 0;
            all = all.With(result);
            ids[part.Time] = new HashSet<uint>([.. result.NewIds, .. command.Ids.Where(id => id != 0)]);
        }
        return (all, new PlacedCells(Editor.State, ids, keepsOthers, isStep));
    }

    /// <summary>Takes the last edit back.</summary>
    /// <returns>What was changed; null where there is nothing to undo.</returns>
    /// <exception cref="IOException">The journal cannot be written; the labels stay as they are.</exception>
    public EditResult? Undo()
    {
        if (Editor.NextUndo is not { } step)
            return null;
        Note(step, new JournalRecord.Undo(), forth: false);
        return Editor.Undo();
    }

    /// <summary>Makes the edit taken back last again.</summary>
    /// <returns>What was changed; null where there is nothing to redo.</returns>
    /// <exception cref="IOException">The journal cannot be written; the labels stay as they are.</exception>
    public EditResult? Redo()
    {
        if (Editor.NextRedo is not { } step)
            return null;
        Note(step, new JournalRecord.Redo(), forth: true);
        return Editor.Redo();
    }

    /// <summary>Writes the labels, with the axes and voxel size they were read with; the journal is emptied once the file has its name.</summary>
    /// <param name="path">Another file, which becomes the session's, while the one that was opened stays as it was; null: the file that was opened.</param>
    /// <exception cref="ArgumentException">A format that is not written; .tif always is.</exception>
    /// <exception cref="IOException">The disk is full or read-only; file and journal are as they were.</exception>
    public void Save(string? path = null)
    {
        string target = path ?? Path, hash = HashOf(Editor.Frames);
        bool elsewhere = System.IO.Path.GetFullPath(target) != System.IO.Path.GetFullPath(Path);
        if (!elsewhere)
            _journal?.Append(new JournalRecord.Saving(hash, Editor.Tracks?.Copy()));
        _file.Write(target, _source);
        Editor.Tracks?.Write(Editor.Frames, always: _isPatched);
        (Path, _source, _saved, _isPatched) = (target, target, Editor.State, false);
        Editor.Era++;
        _journal?.Delete();
        if (elsewhere)
            File.Delete(EditJournal.PathFor(Path));                      // of labels that are no more
        _journal = null;
        if (HasRetiredIds)
            _journal = EditJournal.Create(EditJournal.PathFor(Path), new JournalRecord.Begin(EditJournal.Version, hash, Editor.LargestId, Editor.Tracks?.Copy()));
    }

    /// <summary>Closes the journal; edits that were not saved stay in it.</summary>
    public void Dispose()
    {
        if (_journal is { HoldsEdits: false } && !HasRetiredIds)
            _journal.Delete();                                           // begun for an edit that was refused
        _journal?.Dispose();
    }

    // an id that is in no voxel any more, and must not be used again
    private bool HasRetiredIds => Editor.LargestId > Editor.Frames.Max(f => f.Voxels.Max());

    private static int StartOf(IReadOnlyList<JournalRecord> records, JournalRecord.Begin begin, string hash, string journal, string labels)
    {
        if (begin.Labels == hash)
            return 1;
        // saved, and ended before the journal was emptied
        for (int n = records.Count - 1; n > 0; n--)
        {
            if (records[n] is JournalRecord.Saving saving && saving.Labels == hash)
                return n + 1;
        }
        throw new InvalidDataException($"'{journal}' has edits of other labels than those in '{labels}', which were changed since; move it away to open the labels as they are.");
    }

    // labels and tracks are two files: between the two, saving may have ended
    private void TakeTracks(IReadOnlyList<JournalRecord> records, int from)
    {
        Dictionary<uint, uint>?[] known = [.. records.Select(r => (r as JournalRecord.Begin)?.Parents ?? (r as JournalRecord.Saving)?.Parents)];
        Dictionary<uint, uint>? begun = known[from - 1];
        if (Editor.Tracks is not { } tracks)
        {
            if (records.Skip(from).Any(r => r is JournalRecord.Edit { Command: EditCommand.CutTrack or EditCommand.JoinTracks or EditCommand.SetMother } or JournalRecord.Patch { Parents: not null }))
                throw new InvalidDataException($"'{_journal!.Path}' has edits of tracks; give the tracks too.");
            return;
        }
        if (begun is null)
            return;
        if (!known.Any(k => k is not null && TrackBook.AreSame(k, tracks.Parents)))
            throw new InvalidDataException($"'{_journal!.Path}' has edits of other tracks than those in '{tracks.Path}', which were changed since; move it away to open labels and tracks as they are.");
        _isPatched = !TrackBook.AreSame(begun, tracks.Parents);
        tracks.Reset(begun);
    }

    private void Replay(IReadOnlyList<JournalRecord> records, int from)
    {
        try
        {
            for (int n = from; n < records.Count; n++)
                Replay(records[n]);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"'{_journal!.Path}' has an edit that does not fit the labels: {e.Message}", e);
        }
        Recovered = records.Skip(from).Count(r => r is not JournalRecord.Saving);
    }

    private void Replay(JournalRecord record)
    {
        switch (record)
        {
            case JournalRecord.Edit edit:
                Editor.Apply(edit.Command);
                break;
            case JournalRecord.Undo:
                Editor.Undo();
                break;
            case JournalRecord.Redo:
                Editor.Redo();
                break;
            case JournalRecord.Patch patch:
                _isPatched = true;
                if (patch.Parents is { } parents)
                    Editor.Tracks?.Reset(parents);
                foreach (PatchedFrame frame in patch.Frames)
                {
                    var delta = new FrameDelta(frame.Time, frame.Runs, [], [], 0);
                    if (frame.Forth)
                        delta.Redo(Editor.Frames[frame.Time]);
                    else
                        delta.Undo(Editor.Frames[frame.Time]);
                }
                break;
        }
    }

    // what was done before the journal began is not in it, so its voxels are
    private void Note(EditStep step, JournalRecord record, bool forth)
    {
        RequireJournal();
        if (step.Era == Editor.Era)
        {
            _journal!.Append(record);
            return;
        }
        IEnumerable<FrameDelta> frames = forth ? step.Frames : step.Frames.Reverse();
        Dictionary<uint, uint>? parents = step.Parents.IsEmpty ? null : Editor.Tracks!.Copy();
        foreach (ParentChange change in forth ? step.Parents : step.Parents.Reverse())
            parents![change.Track] = forth ? change.After : change.Before;
        _journal!.Append(new JournalRecord.Patch([.. frames.Select(f => new PatchedFrame(f.Time, forth, f.Runs))], parents?.Where(p => p.Value > 0).ToDictionary()));
    }

    // begun with the first edit, so that looking at labels leaves no file
    private void RequireJournal() => _journal ??= EditJournal.Create(
        EditJournal.PathFor(Path), new JournalRecord.Begin(EditJournal.Version, HashOf(Editor.Frames), Editor.LargestId, Editor.Tracks?.Copy()));

    internal static string HashOf(IReadOnlyList<LabelVolume> frames)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<int>([frames.Count, frames[0].Shape.Z, frames[0].Shape.Y, frames[0].Shape.X]));
        foreach (LabelVolume frame in frames)
        {
            const int Part = 1 << 26;                                    // a span of bytes has at most 2^31
            for (int i = 0; i < frame.Voxels.Length; i += Part)
                hash.AppendData(MemoryMarshal.AsBytes(frame.Voxels.AsSpan(i, Math.Min(Part, frame.Voxels.Length - i))));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
