using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>A frame of a movie while its neighbours are linked to it.</summary>
public sealed class FlowFrame
{
    private readonly int[]? _direct;                                     // index of a label, less than 8 million of them
    private readonly Dictionary<int, int>? _sparse;

    internal FlowFrame(int index, int firstId, NdArray<int> labels, NdArray<float>? image, Detection[] cells)
    {
        (Index, FirstId, Labels, Image, Cells) = (index, firstId, labels, image, cells);
        Velocity = new PointUm[cells.Length];
        HasVelocity = new bool[cells.Length];
        BestForward = new float[cells.Length];
        BestBackward = new float[cells.Length];
        int largest = cells.Length == 0 ? 0 : cells[^1].Label;
        if (largest < 8_000_000)
        {
            _direct = new int[largest + 1];
            for (int n = 0; n < cells.Length; n++)
                _direct[cells[n].Label] = n;
        }
        else
            _sparse = Enumerable.Range(0, cells.Length).ToDictionary(n => cells[n].Label);
        MedianDiameter = Median(cells.Select(c => (double)c.DiameterUm));
        MedianIntensity = Median(cells.Where(c => c.Intensity > 0).Select(c => (double)c.Intensity));
    }

    /// <summary>Its number, counted from 0.</summary>
    public int Index { get; }

    /// <summary>Id of its first cell.</summary>
    public int FirstId { get; }

    /// <summary>int32 <c>[(Z,) Y, X]</c>, 0 = background; borrowed.</summary>
    public NdArray<int> Labels { get; }

    /// <summary>float32, shaped like <see cref="Labels"/>, or null; borrowed.</summary>
    public NdArray<float>? Image { get; }

    /// <summary>Its cells, by label; shared.</summary>
    public IReadOnlyList<Detection> Cells { get; }

    /// <summary>How far the image moved since the frame before.</summary>
    public PointUm Drift { get; internal set; }

    /// <summary>Median diameter of its cells, in micrometres; 0 without cells.</summary>
    public double MedianDiameter { get; }

    /// <summary>Median of its cells' mean intensities; 0 without any above 0.</summary>
    public double MedianIntensity { get; }

    /// <summary>How each cell moved to here since the frame before, drift taken off.</summary>
    internal PointUm[] Velocity { get; }

    /// <summary>Whether <see cref="Velocity"/> is known.</summary>
    internal bool[] HasVelocity { get; }

    /// <summary>The median step of the cells around each cell; null until it is asked for.</summary>
    internal PointUm[]? NeighbourSteps { get; set; }

    /// <summary>Probability of the best link that leaves each cell so far.</summary>
    internal float[] BestForward { get; }

    /// <summary>Probability of the best link that reaches each cell so far.</summary>
    internal float[] BestBackward { get; }

    internal DriftFrame? Prepared { get; set; }

    /// <summary>Index of a cell by its label, which must be one of the frame's.</summary>
    internal int IndexOf(int label) => _direct is null ? _sparse![label] : _direct[label];

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}
