using System.Runtime.InteropServices;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Zarr;

/// <summary>Makes a coarser level: every second label, or the mean of 2 x 2 (x 2) intensities, of fewer at the far faces.</summary>
internal static class Reduction
{
    /// <param name="fine">[depth, height, width] of <paramref name="from"/>; borrowed.</param>
    /// <param name="from">Lengths of the fine box.</param>
    /// <param name="coarse">Receives [depth, height, width] of <paramref name="to"/>.</param>
    /// <param name="to">Lengths of the coarse box.</param>
    /// <param name="step">Fine voxels to a coarse one.</param>
    public static void Run<T>(ReadOnlySpan<T> fine, VolumeShape from, Span<T> coarse, VolumeShape to, (int Z, int Y, int X) step)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            Mean(MemoryMarshal.Cast<T, float>(fine), from, MemoryMarshal.Cast<T, float>(coarse), to, step);
        else
            Nearest(fine, from, coarse, to, step);
    }

    private static void Nearest<T>(ReadOnlySpan<T> fine, VolumeShape from, Span<T> coarse, VolumeShape to, (int Z, int Y, int X) step)
    {
        int at = 0;
        for (int z = 0; z < to.Z; z++)
        {
            for (int y = 0; y < to.Y; y++)
            {
                ReadOnlySpan<T> row = fine.Slice(((z * step.Z * from.Y) + (y * step.Y)) * from.X, from.X);
                for (int x = 0; x < to.X; x++)
                    coarse[at++] = row[x * step.X];
            }
        }
    }

    private static void Mean(ReadOnlySpan<float> fine, VolumeShape from, Span<float> coarse, VolumeShape to, (int Z, int Y, int X) step)
    {
        int at = 0;
        for (int z = 0; z < to.Z; z++)
        {
            int endZ = Math.Min((z + 1) * step.Z, from.Z);
            for (int y = 0; y < to.Y; y++)
            {
                int endY = Math.Min((y + 1) * step.Y, from.Y);
                for (int x = 0; x < to.X; x++)
                {
                    int endX = Math.Min((x + 1) * step.X, from.X), n = 0;
                    double sum = 0;
                    for (int fz = z * step.Z; fz < endZ; fz++)
                    {
                        for (int fy = y * step.Y; fy < endY; fy++)
                        {
                            for (int fx = x * step.X; fx < endX; fx++, n++)
                                sum += fine[(((fz * from.Y) + fy) * from.X) + fx];
                        }
                    }
                    coarse[at++] = (float)(sum / n);
                }
            }
        }
    }
}
