using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Parts a cell among seeds: voxels are taken from the cell's thick middles to its border, each by the part that reaches it first.</summary>
/// <remarks>
/// A seed stands for the middle that lies uphill of it, or a thick middle would flow through the neck before a seed in a thin place was reached.
/// Seeds that share a middle have no neck between them: their part is divided half-way.
/// </remarks>
internal static class Watershed
{
    /// <summary>Parts a cell.</summary>
    /// <param name="recorder">Receives the voxels.</param>
    /// <param name="cut">Cell and seeds.</param>
    /// <param name="voxelUm">Size of a voxel.</param>
    /// <param name="newId">Makes the id of each part but the first.</param>
    /// <exception cref="ArgumentException">Fewer than two seeds, or seeds that are not in different voxels of the cell.</exception>
    /// <remarks>Pieces of the cell that no seed's piece touches keep its id. The volume's edge is no border: a cell cut by it is thick there.</remarks>
    public static void Split(EditRecorder recorder, EditCommand.SplitBySeeds cut, PointUm voxelUm, Func<uint> newId)
    {
        VolumeBox box = CellChanges.BoxOf(recorder, cut.Id).Grow(1, recorder.Volume.Shape);
        int[] seeds = Seeds(recorder, cut, box);
        bool[] outside = new bool[box.Count];
        for (int i = 0; i < outside.Length; i++)
        {
            (int z, int y, int x) = Place(i, box);
            outside[i] = recorder[z, y, x] != cut.Id;
        }
        double[] squared = SpacedDistance.Squared(outside, (box.Depth, box.Height, box.Width), (voxelUm.Z, voxelUm.Y, voxelUm.X));
        int[] middles = [.. seeds.Select(s => Climb(s, outside, squared, box))];
        int[] parts = Flood(outside, squared, seeds, middles, box);
        uint[] ids = [cut.Id, .. seeds.Skip(1).Select(_ => newId())];
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] == 0)
                continue;
            (int z, int y, int x) = Place(i, box);
            recorder.Set(z, y, x, ids[Nearest(parts[i] - 1, i)]);
        }

        // of the seeds that share a part
        int Nearest(int part, int voxel) => Enumerable.Range(0, seeds.Length).Where(n => middles[n] == middles[part]).MinBy(n => Away(seeds[n], voxel));

        double Away(int a, int b)
        {
            ((int az, int ay, int ax), (int bz, int by, int bx)) = (Place(a, box), Place(b, box));
            return new PointUm((az - bz) * voxelUm.Z, (ay - by) * voxelUm.Y, (ax - bx) * voxelUm.X).SquaredLength;
        }
    }

    // uphill, over dips of one voxel, which rounding makes
    private static int Climb(int seed, bool[] outside, double[] squared, VolumeBox box)
    {
        for (int top = seed; ; seed = top)
        {
            foreach (int near in Around(seed))
            {
                foreach (int next in Around(near))
                {
                    if (squared[next] > squared[top])
                        top = next;
                }
            }
            if (top == seed)
                return top;
        }

        IEnumerable<int> Around(int at)
        {
            (int z, int y, int x) = Place(at, box with { Z = 0, Y = 0, X = 0 });
            VolumeBox near = new VolumeBox(z, y, x, 1, 1, 1).Grow(1, box.Shape);
            for (int i = 0; i < near.Count; i++)
            {
                (int nz, int ny, int nx) = Place(i, near);
                int index = (nz * box.Height + ny) * box.Width + nx;
                if (!outside[index])
                    yield return index;
            }
        }
    }

    private static int[] Seeds(EditRecorder recorder, EditCommand.SplitBySeeds cut, VolumeBox box)
    {
        if (cut.Seeds.IsDefault || cut.Seeds.Length < 2)
            throw new ArgumentException($"seeds to part a cell must be two or more; got {(cut.Seeds.IsDefault ? 0 : cut.Seeds.Length)}.", nameof(cut));
        int[] seeds = [.. cut.Seeds.Select(Index)];
        return seeds.Distinct().Count() == seeds.Length ? seeds : throw new ArgumentException("seeds must be in different voxels; two are in one.", nameof(cut));

        int Index(PointUm at)
        {
            (int z, int y, int x) = (PlaneGrid.Round(at.Z), PlaneGrid.Round(at.Y), PlaneGrid.Round(at.X));
            if (!box.Contains(z, y, x) || recorder[z, y, x] != cut.Id)
                throw new ArgumentException($"seeds must be in cell {cut.Id}; voxel ({z}, {y}, {x}) is not.", nameof(cut));
            return ((z - box.Z) * box.Height + y - box.Y) * box.Width + x - box.X;
        }
    }

    // part of each voxel from 1; 0 where none came
    private static int[] Flood(bool[] outside, double[] squared, int[] seeds, int[] middles, VolumeBox box)
    {
        int[] parts = new int[outside.Length];
        var open = new PriorityQueue<int, (double Shallow, int Order)>();
        int order = 0;
        foreach (int[] places in (int[][])[seeds, middles])
        {
            for (int n = 0; n < seeds.Length; n++)
            {
                if (parts[places[n]] != 0)
                    continue;
                parts[places[n]] = n + 1;
                open.Enqueue(places[n], (-squared[places[n]], order++));
            }
        }
        int plane = box.Height * box.Width;
        while (open.TryDequeue(out int at, out _))
        {
            int x = at % box.Width, y = at / box.Width % box.Height, z = at / plane;
            Reach(z > 0, at - plane);
            Reach(z + 1 < box.Depth, at + plane);
            Reach(y > 0, at - box.Width);
            Reach(y + 1 < box.Height, at + box.Width);
            Reach(x > 0, at - 1);
            Reach(x + 1 < box.Width, at + 1);

            void Reach(bool exists, int next)
            {
                if (!exists || outside[next] || parts[next] != 0)
                    return;
                parts[next] = parts[at];
                open.Enqueue(next, (-squared[next], order++));
            }
        }
        return parts;
    }

    private static (int Z, int Y, int X) Place(int index, VolumeBox box) =>
        (box.Z + index / (box.Height * box.Width), box.Y + index / box.Width % box.Height, box.X + index % box.Width);
}
