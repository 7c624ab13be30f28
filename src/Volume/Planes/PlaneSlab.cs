using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Planes;

/// <summary>Consecutive planes of a view: taken out of a volume's order and put back into it.</summary>
internal sealed class PlaneSlab
{
    private readonly PlaneView _view;
    private readonly VolumeBox _box;
    private readonly int _planes, _height, _width, _threads;
    private readonly float[] _buffer;                                    // the box in the volume's order

    /// <summary>Makes room for a slab.</summary>
    /// <param name="view">How the volume is cut.</param>
    /// <param name="shape">Lengths of the volume.</param>
    /// <param name="first">First plane.</param>
    /// <param name="count">Number of planes.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    public PlaneSlab(PlaneView view, VolumeShape shape, int first, int count, int threads)
    {
        (_view, _planes, _threads) = (view, count, threads);
        _box = view.Slab(shape, first, count);
        (_height, _width) = (view.Height(shape), view.Width(shape));
        _buffer = GC.AllocateUninitializedArray<float>(checked((int)_box.Count));
    }

    /// <summary>Reads the planes.</summary>
    /// <param name="source">Borrowed.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <returns>float32 [C, height, width] for each plane.</returns>
    public NdArray<float>[] Read(IVolumeSource source, CancellationToken cancellationToken)
    {
        var planes = new NdArray<float>[_planes];
        for (int p = 0; p < planes.Length; p++)
            planes[p] = new NdArray<float>(source.Channels, _height, _width);
        for (int c = 0; c < source.Channels; c++)
        {
            source.Read(c, _box, _buffer, cancellationToken);
            Move(planes, c, toPlanes: true);
        }
        return planes;
    }

    /// <summary>Writes the network's maps of the planes.</summary>
    /// <param name="planes">float32 [3, height, width] for each plane; borrowed.</param>
    /// <param name="store">Receives the three maps as its components.</param>
    public void Write(NdArray<float>[] planes, IVolumeStore<float> store)
    {
        for (int c = 0; c < store.Components; c++)
        {
            Move(planes, c, toPlanes: false);
            store.Write(c, _box, _buffer);
        }
    }

    private void Move(NdArray<float>[] planes, int channel, bool toPlanes)
    {
        // the volume's order is z, y, x, of which one is the plane, one the row and one the column
        (int height, int width) = (_box.Height, _box.Width);
        int[] strides = [height * width, width, 1];
        int planeStride = strides[_view.Axis], rowStride = strides[_view.Rows], columnStride = strides[_view.Columns];
        ParallelWork.Run(_height, _threads, row =>
        {
            for (int p = 0; p < planes.Length; p++)
            {
                Span<float> line = planes[p].Plane(channel).Slice(row * _width, _width);
                int at = p * planeStride + row * rowStride;
                if (columnStride == 1 && toPlanes)
                    _buffer.AsSpan(at, _width).CopyTo(line);
                else if (columnStride == 1)
                    line.CopyTo(_buffer.AsSpan(at, _width));
                else if (toPlanes)
                    Gather(line, _buffer, at, columnStride);
                else
                    Scatter(line, _buffer, at, columnStride);
            }
        });
    }

    private static void Gather(Span<float> line, float[] buffer, int at, int stride)
    {
        for (int x = 0; x < line.Length; x++, at += stride)
            line[x] = buffer[at];
    }

    private static void Scatter(ReadOnlySpan<float> line, float[] buffer, int at, int stride)
    {
        for (int x = 0; x < line.Length; x++, at += stride)
            buffer[at] = line[x];
    }
}
