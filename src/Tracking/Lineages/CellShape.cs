using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Tracking.Lineages;

/// <summary>How deep each voxel in and around a cell lies within it: micrometres to the outline, negative outside.</summary>
internal sealed class CellShape
{
    private readonly float[] _depth;                                     // [box] with a margin of a voxel

    private readonly SpacingUm _spacing;

    private CellShape(VolumeBox box, double z, double y, double x, float[] depth, SpacingUm spacing)
    {
        (Box, CentreZ, CentreY, CentreX, _depth, _spacing) = (box, z, y, x, depth, spacing);
    }

    /// <summary>The cell's box with a margin of a voxel, which may leave the image.</summary>
    public VolumeBox Box { get; }

    /// <summary>The centroid within the box, in voxels.</summary>
    public double CentreZ { get; }

    /// <summary>The centroid within the box, in voxels.</summary>
    public double CentreY { get; }

    /// <summary>The centroid within the box, in voxels.</summary>
    public double CentreX { get; }

    /// <summary>Takes a cell's shape.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c> that hold it; borrowed.</param>
    /// <param name="spacing">Size of a voxel.</param>
    public static CellShape Of(in Detection cell, NdArray<int> labels, SpacingUm spacing)
    {
        bool isFlat = labels.Rank == 2;
        int marginZ = isFlat ? 0 : 1, height = labels.Shape[^2], width = labels.Shape[^1];
        VolumeBox c = cell.Box, box = new(c.Z - marginZ, c.Y - 1, c.X - 1, c.Depth + 2 * marginZ, c.Height + 2, c.Width + 2);
        bool[] mask = new bool[box.Count];
        for (int z = c.Z; z < c.EndZ; z++)
        {
            for (int y = c.Y; y < c.EndY; y++)
            {
                for (int x = c.X; x < c.EndX; x++)
                    mask[At(box, z, y, x)] = labels.Data[((long)z * height + y) * width + x] == cell.Label;
            }
        }
        double[] inside = Distances(mask, box, spacing, isFlat, to: false), outside = Distances(mask, box, spacing, isFlat, to: true);
        float[] depth = new float[mask.Length];
        for (int n = 0; n < depth.Length; n++)
            depth[n] = (float)(Math.Sqrt(inside[n]) - Math.Sqrt(outside[n]));
        (double cz, double cy, double cx) = spacing.ToVoxels(cell.Centroid);
        return new CellShape(box, cz - box.Z, cy - box.Y, cx - box.X, depth, spacing);
    }

    /// <summary>How deep a place lies.</summary>
    /// <param name="z">From the centroid, in voxels.</param>
    /// <param name="y">From the centroid, in voxels.</param>
    /// <param name="x">From the centroid, in voxels.</param>
    /// <returns>Of the nearest voxel; beyond the box as deep as at its side, less the way there.</returns>
    public double Depth(double z, double y, double x)
    {
        int iz = (int)Math.Round(z + CentreZ), iy = (int)Math.Round(y + CentreY), ix = (int)Math.Round(x + CentreX);
        int nz = Math.Clamp(iz, 0, Box.Depth - 1), ny = Math.Clamp(iy, 0, Box.Height - 1), nx = Math.Clamp(ix, 0, Box.Width - 1);
        double beyond = Math.Abs(iz - nz) * _spacing.Z + Math.Abs(iy - ny) * _spacing.Y + Math.Abs(ix - nx) * _spacing.X;
        return _depth[(nz * Box.Height + ny) * Box.Width + nx] - beyond;
    }

    private static int At(VolumeBox box, int z, int y, int x) => ((z - box.Z) * box.Height + (y - box.Y)) * box.Width + (x - box.X);

    /// <summary>Squared distance of every voxel to the nearest that is, or is not, of the mask; axis after axis.</summary>
    private static double[] Distances(bool[] mask, VolumeBox box, SpacingUm spacing, bool isFlat, bool to)
    {
        const double far = 1e12;
        double[] squared = Array.ConvertAll(mask, m => m == to ? 0.0 : far);
        int[] lengths = [box.Depth, box.Height, box.Width], strides = [box.Height * box.Width, box.Width, 1];
        double[] steps = [spacing.Z, spacing.Y, spacing.X];
        for (int axis = isFlat ? 1 : 0; axis < 3; axis++)
        {
            int length = lengths[axis], stride = strides[axis];
            double[] line = new double[length];
            for (int start = 0; start < squared.Length; start++)
            {
                if (start / stride % length != 0)
                    continue;
                for (int i = 0; i < length; i++)
                    line[i] = squared[start + i * stride];
                for (int i = 0; i < length; i++)
                {
                    double best = far;
                    for (int j = 0; j < length; j++)
                    {
                        double step = (i - j) * steps[axis];
                        best = Math.Min(best, line[j] + step * step);
                    }
                    squared[start + i * stride] = best;
                }
            }
        }
        return squared;
    }
}
