using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Which voxel of a volume of one size is nearest to a voxel of another size: floor(i * source / target) along each axis.</summary>
/// <param name="source">Lengths of the original.</param>
/// <param name="target">Lengths of the result.</param>
internal sealed class NearestVoxels(VolumeShape source, VolumeShape target)
{
    /// <summary>The part of the original that a box of the result is made from.</summary>
    public VolumeBox SourceOf(VolumeBox box)
    {
        (int z, int y, int x) = (Z(box.Z), Y(box.Y), X(box.X));
        return new VolumeBox(z, y, x, Z(box.EndZ - 1) + 1 - z, Y(box.EndY - 1) + 1 - y, X(box.EndX - 1) + 1 - x);
    }

    /// <summary>Makes a box of the result.</summary>
    /// <param name="values">Values of <paramref name="from"/>; borrowed.</param>
    /// <param name="from">The part of the original.</param>
    /// <param name="box">The box of the result.</param>
    public T[] Resize<T>(T[] values, VolumeBox from, VolumeBox box)
    {
        T[] result = GC.AllocateUninitializedArray<T>(checked((int)box.Count));
        int at = 0;
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY; y++)
            {
                int row = ((Z(z) - from.Z) * from.Height + Y(y) - from.Y) * from.Width - from.X;
                for (int x = box.X; x < box.EndX; x++)
                    result[at++] = values[row + X(x)];
            }
        }
        return result;
    }

    private int Z(int z) => (int)((long)z * source.Z / target.Z);

    private int Y(int y) => (int)((long)y * source.Y / target.Y);

    private int X(int x) => (int)((long)x * source.X / target.X);
}
