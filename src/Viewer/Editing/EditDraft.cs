using System.Collections.Immutable;
using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Makes one edit: all of it, or nothing.</summary>
internal sealed class EditDraft(LabelEditor editor, uint largestId)
{
    private readonly List<uint> _newIds = [];

    /// <summary>The largest id used, with those of this edit.</summary>
    public uint LargestId { get; private set; } = largestId;

    /// <summary>The ids that this edit made, rising.</summary>
    public ImmutableArray<uint> NewIds => [.. _newIds];

    /// <summary>The tracks that get other mothers.</summary>
    public ImmutableArray<ParentChange> Parents { get; private set; } = [];

    /// <summary>Makes the edit.</summary>
    /// <returns>The changes, those of one time point together; empty where nothing changed.</returns>
    /// <exception cref="ArgumentException">It does not fit the labels, which are as they were.</exception>
    public ImmutableArray<FrameDelta> Make(EditCommand command)
    {
        if (command is EditCommand.CutTrack or EditCommand.JoinTracks or EditCommand.SetMother)
            return MakeTracks(command);
        bool everywhere = command is EditCommand.Delete { AllTimes: true } or EditCommand.Merge { AllTimes: true };
        var changes = new List<FrameDelta>();
        for (int time = everywhere ? 0 : command.Time; time < (everywhere ? editor.Frames.Length : command.Time + 1); time++)
        {
            var recorder = new EditRecorder(editor.Frames[time], time);
            Make(command, recorder);
            if (recorder.Voxels > 0)
                changes.Add(recorder.Finish());
        }
        return [.. changes];
    }

    // everything is checked before the first voxel is written
    private void Make(EditCommand command, EditRecorder recorder)
    {
        switch (command)
        {
            case EditCommand.Paint c:
                Brush.Stroke(recorder, editor.VoxelUm, c.Points, c.Radius, c.Is3D ? null : c.Plane, Drawn(c.Id), Over(c.Over, DrawOver.All, c.Points, recorder.Time));
                break;
            case EditCommand.Erase c:
                Brush.Stroke(recorder, editor.VoxelUm, c.Points, c.Radius, c.Is3D ? null : c.Plane, 0, Over(c.Over, DrawOver.All, c.Points, recorder.Time));
                break;
            case EditCommand.Fill c:
                FloodFill.Fill(recorder, c.At, c.Is3D ? null : c.Plane, c.Id == 0 ? 0u : Drawn(c.Id));
                break;
            case EditCommand.Polygon c:
                OutlineFill.Fill(recorder, [new EditOutline(c.Points)], c.Plane, editor.VoxelUm, Drawn(c.Id), Over(c.Over, DrawOver.Background, c.Points, recorder.Time));
                break;
            case EditCommand.Interpolate c:
                OutlineFill.Fill(recorder, c.Outlines, c.Plane, editor.VoxelUm, Drawn(c.Id),
                    Over(c.Over, DrawOver.Background, c.Outlines.IsDefaultOrEmpty ? [] : c.Outlines[0].Points, recorder.Time));
                break;
            case EditCommand.Delete c:
                CellChanges.Relabel(recorder, [.. Some(c.Ids, 1)], 0);
                break;
            case EditCommand.Merge c:
                CellChanges.Relabel(recorder, [.. Some(c.Ids, 2)[1..]], c.Ids[0]);
                break;
            case EditCommand.SplitByLine c:
                CellChanges.SplitByLine(recorder, c, NextId);
                break;
            case EditCommand.SplitByPlane c:
                CellChanges.SplitByPlane(recorder, c, editor.VoxelUm, NextId);
                break;
            case EditCommand.SplitBySeeds c:
                Watershed.Split(recorder, c, editor.VoxelUm, NextId);
                break;
            case EditCommand.PutCells c:
                CellPlacement.Put(recorder, c, Drawn);
                break;
            default:
                throw new ArgumentException($"there is no edit {command.GetType().Name}.", nameof(command));
        }
    }

    private ImmutableArray<FrameDelta> MakeTracks(EditCommand command)
    {
        var changes = new TrackChanges(editor, editor.Tracks ?? throw new ArgumentException("links can be edited where tracks were given whose numbers are those of the labels; these have none."), NextId);
        switch (command)
        {
            case EditCommand.CutTrack c:
                changes.Cut(c.Id, c.Time);
                break;
            case EditCommand.JoinTracks c:
                changes.Join(c.Earlier, c.Later);
                break;
            case EditCommand.SetMother c:
                changes.SetMother(c.Id, c.Mother);
                break;
        }
        Parents = [.. changes.Parents];
        return [.. changes.Frames];
    }

    private uint NextId()
    {
        _newIds.Add(LabelEditor.TakeId(++LargestId));
        return LargestId;
    }

    private uint Drawn(uint? id)
    {
        if (id is null)
            return NextId();
        LabelEditor.TakeId(id.Value);
        LargestId = Math.Max(LargestId, id.Value);
        return id.Value;
    }

    private Func<uint, bool> Over(DrawOver? over, DrawOver otherwise, ImmutableArray<PointUm> points, int time)
    {
        over ??= otherwise;
        switch (over.Policy)
        {
            case DrawPolicy.All:
                return static _ => true;
            case DrawPolicy.Background:
                return static id => id == 0;
            case DrawPolicy.Cell:
                uint cell = over.Id;
                return id => id == cell;
            case DrawPolicy.FirstHit when !points.IsDefaultOrEmpty:
                uint first = editor.IdAt(time, points[0]);
                return id => id == first;
            default:
                throw new ArgumentException($"there is no such policy to draw over {over.Policy}, or no point to begin with.", nameof(over));
        }
    }

    private static ImmutableArray<uint> Some(ImmutableArray<uint> ids, int least)
    {
        if (ids.IsDefault || ids.Distinct().Count() < least || ids.Contains(0u))
            throw new ArgumentException($"cells to {(least == 1 ? "delete" : "merge")} must be {least} or more ids above 0; got [{(ids.IsDefault ? "" : string.Join(", ", ids))}].", nameof(ids));
        return ids;
    }
}
