using System.Numerics;
using System.Runtime.InteropServices;

namespace Cellpose3D.Core2D.Flows;

/// <summary>
/// Heat diffusion inside one plane of one cell: a source at the centre, the mean of 3 x 3 pixels at every step, nothing outside the cell.
/// </summary>
/// <remarks>
/// Double precision, additions in the order of the reference (<c>_extend_centers</c>), so the bits agree. The window is
/// padded to whole vectors; weights of 1/9 inside and 0 outside do both the mean and the cell's border. Made once per
/// thread and reused; buffers only grow.
/// </remarks>
internal sealed class SliceDiffusion
{
    private const int Pad = 8;                                           // left and right of each row; at least one vector

    private double[] _heat = [], _next = [], _weights = [];
    private (int First, int End)[] _spans = [];

    /// <summary>Index of the source pixel within the window given to <see cref="Run"/>; -1 when the slice is empty.</summary>
    public int Centre { get; private set; }

    /// <summary>Computes unit flows towards the centre.</summary>
    /// <param name="inside">bool window; pixel (y, x) at y * <paramref name="strideY"/> + x * <paramref name="strideX"/>.</param>
    /// <param name="height">Rows of the window.</param>
    /// <param name="width">Columns of the window.</param>
    /// <param name="strideY">Step between rows.</param>
    /// <param name="strideX">Step between columns.</param>
    /// <param name="niter">Number of steps, or null for 2 * (height + width + 4) of the tight bounding box.</param>
    /// <param name="flow">Called for every pixel of the cell in raster order with its index and the flow along y and x.</param>
    public void Run(ReadOnlySpan<bool> inside, int height, int width, int strideY, int strideX, int? niter, Action<int, double, double> flow)
    {
        Centre = -1;
        if (!FindBox(inside, height, width, strideY, strideX, out int y0, out int x0, out int h, out int w))
            return;

        int stride = Pad + (w + Pad - 1) / Pad * Pad + Pad;
        Prepare(checked((h + 2) * stride), h);
        FillWeights(inside[(y0 * strideY + x0 * strideX)..], h, w, strideY, strideX, stride);
        (int cy, int cx) = FindCentre(inside[(y0 * strideY + x0 * strideX)..], h, w, strideY, strideX);
        Centre = (y0 + cy) * strideY + (x0 + cx) * strideX;

        Diffuse(h, stride, (cy + 1) * stride + Pad + cx, niter ?? 2 * (h + w + 4));
        for (int y = 0; y < h; y++)
        {
            for (int x = 0; x < w; x++)
            {
                int window = (y0 + y) * strideY + (x0 + x) * strideX;
                if (!inside[window])
                    continue;
                int at = (y + 1) * stride + Pad + x;
                double dy = _heat[at + stride] - _heat[at - stride], dx = _heat[at + 1] - _heat[at - 1];
                double norm = 1e-60 + Math.Sqrt(dy * dy + dx * dx);
                flow(window, dy / norm, dx / norm);
            }
        }
    }

    private static bool FindBox(
        ReadOnlySpan<bool> inside, int height, int width, int strideY, int strideX, out int y0, out int x0, out int h, out int w)
    {
        (y0, x0) = (int.MaxValue, int.MaxValue);
        int y1 = -1, x1 = -1;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (!inside[y * strideY + x * strideX])
                    continue;
                (y0, y1) = (Math.Min(y0, y), y);
                (x0, x1) = (Math.Min(x0, x), Math.Max(x1, x));
            }
        }
        (h, w) = (y1 - y0 + 1, x1 - x0 + 1);
        return y1 >= 0;
    }

    private void Prepare(int size, int rows)
    {
        if (_heat.Length < size)
            (_heat, _next, _weights) = (new double[size], new double[size], new double[size]);
        else
        {
            _heat.AsSpan(0, size).Clear();
            _next.AsSpan(0, size).Clear();
            _weights.AsSpan(0, size).Clear();
        }
        if (_spans.Length < rows)
            _spans = new (int, int)[rows];
    }

    private void FillWeights(ReadOnlySpan<bool> inside, int h, int w, int strideY, int strideX, int stride)
    {
        for (int y = 0; y < h; y++)
        {
            int first = w, last = -1, row = (y + 1) * stride + Pad;
            for (int x = 0; x < w; x++)
            {
                if (!inside[y * strideY + x * strideX])
                    continue;
                _weights[row + x] = 1 / 9.0;
                (first, last) = (Math.Min(first, x), x);
            }
            _spans[y] = last < 0 ? (0, 0) : (row + first, row + last + 1);
        }
    }

    // The pixel of the cell nearest the mean of its pixels, first in raster order; coordinates count from 1 as in the
    // reference, whose rounding decides ties.
    private static (int Y, int X) FindCentre(ReadOnlySpan<bool> inside, int h, int w, int strideY, int strideX)
    {
        double sumY = 0, sumX = 0;
        long count = 0;
        for (int y = 0; y < h; y++)
        {
            for (int x = 0; x < w; x++)
            {
                if (!inside[y * strideY + x * strideX])
                    continue;
                sumY += y + 1;
                sumX += x + 1;
                count++;
            }
        }
        double meanY = sumY / count, meanX = sumX / count, best = double.PositiveInfinity;
        (int Y, int X) centre = default;
        for (int y = 0; y < h; y++)
        {
            for (int x = 0; x < w; x++)
            {
                double distance = (x + 1 - meanX) * (x + 1 - meanX) + (y + 1 - meanY) * (y + 1 - meanY);
                if (inside[y * strideY + x * strideX] && distance < best)
                    (best, centre) = (distance, (y, x));
            }
        }
        return centre;
    }

    private void Diffuse(int h, int stride, int centre, int niter)
    {
        int step = Vector<double>.Count;
        for (int t = 0; t < niter; t++)
        {
            _heat[centre] += 1;
            ref double heat = ref MemoryMarshal.GetArrayDataReference(_heat);
            ref double next = ref MemoryMarshal.GetArrayDataReference(_next);
            ref double weights = ref MemoryMarshal.GetArrayDataReference(_weights);
            for (int y = 0; y < h; y++)
            {
                (int first, int end) = _spans[y];
                for (int at = first; at < end; at += step)
                {
                    int above = at - stride, below = at + stride;
                    Vector<double> sum = Load(ref heat, at) + Load(ref heat, above) + Load(ref heat, below)
                        + Load(ref heat, at - 1) + Load(ref heat, at + 1)
                        + Load(ref heat, above - 1) + Load(ref heat, above + 1)
                        + Load(ref heat, below - 1) + Load(ref heat, below + 1);
                    (Load(ref weights, at) * sum).StoreUnsafe(ref next, (nuint)at);
                }
            }
            (_heat, _next) = (_next, _heat);
        }
    }

    private static Vector<double> Load(ref double values, int at) => Vector.LoadUnsafe(ref values, (nuint)at);
}
