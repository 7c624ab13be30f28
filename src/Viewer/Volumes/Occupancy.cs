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

    /// <summary>uint16 [Z, Y, X]: the greatest value of each fine brick.</summary>
    public ushort[] FineBricks { get; }

    /// <summary>Number of coarse bricks.</summary>
    public VolumeShape CoarseShape { get; }

    /// <summary>uint16 [Z, Y, X]: the greatest value of each coarse brick.</summary>
    public ushort[] CoarseBricks { get; }

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
