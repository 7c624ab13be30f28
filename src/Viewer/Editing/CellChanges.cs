using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Changes that cells undergo whole: other ids, straight cuts.</summary>
internal static class CellChanges
{
    /// <summary>Gives all voxels of some cells one id.</summary>
    /// <param name="recorder">Receives the voxels.</param>
    /// <param name="ids">The cells.</param>
    /// <param name="id">What they become; 0 for background.</param>
    public static void Relabel(EditRecorder recorder, HashSet<uint> ids, uint id)
    {
        VolumeShape shape = recorder.Volume.Shape;
        uint[] voxels = recorder.Volume.Voxels;
        (uint last, bool changes) = (0, false);
        long at = 0;
        for (int z = 0; z < shape.Z; z++)
        {
            for (int y = 0; y < shape.Y; y++)
            {
                for (int x = 0; x < shape.X; x++, at++)
                {
                    uint old = voxels[at];
                    if (old == 0)
                        continue;
                    if (old != last)
                        (last, changes) = (old, ids.Contains(old));
                    if (changes)
                        recorder.Set(z, y, x, id);
                }
            }
        }
    }

    /// <summary>Cuts a cell along a line of a plane.</summary>
    /// <param name="recorder">Receives the voxels.</param>
    /// <param name="cut">Cell and line.</param>
    /// <param name="newId">Makes the id of the smaller part.</param>
    /// <exception cref="ArgumentException">No line, or it does not part the cell.</exception>
    public static void SplitByLine(EditRecorder recorder, EditCommand.SplitByLine cut, Func<uint> newId)
    {
        var grid = new PlaneGrid(cut.Plane, recorder.Volume.Shape);
        (_, double v, double u) = grid.Project(cut.From);
        (_, double toV, double toU) = grid.Project(cut.To);
        (double alongV, double alongU) = (toV - v, toU - u);
        if (!(Math.Abs(alongV) + Math.Abs(alongU) > 0) || !double.IsFinite(alongV + alongU))
            throw new ArgumentException("a line to cut along must go through two places that differ on the plane.", nameof(cut));
        int plane = cut.Is3D ? -1 : grid.PlaneOf([cut.From]);
        Split(recorder, cut.Id, (z, y, x) =>
        {
            (double n, double pv, double pu) = grid.Project(new PointUm(z, y, x));
            return plane >= 0 && n != plane ? null : alongU * (pv - v) - alongV * (pu - u) >= 0;
        }, newId);
    }

    /// <summary>Cuts a cell along a plane.</summary>
    /// <param name="recorder">Receives the voxels.</param>
    /// <param name="cut">Cell and plane.</param>
    /// <param name="voxelUm">Size of a voxel.</param>
    /// <param name="newId">Makes the id of the smaller part.</param>
    /// <exception cref="ArgumentException">No plane, or it does not part the cell.</exception>
    public static void SplitByPlane(EditRecorder recorder, EditCommand.SplitByPlane cut, PointUm voxelUm, Func<uint> newId)
    {
        if (!(cut.Normal.Length > 0) || !double.IsFinite(cut.Normal.Length + cut.At.Length))
            throw new ArgumentException("a plane to cut along must have a normal longer than 0, and a place on it.", nameof(cut));
        var normal = new PointUm(cut.Normal.Z * voxelUm.Z, cut.Normal.Y * voxelUm.Y, cut.Normal.X * voxelUm.X);
        Split(recorder, cut.Id, (z, y, x) => (z - cut.At.Z) * normal.Z + (y - cut.At.Y) * normal.Y + (x - cut.At.X) * normal.X >= 0, newId);
    }

    /// <summary>The smallest box around a cell.</summary>
    /// <param name="recorder">Holds the volume.</param>
    /// <param name="id">The cell.</param>
    /// <exception cref="ArgumentException">There is no such cell.</exception>
    public static VolumeBox BoxOf(EditRecorder recorder, uint id) => id == 0 ? throw new ArgumentException("a cell's id must be above 0.", nameof(id))
        : recorder.Volume.BoxOf(found => found == id) ?? throw new ArgumentException($"there is no cell {id} at time point {recorder.Time}.", nameof(id));

    // null: not to be cut; the larger side keeps the id, the first one where both are as large
    private static void Split(EditRecorder recorder, uint id, Func<int, int, int, bool?> side, Func<uint> newId)
    {
        VolumeBox box = BoxOf(recorder, id);
        var parts = new Dictionary<bool, long> { [false] = 0, [true] = 0 };
        bool? first = null;
        Visit((_, _, _, s) =>
        {
            first ??= s;
            parts[s]++;
        });
        if (parts[false] == 0 || parts[true] == 0)
            throw new ArgumentException($"the cut does not part cell {id}: all of it is on one side.");
        bool loses = parts[true] == parts[false] ? !first!.Value : parts[true] < parts[false];
        uint made = newId();
        Visit((z, y, x, s) =>
        {
            if (s == loses)
                recorder.Set(z, y, x, made);
        });

        void Visit(Action<int, int, int, bool> each)
        {
            for (int z = box.Z; z < box.EndZ; z++)
            {
                for (int y = box.Y; y < box.EndY; y++)
                {
                    for (int x = box.X; x < box.EndX; x++)
                    {
                        if (recorder[z, y, x] == id && side(z, y, x) is { } s)
                            each(z, y, x, s);
                    }
                }
            }
        }
    }
}
