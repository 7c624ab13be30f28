using System.Numerics;

namespace Cellpose3D.Core2D.Dynamics;

/// <summary>
/// The field that points follow: flows over 5, zero outside the foreground, components interleaved per voxel and padded
/// by one voxel, so that a sampler reads whole neighbourhoods without tests.
/// </summary>
/// <remarks>
/// Holds a whole image or a window of one; positions are always those of the whole, so a window gives the same bits.
/// Costs 8 bytes per pixel in 2D and 12 per voxel in 3D. A flow that is not finite counts as 0, a cell probability
/// that is NaN as background.
/// </remarks>
public sealed class FlowField
{
    /// <summary>Networks are trained on flows 5 times the unit vector.</summary>
    internal const float NetworkScale = 5f;

    private float _longestStep = -1;

    private FlowField(VoxelGrid whole, VoxelGrid window, int z0, int y0, int x0, FlowSampler sampler)
    {
        Whole = whole;
        Window = window;
        (Z0, Y0, X0) = (z0, y0, x0);
        Sampler = sampler;
        Before = sampler == FlowSampler.GridSample ? 1 : 0;
        BeforeZ = whole.Rank == 3 ? Before : 0;
        RowStride = (long)window.X + Before + 1;
        PlaneStride = RowStride * (window.Y + Before + 1);
        long planes = whole.Rank == 3 ? window.Z + Before + 1L : 1;
        long values = planes * PlaneStride * whole.Rank + 2;             // one 16-byte read may pass the last voxel by 4 bytes
        if (values > Array.MaxLength)
            throw new NotSupportedException($"a flow field of [{string.Join(", ", window.Shape)}] needs {values} values; at most {Array.MaxLength} fit one array: follow it in blocks.");
        Values = new float[values];
    }

    /// <summary>The size of the whole image or volume, to which positions are clamped.</summary>
    public VoxelGrid Whole { get; }

    /// <summary>The size of the part that is held.</summary>
    public VoxelGrid Window { get; }

    /// <summary>The sampler this field is padded and scaled for.</summary>
    public FlowSampler Sampler { get; }

    /// <summary>The largest component of any flow, in voxels a step: no point moves farther along an axis, but for rounding.</summary>
    internal float LongestStep
    {
        get
        {
            if (_longestStep < 0)
                _longestStep = Longest(Values);
            return _longestStep;
        }
    }

    internal float[] Values { get; }

    internal int Z0 { get; }

    internal int Y0 { get; }

    internal int X0 { get; }

    internal long RowStride { get; }

    internal long PlaneStride { get; }

    private int Before { get; }

    private int BeforeZ { get; }

    /// <summary>Offset in <see cref="Values"/> of the voxel (0, 0, 0) of the whole; negative for most windows.</summary>
    internal long Offset =>
        Whole.Rank * (((long)BeforeZ - Z0) * PlaneStride + ((long)Before - Y0) * RowStride + Before - X0);

    /// <summary>Makes the field of a whole image or volume.</summary>
    /// <param name="flows">float32 <c>[D, (Z,) Y, X]</c>, 5 times the unit flow; borrowed.</param>
    /// <param name="cellProb">float32 <c>[(Z,) Y, X]</c>, logit; borrowed.</param>
    /// <param name="threshold">A voxel is foreground when its logit is greater.</param>
    /// <param name="sampler">The sampler that will read the field.</param>
    /// <param name="stepLength">Voxels of a step along a flow of 5.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between rows.</param>
    /// <exception cref="ArgumentException">The shapes disagree.</exception>
    /// <exception cref="NotSupportedException">The field does not fit one array.</exception>
    public static FlowField Build(
        NdArray<float> flows, NdArray<float> cellProb, float threshold, FlowSampler sampler,
        double stepLength = 1, int threads = 0, CancellationToken cancellationToken = default) =>
        Build(flows, cellProb, threshold, sampler, VoxelGrid.OfFlows(flows, nameof(flows)), (0, 0, 0), stepLength, threads, cancellationToken);

    /// <summary>Makes the field of a window of a larger image or volume.</summary>
    /// <param name="flows">float32 <c>[D, (Z,) Y, X]</c> of the window, 5 times the unit flow; borrowed.</param>
    /// <param name="cellProb">float32 <c>[(Z,) Y, X]</c> of the window, logit; borrowed.</param>
    /// <param name="threshold">A voxel is foreground when its logit is greater.</param>
    /// <param name="sampler">The sampler that will read the field; not <see cref="FlowSampler.GridSample"/> unless the window is the whole.</param>
    /// <param name="whole">The size of the whole.</param>
    /// <param name="origin">The voxel of the whole at which the window begins.</param>
    /// <param name="stepLength">Voxels of a step along a flow of 5.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between rows.</param>
    /// <exception cref="ArgumentException">The shapes disagree, or the window leaves the whole.</exception>
    /// <exception cref="NotSupportedException">The field does not fit one array, or the sampler cannot work on a window.</exception>
    public static FlowField Build(
        NdArray<float> flows, NdArray<float> cellProb, float threshold, FlowSampler sampler,
        VoxelGrid whole, (int Z, int Y, int X) origin, double stepLength = 1, int threads = 0, CancellationToken cancellationToken = default)
    {
        VoxelGrid window = VoxelGrid.OfFlows(flows, nameof(flows));
        window.Require(cellProb.Shape, nameof(cellProb));
        if (window.Rank != whole.Rank || origin.Z < 0 || origin.Y < 0 || origin.X < 0
            || origin.Z + window.Z > whole.Z || origin.Y + window.Y > whole.Y || origin.X + window.X > whole.X)
            throw new ArgumentException($"the window {window} at {origin} must lie inside {whole}.", nameof(origin));
        if (sampler == FlowSampler.GridSample && window != whole)
            throw new NotSupportedException("FlowSampler.GridSample depends on the size of the whole array; it works on windows only where they are the whole.");

        var field = new FlowField(whole, window, origin.Z, origin.Y, origin.X, sampler);
        field.Fill(flows.Data, cellProb.Data, threshold, (float)(NetworkScale / stepLength), threads, cancellationToken);
        return field;
    }

    /// <summary>True where a voxel is followed: its logit is greater than the threshold (NaN is not).</summary>
    internal static bool IsForeground(float logit, float threshold) => logit > threshold;

    private void Fill(float[] flows, float[] cellProb, float threshold, float unit, int threads, CancellationToken cancellationToken)
    {
        int rank = Whole.Rank, width = Window.X, rows = checked((int)Window.Rows);
        int count = cellProb.Length;
        float[] scale = new float[rank];                                 // grid_sample works in units of half the axis
        int[] length = Whole.Shape;
        for (int k = 0; k < rank; k++)
            scale[k] = Sampler != FlowSampler.GridSample ? 1 : length[k] > 1 ? (float)(2.0 / (length[k] - 1)) : 0;

        ParallelWork.Ranges(rows, Math.Max(1, 16384 / Math.Max(1, width)), threads, (from, to) =>
        {
            for (int row = from; row < to; row++)
            {
                (int z, int y) = (row / Window.Y, row % Window.Y);
                ReadOnlySpan<float> logits = cellProb.AsSpan(row * width, width);
                Span<float> target = Row(z + BeforeZ, y + Before).Slice(Before * rank, width * rank);
                for (int k = 0; k < rank; k++)
                {
                    ReadOnlySpan<float> source = flows.AsSpan(k * count + row * width, width);
                    for (int x = 0; x < width; x++)
                    {
                        float v = source[x] / unit * scale[k];
                        target[x * rank + k] = IsForeground(logits[x], threshold) && float.IsFinite(v) ? v : 0;
                    }
                }
                if (Before == 0 && width > 0)
                    target[^rank..].CopyTo(Row(z, y).Slice(width * rank, rank));
            }
        }, cancellationToken);
        if (Before == 0 && count > 0)
            ReplicateLast();
    }

    private static float Longest(ReadOnlySpan<float> values)
    {
        var longest = Vector<float>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            longest = Vector.Max(longest, Vector.Abs(new Vector<float>(values[i..])));
        float result = 0;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
            result = Math.Max(result, longest[lane]);
        foreach (float value in values[i..])
            result = Math.Max(result, Math.Abs(value));
        return result;
    }

    private void ReplicateLast()
    {
        for (int z = 0; z < Window.Z; z++)
            Row(z, Window.Y - 1).CopyTo(Row(z, Window.Y));
        if (Whole.Rank == 3)
        {
            int plane = checked((int)(PlaneStride * 3));
            Values.AsSpan((int)((Window.Z - 1) * PlaneStride * 3), plane).CopyTo(Values.AsSpan((int)(Window.Z * PlaneStride * 3), plane));
        }
    }

    private Span<float> Row(int paddedZ, int paddedY) =>
        Values.AsSpan((int)((paddedZ * PlaneStride + paddedY * RowStride) * Whole.Rank), (int)(RowStride * Whole.Rank));
}
