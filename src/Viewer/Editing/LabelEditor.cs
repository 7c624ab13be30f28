using System.Collections.Immutable;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Corrects labels in memory; every edit can be taken back, exactly and without limit. Not for several threads at once.</summary>
public sealed class LabelEditor
{
    /// <summary>The largest id that is made: the largest that files of labels are read with.</summary>
    public const uint LargestPossibleId = int.MaxValue;

    private readonly List<EditStep> _done = [];
    private readonly Stack<EditStep> _undone = new();
    private long _serial;

    /// <summary>Begins with labels.</summary>
    /// <param name="frames">uint32 [T][Z, Y, X], of one shape and not thinned; kept and changed in place, so that a renderer may hold the same.</param>
    /// <param name="voxelUm">Size of a voxel.</param>
    /// <param name="largestId">An id that was used before and is not to be used again; the largest of the labels counts anyway.</param>
    /// <param name="tracks">The mothers of tracks, where labels are numbered by track; changed with the labels. Null: links cannot be edited.</param>
    /// <exception cref="ArgumentException">No frames, frames of different shapes, thinned ones, or a voxel without size.</exception>
    public LabelEditor(IEnumerable<LabelVolume> frames, PointUm voxelUm, uint largestId = 0, TrackBook? tracks = null)
    {
        Frames = [.. frames];
        if (Frames.IsEmpty || Frames.Any(f => f.Shape != Frames[0].Shape || f.Stride.Count != 1))
            throw new ArgumentException("labels to edit must be one volume or more, of one shape and at full resolution.", nameof(frames));
        if (!(voxelUm.Z > 0 && voxelUm.Y > 0 && voxelUm.X > 0))
            throw new ArgumentException($"a voxel's edges must be longer than 0 um; got {voxelUm}.", nameof(voxelUm));
        (VoxelUm, Tracks) = (voxelUm, tracks);
        LargestId = largestId;
        foreach (LabelVolume frame in Frames)
            LargestId = Math.Max(LargestId, Largest(frame));
    }

    /// <summary>The labels of each time point; shared, not copies.</summary>
    public ImmutableArray<LabelVolume> Frames { get; }

    /// <summary>Lengths of the axes of each time point.</summary>
    public VolumeShape Shape => Frames[0].Shape;

    /// <summary>Size of a voxel.</summary>
    public PointUm VoxelUm { get; }

    /// <summary>The mothers of tracks; null where links cannot be edited.</summary>
    public TrackBook? Tracks { get; }

    /// <summary>The largest id that was ever used; a new cell gets the next.</summary>
    public uint LargestId { get; private set; }

    /// <summary>Tells states of the labels apart: the same number, the same labels.</summary>
    public long State => _done.Count == 0 ? 0 : _done[^1].Serial;

    /// <summary>Whether there is something to undo.</summary>
    public bool CanUndo => _done.Count > 0;

    /// <summary>Whether there is something to redo.</summary>
    public bool CanRedo => _undone.Count > 0;

    /// <summary>Bytes that undo and redo take.</summary>
    public long HistoryBytes => _done.Concat(_undone).Sum(s => s.Frames.Sum(f => (long)f.Runs.Length));

    /// <summary>Counts saves; steps made before one are told from those after it.</summary>
    internal int Era { get; set; }

    /// <summary>The step that undo takes back; null for none.</summary>
    internal EditStep? NextUndo => CanUndo ? _done[^1] : null;

    /// <summary>The step that redo makes again; null for none.</summary>
    internal EditStep? NextRedo => _undone.TryPeek(out EditStep? step) ? step : null;

    /// <summary>The id at a place.</summary>
    /// <param name="time">Time point.</param>
    /// <param name="at">In voxels; whole numbers are voxel centres.</param>
    /// <returns>0 for background, and outside of the volume.</returns>
    public uint IdAt(int time, PointUm at)
    {
        (int z, int y, int x) = (PlaneGrid.Round(at.Z), PlaneGrid.Round(at.Y), PlaneGrid.Round(at.X));
        return Shape.All.Contains(z, y, x) ? Frames[time].Voxels[((long)z * Shape.Y + y) * Shape.X + x] : 0;
    }

    /// <summary>Makes an edit.</summary>
    /// <param name="command">What to change.</param>
    /// <returns>What was changed; an edit that changes nothing leaves no step to undo.</returns>
    /// <exception cref="ArgumentException">The edit does not fit the labels, which stay as they are; the message says why.</exception>
    public EditResult Apply(EditCommand command)
    {
        if ((uint)command.Time >= (uint)Frames.Length)
            throw new ArgumentException($"time must be 0 to {Frames.Length - 1}; got {command.Time}.", nameof(command));
        if (command is EditCommand.NewId)
        {
            LargestId = TakeId(LargestId + 1);
            return new EditResult([], [], [LargestId], 0);
        }
        var draft = new EditDraft(this, LargestId);
        ImmutableArray<FrameDelta> changes = draft.Make(command);
        if (changes.IsEmpty && draft.Parents.IsEmpty)
            return EditResult.None;
        LargestId = draft.LargestId;
        foreach (ParentChange change in draft.Parents)
            Tracks!.Set(change.Track, change.After);
        var step = new EditStep(++_serial, Era, changes, draft.NewIds, draft.Parents);
        EditResult result = ResultOf(step, step.NewIds);
        if (command.Continues && NextUndo is { } last && last.Era == Era)
        {
            step = step with { Frames = [.. last.Frames, .. changes], NewIds = [.. last.NewIds, .. step.NewIds], Parents = [.. last.Parents, .. step.Parents] };
            _done.RemoveAt(_done.Count - 1);
        }
        _done.Add(step);
        _undone.Clear();
        return result;
    }

    /// <summary>Takes the last edit back.</summary>
    /// <returns>What was changed; null where there is nothing to undo.</returns>
    public EditResult? Undo()
    {
        if (NextUndo is not { } step)
            return null;
        foreach (FrameDelta frame in step.Frames.Reverse())
            frame.Undo(Frames[frame.Time]);
        foreach (ParentChange change in step.Parents.Reverse())
            Tracks!.Set(change.Track, change.Before);
        _done.RemoveAt(_done.Count - 1);
        _undone.Push(step);
        return ResultOf(step, [], isForth: false);
    }

    /// <summary>Makes the edit taken back last again.</summary>
    /// <returns>What was changed; null where there is nothing to redo.</returns>
    public EditResult? Redo()
    {
        if (!_undone.TryPop(out EditStep? step))
            return null;
        foreach (FrameDelta frame in step.Frames)
            frame.Redo(Frames[frame.Time]);
        foreach (ParentChange change in step.Parents)
            Tracks!.Set(change.Track, change.After);
        _done.Add(step);
        return ResultOf(step, step.NewIds);
    }

    /// <summary>Forgets the last edit, having taken it back, as if it had not been made.</summary>
    internal void Revoke()
    {
        Undo();
        _undone.Pop();
    }

    internal static uint TakeId(uint id) => id is > 0 and <= LargestPossibleId ? id
        : throw new ArgumentException($"no id is left: the largest is {LargestPossibleId}; renumber the cells first.");

    private static uint Largest(LabelVolume volume)
    {
        uint largest = 0;
        foreach (uint id in volume.Voxels)
            largest = Math.Max(largest, id);
        return largest;
    }

    private static EditResult ResultOf(EditStep step, ImmutableArray<uint> newIds, bool isForth = true) => new(
        [.. step.Frames.GroupBy(f => f.Time).OrderBy(g => g.Key).SelectMany(g => EditRecorder.Disjoint(g.SelectMany(f => f.Boxes)).Select(b => new EditedBox(g.Key, b)))],
        [.. step.Frames.SelectMany(f => f.Ids).Distinct().Order()], newIds, step.Frames.Sum(f => f.Voxels))
    {
        Changes = step.Frames, IsForth = isForth, ChangesParents = !step.Parents.IsEmpty,
    };
}
