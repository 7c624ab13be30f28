using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Flows;

/// <summary>Computes the flows of one cell within its bounding box; one per thread, buffers are reused.</summary>
/// <remarks>In 3D a voxel's flow is the sum of the 2D flows of the three planes through it, not normalised, as in the reference.</remarks>
internal sealed class CellFlow
{
    private readonly SliceDiffusion _slice = new();
    private bool[] _inside = [];
    private double[] _flow = [];

    /// <summary>True for voxels of the box that belong to the cell; the box's own raster order.</summary>
    public ReadOnlySpan<bool> Inside => _inside.AsSpan(0, Size);

    /// <summary>Number of voxels of the box.</summary>
    public int Size { get; private set; }

    /// <summary>Index in the box of the 2D cell's centre.</summary>
    public int Centre => _slice.Centre;

    /// <summary>The flow along spatial axis <paramref name="axis"/>, one value per voxel of the box, 0 outside the cell.</summary>
    public ReadOnlySpan<double> Component(int axis) => _flow.AsSpan(axis * Size, Size);

    /// <summary>Computes the flows of one cell.</summary>
    public void Compute(NdArray<int> labels, VoxelGrid grid, CellBox box, int? niter)
    {
        (int d, int h, int w) = (box.Depth, box.Height, box.Width);
        Size = checked(d * h * w);
        if (_inside.Length < Size)
            _inside = new bool[Size];
        if (_flow.Length < Size * grid.Rank)
            _flow = new double[Size * grid.Rank];
        _flow.AsSpan(0, Size * grid.Rank).Clear();
        CopyInside(labels, grid, box);

        if (grid.Rank == 2)
        {
            _slice.Run(Inside, h, w, w, 1, niter, (at, dy, dx) =>
            {
                _flow[at] = dy;
                _flow[Size + at] = dx;
            });
            return;
        }
        for (int z = 0; z < d; z++)
            AddSlice(z * h * w, h, w, w, 1, 1, 2, niter);
        for (int y = 0; y < h; y++)
            AddSlice(y * w, d, w, h * w, 1, 0, 2, niter);
        for (int x = 0; x < w; x++)
            AddSlice(x, d, h, h * w, w, 0, 1, niter);
    }

    private void AddSlice(int offset, int height, int width, int strideY, int strideX, int firstAxis, int secondAxis, int? niter)
    {
        int first = firstAxis * Size + offset, second = secondAxis * Size + offset;
        _slice.Run(Inside[offset..], height, width, strideY, strideX, niter, (at, dy, dx) =>
        {
            _flow[first + at] = (float)(_flow[first + at] + dy);         // the reference adds into float32
            _flow[second + at] = (float)(_flow[second + at] + dx);
        });
    }

    private void CopyInside(NdArray<int> labels, VoxelGrid grid, CellBox box)
    {
        int at = 0;
        for (int z = box.Z0; z < box.Z1; z++)
        {
            for (int y = box.Y0; y < box.Y1; y++)
            {
                foreach (int label in labels.Data.AsSpan((z * grid.Y + y) * grid.X + box.X0, box.Width))
                    _inside[at++] = label == box.Label;
            }
        }
    }
}
