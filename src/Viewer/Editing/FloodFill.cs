using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Gives the connected piece at a place another id, row by row; voxels that share a face are connected.</summary>
internal static class FloodFill
{
    /// <summary>Fills.</summary>
    /// <param name="recorder">Receives the voxels.</param>
    /// <param name="at">A place in the piece, in voxels.</param>
    /// <param name="plane">The plane that is not left; null for none.</param>
    /// <param name="id">What the piece becomes.</param>
    /// <exception cref="ArgumentException">The place is outside the volume.</exception>
    public static void Fill(EditRecorder recorder, PointUm at, EditPlane? plane, uint id)
    {
        VolumeShape shape = recorder.Volume.Shape;
        int[] lengths = [shape.Z, shape.Y, shape.X], start = [PlaneGrid.Round(at.Z), PlaneGrid.Round(at.Y), PlaneGrid.Round(at.X)];
        if (!shape.All.Contains(start[0], start[1], start[2]))
            throw new ArgumentException(FormattableString.Invariant($"a place to fill must be in the volume of {shape} voxels; got ({at.Z}, {at.Y}, {at.X})."), nameof(at));
        uint old = recorder[start[0], start[1], start[2]];
        if (old == id)
            return;
        // rows run along the first of these axes and are left along the others
        int[] axes = plane switch { null => [2, 1, 0], EditPlane.XY => [2, 1], EditPlane.XZ => [2, 0], _ => [1, 0] };
        int run = axes[0];
        var open = new Stack<(int Z, int Y, int X)>();
        open.Push((start[0], start[1], start[2]));
        int[] c = new int[3];
        while (open.TryPop(out (int Z, int Y, int X) next))
        {
            (c[0], c[1], c[2]) = next;
            if (recorder[c[0], c[1], c[2]] != old)
                continue;
            while (c[run] > 0 && At(c, run, -1) == old)
                c[run]--;
            int first = c[run];
            for (; c[run] < lengths[run] && recorder[c[0], c[1], c[2]] == old; c[run]++)
                recorder.Set(c[0], c[1], c[2], id);
            int end = c[run];
            foreach (int axis in axes.AsSpan(1))
            {
                foreach (int side in (ReadOnlySpan<int>)[-1, 1])
                {
                    if ((uint)(c[axis] + side) >= (uint)lengths[axis])
                        continue;
                    c[axis] += side;
                    bool inside = false;
                    for (c[run] = first; c[run] < end; c[run]++)
                    {
                        bool same = recorder[c[0], c[1], c[2]] == old;
                        if (same && !inside)
                            open.Push((c[0], c[1], c[2]));
                        inside = same;
                    }
                    c[axis] -= side;
                }
            }
        }

        uint At(int[] place, int axis, int step)
        {
            place[axis] += step;
            uint found = recorder[place[0], place[1], place[2]];
            place[axis] -= step;
            return found;
        }
    }
}
