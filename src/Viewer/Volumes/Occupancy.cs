using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Volumes;

/// <summary>Which bricks of a volume hold something to see: cubes of 8 voxels, and of 32.</summary>
/// <remarks>A brick counts what lies up to one voxel outside of it, so that a value interpolated anywhere inside cannot differ from an empty brick's.</remarks>
public sealed class Occupancy
{
    /// <summary>Side of a fine brick.</summary>
    public const int Fine = 8;

    /// <summary>Side of a coarse brick.</summary>
    public const int Coarse = 32;

    private const int Ratio = Coarse / Fine;

    private Occupancy(VolumeShape fineShape, ushort[] fine, VolumeShape coarseShape, ushort[] coarse) =>
        (FineShape, FineBricks, CoarseShape, CoarseBricks) = (fineShape, fine, coarseShape, coarse);

    /// <summary>Number of fine bricks.</summary>
    public VolumeShape FineShape { get; }

    /// <summary>uint16 [Z, Y, X]: the greatest value of each fine brick; 1 for a label that is shown.</summary>
    public ushort[] FineBricks { get; }

    /// <summary>Number of coarse bricks.</summary>
    public VolumeShape CoarseShape { get; }

    /// <summary>uint16 [Z, Y, X]: the greatest value of each coarse brick.</summary>
    public ushort[] CoarseBricks { get; }

    /// <summary>Finds the bricks with labels that are shown.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="shows">Whether an id is shown; called once for each run of equal voxels.</param>
    public static Occupancy Of(LabelVolume labels, Func<uint, bool> shows)
    {
        return Build(labels.Shape, row =>
        {
            (uint last, bool shown) = (0, false);
            ushort[] bricks = new ushort[(labels.Shape.X + Fine - 1) / Fine];
            ReadOnlySpan<uint> ids = labels.Voxels.AsSpan((int)(row * labels.Shape.X), labels.Shape.X);
            for (int x = 0; x < ids.Length; x++)
            {
                if (ids[x] == 0)
                    continue;
                if (ids[x] != last)
                    (last, shown) = (ids[x], shows(ids[x]));
                if (shown)
                    Mark(bricks, x, 1);
            }
            return bricks;
        });
    }

    /// <summary>Finds the bricks anew that a change of some voxels may have changed.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="changed">Outside of it no voxel was changed; not empty.</param>
    /// <param name="shows">Whether an id is shown.</param>
    /// <returns>The boxes of fine and coarse bricks that were found anew.</returns>
    public (VolumeBox Fine, VolumeBox Coarse) Update(LabelVolume labels, VolumeBox changed, Func<uint, bool> shows)
    {
        VolumeBox near = changed.Grow(1, labels.Shape), fine = BricksOf(near, Fine), coarse = BricksOf(fine, Ratio);
        (uint last, bool shown) = (0, false);
        for (int z = fine.Z; z < fine.EndZ; z++)
        {
            for (int y = fine.Y; y < fine.EndY; y++)
            {
                for (int x = fine.X; x < fine.EndX; x++)
                {
                    VolumeBox brick = new VolumeBox(z * Fine, y * Fine, x * Fine, Fine, Fine, Fine).Grow(1, labels.Shape);
                    FineBricks[(z * FineShape.Y + y) * FineShape.X + x] = Holds(brick) ? (ushort)1 : (ushort)0;
                }
            }
        }
        for (int z = coarse.Z; z < coarse.EndZ; z++)
        {
            for (int y = coarse.Y; y < coarse.EndY; y++)
            {
                for (int x = coarse.X; x < coarse.EndX; x++)
                    CoarseBricks[(z * CoarseShape.Y + y) * CoarseShape.X + x] = Greatest(new VolumeBox(z * Ratio, y * Ratio, x * Ratio, Ratio, Ratio, Ratio).Intersect(FineShape.All));
            }
        }
        return (fine, coarse);

        static VolumeBox BricksOf(VolumeBox box, int side)
        {
            (int z, int y, int x) = (box.Z / side, box.Y / side, box.X / side);
            return new VolumeBox(z, y, x, (box.EndZ - 1) / side - z + 1, (box.EndY - 1) / side - y + 1, (box.EndX - 1) / side - x + 1);
        }

        bool Holds(VolumeBox box)
        {
            for (int z = box.Z; z < box.EndZ; z++)
            {
                for (int y = box.Y; y < box.EndY; y++)
                {
                    foreach (uint id in labels.Voxels.AsSpan((z * labels.Shape.Y + y) * labels.Shape.X + box.X, box.Width))
                    {
                        if (id != last)
                            (last, shown) = (id, id != 0 && shows(id));
                        if (shown)
                            return true;
                    }
                }
            }
            return false;
        }

        ushort Greatest(VolumeBox box)
        {
            ushort greatest = 0;
            for (int z = box.Z; z < box.EndZ; z++)
            {
                for (int y = box.Y; y < box.EndY; y++)
                {
                    foreach (ushort value in FineBricks.AsSpan((z * FineShape.Y + y) * FineShape.X + box.X, box.Width))
                        greatest = Math.Max(greatest, value);
                }
            }
            return greatest;
        }
    }

    /// <summary>Finds the greatest intensity of each brick.</summary>
    /// <param name="intensities">One channel.</param>
    public static Occupancy Of(IntensityVolume intensities)
    {
        return Build(intensities.Shape, row =>
        {
            ushort[] bricks = new ushort[(intensities.Shape.X + Fine - 1) / Fine];
            ReadOnlySpan<ushort> values = intensities.Voxels.AsSpan((int)(row * intensities.Shape.X), intensities.Shape.X);
            for (int x = 0; x < values.Length; x++)
                Mark(bricks, x, values[x]);
            return bricks;
        });
    }

    // a voxel at a brick's border counts for the neighbour too
    private static void Mark(ushort[] bricks, int index, ushort value)
    {
        int brick = index / Fine, within = index % Fine;
        bricks[brick] = Math.Max(bricks[brick], value);
        if (within == 0 && brick > 0)
            bricks[brick - 1] = Math.Max(bricks[brick - 1], value);
        if (within == Fine - 1 && brick + 1 < bricks.Length)
            bricks[brick + 1] = Math.Max(bricks[brick + 1], value);
    }

    private static Occupancy Build(VolumeShape shape, Func<long, ushort[]> bricksOfRow)
    {
        VolumeShape fineShape = VolumeFit.Thinned(shape, new VolumeShape(Fine, Fine, Fine));
        ushort[] fine = new ushort[fineShape.Count];
        Parallel.For(0, fineShape.Z, bz =>
        {
            for (int z = Math.Max(0, bz * Fine - 1); z < Math.Min(shape.Z, bz * Fine + Fine + 1); z++)
            {
                for (int y = 0; y < shape.Y; y++)
                {
                    ushort[] row = bricksOfRow((long)z * shape.Y + y);
                    for (int by = Math.Max(0, (y - 1) / Fine); by <= Math.Min(fineShape.Y - 1, (y + 1) / Fine); by++)
                    {
                        Span<ushort> bricks = fine.AsSpan((bz * fineShape.Y + by) * fineShape.X, fineShape.X);
                        for (int n = 0; n < row.Length; n++)
                            bricks[n] = Math.Max(bricks[n], row[n]);
                    }
                }
            }
        });
        VolumeShape coarseShape = VolumeFit.Thinned(fineShape, new VolumeShape(Ratio, Ratio, Ratio));
        ushort[] coarse = new ushort[coarseShape.Count];
        int at = 0;
        for (int z = 0; z < fineShape.Z; z++)
        {
            for (int y = 0; y < fineShape.Y; y++)
            {
                for (int x = 0; x < fineShape.X; x++, at++)
                {
                    ref ushort greatest = ref coarse[(z / Ratio * coarseShape.Y + y / Ratio) * coarseShape.X + x / Ratio];
                    greatest = Math.Max(greatest, fine[at]);
                }
            }
        }
        return new Occupancy(fineShape, fine, coarseShape, coarse);
    }
}
