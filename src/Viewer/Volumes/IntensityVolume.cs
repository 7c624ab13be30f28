using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Volumes;

/// <summary>One channel in memory, 16 bits a voxel between its lowest and highest value.</summary>
public sealed class IntensityVolume
{
    private const int Steps = ushort.MaxValue;

    private IntensityVolume(ushort[] voxels, VolumeShape shape, VolumeShape stride, float lowest, float highest) =>
        (Voxels, Shape, Stride, Lowest, Highest) = (voxels, shape, stride, lowest, highest);

    /// <summary>uint16 [Z, Y, X], 0 to 65535 from lowest to highest; shared, not a copy.</summary>
    public ushort[] Voxels { get; }

    /// <summary>Lengths of the axes.</summary>
    public VolumeShape Shape { get; }

    /// <summary>Voxels of the finest resolution for one along each axis.</summary>
    public VolumeShape Stride { get; }

    /// <summary>The intensity that 0 stands for.</summary>
    public float Lowest { get; }

    /// <summary>The intensity that 65535 stands for; above the lowest.</summary>
    public float Highest { get; }

    /// <summary>Packs intensities; those that are not finite count as the lowest.</summary>
    /// <param name="voxels">float32 [Z, Y, X]; borrowed.</param>
    /// <param name="shape">Lengths of the axes, at least 1.</param>
    /// <param name="stride">Voxels of the finest resolution for one along each axis.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static IntensityVolume Of(ReadOnlySpan<float> voxels, VolumeShape shape, VolumeShape? stride = null)
    {
        VolumeFit.Require(voxels.Length, shape);
        (float lowest, float highest) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float v in voxels)
        {
            if (!float.IsFinite(v))
                continue;
            lowest = MathF.Min(lowest, v);
            highest = MathF.Max(highest, v);
        }
        if (lowest > highest)
            lowest = highest = 0;
        if (lowest == highest)
            highest = lowest + 1;
        ushort[] packed = new ushort[voxels.Length];
        double scale = Steps / ((double)highest - lowest);
        for (int i = 0; i < packed.Length; i++)
            packed[i] = float.IsFinite(voxels[i]) ? (ushort)Math.Round((voxels[i] - (double)lowest) * scale) : (ushort)0;
        return new IntensityVolume(packed, shape, stride ?? new VolumeShape(1, 1, 1), lowest, highest);
    }

    /// <summary>The same voxels, said to stand for another number of finer ones.</summary>
    /// <param name="stride">Voxels of the finest resolution for one along each axis.</param>
    public IntensityVolume WithStride(VolumeShape stride) => new(Voxels, Shape, stride, Lowest, Highest);

    /// <summary>Intensities below which two shares of the voxels lie, for a contrast.</summary>
    /// <param name="low">Share, 0 to 1.</param>
    /// <param name="high">Share, above <paramref name="low"/>.</param>
    /// <returns>Two intensities, the second above the first.</returns>
    public (double Low, double High) Percentiles(double low, double high)
    {
        long[] histogram = new long[Steps + 1];
        foreach (ushort v in Voxels)
            histogram[v]++;
        (int a, int b) = (At(low), At(high));
        if (b <= a)
            b = a + 1;
        double step = ((double)Highest - Lowest) / Steps;
        return (Lowest + a * step, Lowest + b * step);

        int At(double share)
        {
            long below = 0, wanted = (long)(share * (Voxels.LongLength - 1));
            for (int v = 0; v <= Steps; v++)
            {
                below += histogram[v];
                if (below > wanted)
                    return v;
            }
            return Steps;
        }
    }
}
