using Cellpose3D.Viewer.Editing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Segmenting;

/// <summary>Cells that are to be found anew, as they are.</summary>
/// <param name="Box">A box around them, with room.</param>
/// <param name="Inside">bool [depth, height, width] of the box: their voxels; owned.</param>
/// <param name="Placed">They, as if an earlier run had put them there.</param>
public sealed record ChosenCells(VolumeBox Box, bool[] Inside, PlacedCells Placed)
{
    // a cell of other size than it was thought to be, and what its outline is told by, must fit
    private const int LeastRoom = 16;

    /// <summary>Looks for cells.</summary>
    /// <param name="editor">The labels.</param>
    /// <param name="time">Time point.</param>
    /// <param name="ids">The cells.</param>
    /// <param name="plane">The plane to look at; null for all.</param>
    /// <returns>Null where none of them is there.</returns>
    public static ChosenCells? Find(LabelEditor editor, int time, IReadOnlySet<uint> ids, int? plane)
    {
        if ((uint)time >= (uint)editor.Frames.Length || editor.Frames[time].BoxOf(ids.Contains) is not { } tight)
            return null;
        VolumeShape shape = editor.Shape;
        VolumeBox box = tight.Grow(Math.Max(LeastRoom, Math.Max(tight.Height, tight.Width) / 2), shape);
        if (plane is { } z)
            box = box with { Z = z, Depth = 1 };
        if (box.Z < 0 || box.EndZ > shape.Z)
            return null;
        bool[] inside = new bool[box.Count];
        uint[] voxels = editor.Frames[time].Voxels;
        bool any = false;
        for (int n = 0; n < inside.Length; n++)
        {
            int x = box.X + n % box.Width, y = box.Y + n / box.Width % box.Height, k = box.Z + n / (box.Width * box.Height);
            any |= inside[n] = ids.Contains(voxels[((long)k * shape.Y + y) * shape.X + x]);
        }
        var placed = new PlacedCells(editor.State, new Dictionary<int, IReadOnlySet<uint>> { [time] = ids }, KeptOthers: true, IsStep: false);
        return any ? new ChosenCells(box, inside, placed) : null;
    }

    /// <summary>Those of the cells found that share a voxel with these.</summary>
    /// <param name="found">In the box; changed.</param>
    public FoundCells Of(FoundCells found)
    {
        bool[] touches = new bool[found.Count + 1];
        for (int n = 0; n < Inside.Length; n++)
            touches[found.Labels[n]] |= Inside[n];
        int[] numbers = new int[found.Count + 1];
        int count = 0;
        for (int cell = 1; cell < numbers.Length; cell++)
            numbers[cell] = touches[cell] ? ++count : 0;
        for (int n = 0; n < found.Labels.Length; n++)
            found.Labels[n] = numbers[found.Labels[n]];
        return found with { Count = count };
    }
}
