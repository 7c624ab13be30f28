using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Volumes;

/// <summary>How far around each cube of 4 voxels there is no cell to see, so that a ray can go there at once.</summary>
/// <remarks>
/// A cube counts what lies up to one voxel outside of it, so that a value interpolated anywhere inside cannot differ from an empty cube's.
/// A distance of n says that the cubes up to n - 1 away along each axis, diagonals included, are empty.
/// </remarks>
public sealed class EmptySpace
{
    /// <summary>Side of a cube.</summary>
    public const int Side = 4;

    /// <summary>The largest distance; what is farther is not looked for, so that an edit changes no more than this around it.</summary>
    public const int Farthest = 10;

    private readonly bool[] _holds;

    private EmptySpace(VolumeShape shape)
    {
        Shape = shape;
        _holds = new bool[shape.Count];
        Distances = new byte[shape.Count];
    }

    /// <summary>Number of cubes.</summary>
    public VolumeShape Shape { get; }

    /// <summary>uint8 [Z, Y, X]: distance in cubes to the nearest that holds something; 0 for one that does.</summary>
    public byte[] Distances { get; }

    /// <summary>Measures a volume.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="shows">Whether an id is to be seen; may be called from several threads.</param>
    public static EmptySpace Of(LabelVolume labels, Func<uint, bool> shows)
    {
        var space = new EmptySpace(VolumeFit.Thinned(labels.Shape, new VolumeShape(Side, Side, Side)));
        space.Look(labels, space.Shape.All, shows);
        space.Measure(space.Shape.All);
        return space;
    }

    /// <summary>Measures anew where a change of some voxels may have changed something.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="changed">Outside of it no voxel was changed; not empty.</param>
    /// <param name="shows">Whether an id is to be seen.</param>
    /// <returns>The cubes that were measured anew.</returns>
    public VolumeBox Update(LabelVolume labels, VolumeBox changed, Func<uint, bool> shows)
    {
        VolumeBox near = changed.Grow(1, labels.Shape);
        (int z, int y, int x) = (near.Z / Side, near.Y / Side, near.X / Side);
        var cubes = new VolumeBox(z, y, x, (near.EndZ - 1) / Side - z + 1, (near.EndY - 1) / Side - y + 1, (near.EndX - 1) / Side - x + 1);
        Look(labels, cubes, shows);
        VolumeBox around = cubes.Grow(Farthest, Shape);
        Measure(around);
        return around;
    }

    private void Look(LabelVolume labels, VolumeBox cubes, Func<uint, bool> shows) => Parallel.For(cubes.Z, cubes.EndZ, cz =>
    {
        VolumeShape whole = labels.Shape;
        (uint last, bool shown) = (0, false);
        bool[] row = new bool[cubes.Width];
        for (int cy = cubes.Y; cy < cubes.EndY; cy++)
        {
            Array.Clear(row);
            for (int z = Math.Max(0, cz * Side - 1); z < Math.Min(whole.Z, cz * Side + Side + 1); z++)
            {
                for (int y = Math.Max(0, cy * Side - 1); y < Math.Min(whole.Y, cy * Side + Side + 1); y++)
                {
                    int begin = Math.Max(0, cubes.X * Side - 1), end = Math.Min(whole.X, cubes.EndX * Side + 1);
                    ReadOnlySpan<uint> ids = labels.Voxels.AsSpan((z * whole.Y + y) * whole.X + begin, end - begin);
                    for (int i = ids.IndexOfAnyExcept(0u); i >= 0 && i < ids.Length; i++)
                    {
                        uint id = ids[i];
                        if (id == 0)
                            continue;
                        if (id != last)
                            (last, shown) = (id, shows(id));
                        if (shown)
                            Mark(row, begin + i - cubes.X * Side);
                    }
                }
            }
            row.CopyTo(_holds, (cz * Shape.Y + cy) * Shape.X + cubes.X);
        }
    });

    // a voxel at a cube's border counts for the neighbour too
    private static void Mark(bool[] row, int voxel)
    {
        for (int n = (voxel + Side - 1) / Side - 1; n <= (voxel + 1) / Side; n++)
        {
            if ((uint)n < (uint)row.Length)
                row[n] = true;
        }
    }

    // the greatest of the distances along the axes, axis by axis, in a box and what decides about it
    private void Measure(VolumeBox box)
    {
        VolumeBox known = box.Grow(Farthest, Shape);
        VolumeBox alongX = known with { X = box.X, Width = box.Width }, alongY = alongX with { Y = box.Y, Height = box.Height };
        byte[] x = new byte[alongX.Count], y = new byte[alongY.Count];
        Parallel.For(0, known.Depth, z =>
        {
            for (int row = 0; row < known.Height; row++)
            {
                ReadOnlySpan<bool> holds = _holds.AsSpan(((known.Z + z) * Shape.Y + known.Y + row) * Shape.X + known.X, known.Width);
                for (int i = 0; i < box.Width; i++)
                    x[(z * known.Height + row) * box.Width + i] = Nearest(holds, box.X - known.X + i);
            }
            for (int i = 0; i < box.Width; i++)
            {
                for (int row = 0; row < box.Height; row++)
                    y[(z * box.Height + row) * box.Width + i] = Nearest(x, z * known.Height * box.Width + i, box.Width, known.Height, box.Y - known.Y + row);
            }
        });
        Parallel.For(0, box.Height, row =>
        {
            for (int i = 0; i < box.Width; i++)
            {
                for (int z = 0; z < box.Depth; z++)
                    Distances[((box.Z + z) * Shape.Y + box.Y + row) * Shape.X + box.X + i] = Nearest(y, row * box.Width + i, box.Height * box.Width, known.Depth, box.Z - known.Z + z);
            }
        });
    }

    private static byte Nearest(ReadOnlySpan<bool> holds, int at)
    {
        for (int n = 0; n < Farthest; n++)
        {
            if ((at >= n && holds[at - n]) || (at + n < holds.Length && holds[at + n]))
                return (byte)n;
        }
        return Farthest;
    }

    private static byte Nearest(byte[] values, int start, int step, int length, int at)
    {
        int best = Farthest;
        for (int n = 0; n < best; n++)
        {
            if (at >= n)
                best = Math.Min(best, Math.Max(n, values[start + (at - n) * step]));
            if (at + n < length)
                best = Math.Min(best, Math.Max(n, values[start + (at + n) * step]));
        }
        return (byte)best;
    }
}
