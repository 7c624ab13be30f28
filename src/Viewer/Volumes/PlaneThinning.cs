using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Volumes;

/// <summary>Reads volumes plane by plane into memory, thinned by a stride: intensities by the mean, labels by the middle voxel, never a mixture.</summary>
public static class PlaneThinning
{
    /// <summary>Reads labels.</summary>
    /// <param name="planes">0 = background, no negative values.</param>
    /// <param name="stride">Stride along each axis, at least 1.</param>
    /// <param name="cancellationToken">Checked before every plane.</param>
    /// <returns>Owned by the caller.</returns>
    public static LabelVolume Labels(PlaneSource<int> planes, VolumeShape stride, CancellationToken cancellationToken = default)
    {
        VolumeShape full = new(planes.Depth, planes.Height, planes.Width), shape = VolumeFit.Thinned(full, stride);
        uint[] voxels = new uint[shape.Count];
        int[] plane = new int[full.Y * full.X];
        long at = 0;
        for (int z = 0; z < shape.Z; z++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            planes.Read(Middle(z, stride.Z, full.Z), plane);
            for (int y = 0; y < shape.Y; y++)
            {
                ReadOnlySpan<int> row = plane.AsSpan(Middle(y, stride.Y, full.Y) * full.X, full.X);
                for (int x = 0; x < shape.X; x++)
                    voxels[at++] = (uint)row[Middle(x, stride.X, full.X)];
            }
        }
        return new LabelVolume(voxels, shape, stride);
    }

    /// <summary>Reads one channel.</summary>
    /// <param name="planes">Any unit.</param>
    /// <param name="stride">Stride along each axis, at least 1.</param>
    /// <param name="cancellationToken">Checked before every plane.</param>
    /// <returns>Owned by the caller.</returns>
    public static IntensityVolume Intensities(PlaneSource<float> planes, VolumeShape stride, CancellationToken cancellationToken = default)
    {
        VolumeShape full = new(planes.Depth, planes.Height, planes.Width), shape = VolumeFit.Thinned(full, stride);
        float[] voxels = new float[shape.Count];
        float[] plane = new float[full.Y * full.X];
        for (int z = 0; z < full.Z; z++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            planes.Read(z, plane);
            Span<float> sums = voxels.AsSpan(z / stride.Z * shape.Y * shape.X, shape.Y * shape.X);
            if (stride.Count == 1)
            {
                plane.CopyTo(sums);
                continue;
            }
            int deep = Math.Min(stride.Z, full.Z - z / stride.Z * stride.Z);
            for (int y = 0; y < full.Y; y++)
            {
                int high = Math.Min(stride.Y, full.Y - y / stride.Y * stride.Y);
                Span<float> row = sums.Slice(y / stride.Y * shape.X, shape.X);
                for (int x = 0; x < full.X; x++)
                {
                    int cell = x / stride.X, wide = Math.Min(stride.X, full.X - cell * stride.X);
                    row[cell] += plane[y * full.X + x] / (deep * high * wide);
                }
            }
        }
        return IntensityVolume.Of(voxels, shape, stride);
    }

    private static int Middle(int index, int stride, int length) => Math.Min(length - 1, index * stride + stride / 2);
}
