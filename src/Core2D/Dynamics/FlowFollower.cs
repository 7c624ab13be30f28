using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Moves every foreground voxel along the flows until it gathers with the others of its cell.</summary>
/// <remarks>
/// Six points are in flight at a time, and each thread works on its own rows. A point whose position after
/// <see cref="Period"/> steps is the one before them repeats forever, so only the remainder of its steps is run: the
/// result has the bits of running them all. Reference: <c>follow_flows</c>, <c>steps_interp</c>, <c>steps2D</c>.
/// </remarks>
public static class FlowFollower
{
    /// <summary>Divisible by 1, 2, 3 and 4: nearly every point ends at rest or in so short a cycle around a centre.</summary>
    internal const int Period = 12;

    /// <summary>Points that one thread moves side by side.</summary>
    internal const int InFlight = 6;

    private const int Batch = 170 * InFlight;
    private const int PieceVoxels = 16384;
    private const int AdvancePiece = 680 * InFlight;

    /// <summary>End positions of all foreground voxels.</summary>
    /// <param name="flows">float32 <c>[D, (Z,) Y, X]</c>, 5 times the unit flow; borrowed.</param>
    /// <param name="cellProb">float32 <c>[(Z,) Y, X]</c>, logit; borrowed.</param>
    /// <param name="threshold">A voxel is foreground when its logit is greater; NaN never is.</param>
    /// <param name="niter">Number of steps; 0 returns the start positions.</param>
    /// <param name="sampler">How the field is read between voxel centres.</param>
    /// <param name="threads">Number of threads, which never changes a result; 0 takes all processors.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between batches of rows.</param>
    /// <returns>float32 <c>[D, N]</c>, voxels, N foreground voxels in raster order; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The shapes disagree.</exception>
    public static NdArray<float> Follow(
        NdArray<float> flows, NdArray<float> cellProb, float threshold, int niter, FlowSampler sampler = FlowSampler.Linear,
        int threads = 0, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(niter);
        var field = FlowField.Build(flows, cellProb, threshold, sampler, threads: threads, cancellationToken: cancellationToken);
        int rank = field.Whole.Rank, pieceRows = PieceRows(field.Window);
        float[] logits = cellProb.Data;
        int[] first = FirstOfPiece(logits, field.Window, threshold, pieceRows, out int count);
        var end = new NdArray<float>(rank, count);
        Walk(field, logits, threshold, niter, pieceRows, threads, (piece, offset, starts, points) =>
        {
            for (int n = 0; n < starts.Length; n++)
            {
                for (int k = 0; k < rank; k++)
                    end.Data[k * (long)count + first[piece] + offset + n] = points[n][k];
            }
        }, progress, cancellationToken);
        return end;
    }

    /// <summary>The voxel in which each foreground voxel ends: the memory-lean form that mask making uses.</summary>
    /// <param name="field">The field to follow, whole; borrowed.</param>
    /// <param name="cellProb">float32 <c>[(Z,) Y, X]</c>, logit; borrowed.</param>
    /// <param name="threshold">The threshold the field was built with.</param>
    /// <param name="niter">Number of steps.</param>
    /// <param name="threads">Number of threads, which never changes a result; 0 takes all processors.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between batches of rows.</param>
    /// <returns>int32 <c>[(Z,) Y, X]</c>, linear index of the end position with each coordinate truncated, -1 for background; owned by the caller.</returns>
    /// <remarks>4 bytes per voxel beside the field, whatever the number of foreground voxels.</remarks>
    /// <exception cref="ArgumentException">The shapes disagree, or the field is a window.</exception>
    public static NdArray<int> EndPoints(
        FlowField field, NdArray<float> cellProb, float threshold, int niter,
        int threads = 0, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(niter);
        field.Window.Require(cellProb.Shape, nameof(cellProb));
        if (field.Window != field.Whole)
            throw new ArgumentException($"field must be whole; got a window {field.Window} of {field.Whole} (use Advance on windows).", nameof(field));

        VoxelGrid grid = field.Whole;
        int[] end = GC.AllocateUninitializedArray<int>(cellProb.Length);
        Walk(field, cellProb.Data, threshold, niter, PieceRows(grid), threads, (_, _, starts, points) =>
        {
            for (int n = 0; n < starts.Length; n++)
            {
                Vector128<int> voxel = Vector128.ConvertToInt32Native(points[n]);
                end[starts[n]] = grid.Rank == 2
                    ? voxel[0] * grid.X + voxel[1]
                    : (voxel[0] * grid.Y + voxel[1]) * grid.X + voxel[2];
            }
        }, progress, cancellationToken, end);
        return new NdArray<int>(end, grid.Shape);
    }

    /// <summary>
    /// Advances points inside a window of a larger volume: each until its steps are used up or its next step would read outside the window.
    /// </summary>
    /// <param name="field">A window of the field, for <see cref="FlowSampler.Linear"/> or <see cref="FlowSampler.Nearest"/>; borrowed.</param>
    /// <param name="positions">float32 <c>[N, D]</c>, voxels of the whole; advanced in place.</param>
    /// <param name="stepsLeft">int32 <c>[N]</c>, steps to go; what remains is above 0 for a point that has to go on in another window.</param>
    /// <param name="threads">Number of threads, which never changes a result; 0 takes all processors.</param>
    /// <param name="cancellationToken">Checked between batches of points.</param>
    /// <remarks>Positions are those of the whole, so a walk through any windows has the bits of a walk through the whole field.</remarks>
    /// <exception cref="ArgumentException">The lengths disagree, or the field has another sampler.</exception>
    public static void Advance(
        FlowField field, Memory<float> positions, Memory<int> stepsLeft, int threads = 0, CancellationToken cancellationToken = default)
    {
        int rank = field.Whole.Rank;
        if (positions.Length != (long)stepsLeft.Length * rank)
            throw new ArgumentException($"positions must hold {rank} values for each of {stepsLeft.Length} points; got {positions.Length}.", nameof(positions));
        if (field.Sampler == FlowSampler.GridSample)
            throw new ArgumentException($"field must be built for FlowSampler.Linear or Nearest; got {field.Sampler}.", nameof(field));
        _ = field.LongestStep;                                           // found once, before the threads need it
        ParallelWork.Ranges(stepsLeft.Length, AdvancePiece, threads, (from, to) =>
            AdvanceRange(field, positions.Span[(from * rank)..(to * rank)], stepsLeft.Span[from..to]), cancellationToken);
    }

    private delegate void Arrive(int piece, int offset, ReadOnlySpan<int> starts, ReadOnlySpan<Vector128<float>> points);

    private static int PieceRows(VoxelGrid grid) => Math.Max(1, PieceVoxels / Math.Max(1, grid.X));

    private static int[] FirstOfPiece(float[] logits, VoxelGrid grid, float threshold, int pieceRows, out int count)
    {
        int rows = checked((int)grid.Rows);
        int[] first = new int[(rows + pieceRows - 1) / pieceRows];
        count = 0;
        for (int piece = 0; piece < first.Length; piece++)
        {
            first[piece] = count;
            int from = piece * pieceRows, to = Math.Min(rows, from + pieceRows);
            foreach (float logit in logits.AsSpan(from * grid.X, (to - from) * grid.X))
                count += FlowField.IsForeground(logit, threshold) ? 1 : 0;
        }
        return first;
    }

    // Follows the foreground of pieces of rows, in batches that stay in the cache; background gets -1 where asked for.
    private static unsafe void Walk(
        FlowField field, float[] logits, float threshold, int niter, int pieceRows, int threads, Arrive arrive,
        IProgress<float>? progress, CancellationToken cancellationToken, int[]? background = null)
    {
        VoxelGrid grid = field.Window;
        int rows = checked((int)grid.Rows);
        fixed (float* values = field.Values)
        {
            var view = new FieldView(field, values);
            ParallelWork.Run((rows + pieceRows - 1) / pieceRows, threads, () => new PointBatch(Batch), (batch, piece) =>
            {
                int offset = 0;
                int to = Math.Min(rows, (piece + 1) * pieceRows);
                batch.Count = 0;
                for (int row = piece * pieceRows; row < to; row++)
                {
                    int start = row * grid.X;
                    for (int x = 0; x < grid.X; x++)
                    {
                        if (!FlowField.IsForeground(logits[start + x], threshold))
                        {
                            if (background is not null)
                                background[start + x] = -1;
                            continue;
                        }
                        batch.Add(start + x, grid.Rank == 2
                            ? Vector128.Create(row, x, 0f, 0f)
                            : Vector128.Create(row / grid.Y, row % grid.Y, x, 0f));
                        if (batch.Count == Batch)
                            Flush();
                    }
                }
                Flush();

                void Flush()
                {
                    FollowBatch(field, view, batch.Padded(), niter);
                    arrive(piece, offset, batch.Starts, batch.Points);
                    offset += batch.Count;
                    batch.Count = 0;
                }
            }, progress, cancellationToken);
        }
    }

    private static void FollowBatch(FlowField field, FieldView view, Span<Vector128<float>> points, int niter)
    {
        switch (field.Sampler, field.Whole.Rank)
        {
            case (FlowSampler.Linear, 2): FollowAll(new LinearStep2(view), points, niter); break;
            case (FlowSampler.Linear, 3): FollowAll(new LinearStep3(view), points, niter); break;
            case (FlowSampler.Nearest, 2): FollowAll(new NearestStep2(view), points, niter); break;
            case (FlowSampler.Nearest, 3): FollowAll(new NearestStep3(view), points, niter); break;
            case (FlowSampler.GridSample, 2): FollowAll(new GridSampleStep2(view), points, niter); break;
            case (FlowSampler.GridSample, 3): FollowAll(new GridSampleStep3(view), points, niter); break;
            default: throw new ArgumentException($"FlowSampler {field.Sampler} is not one of Linear, Nearest, GridSample.", nameof(field));
        }
    }

    // One step is a chain of some 45 cycles; InFlight independent ones overlap (measured: 4 is 1.3 times slower in 2D, 8 no faster in 3D).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FollowAll<TStep>(TStep step, Span<Vector128<float>> points, int niter)
        where TStep : struct, IFlowStep
    {
        for (int n = 0; n + InFlight <= points.Length; n += InFlight)
        {
            Vector128<float> a = step.Begin(points[n]), b = step.Begin(points[n + 1]), c = step.Begin(points[n + 2]);
            Vector128<float> d = step.Begin(points[n + 3]), e = step.Begin(points[n + 4]), f = step.Begin(points[n + 5]);
            int left = niter;
            while (left >= Period)
            {
                Vector128<float> a0 = a, b0 = b, c0 = c, d0 = d, e0 = e, f0 = f;
                for (int t = 0; t < Period; t++)
                {
                    a = step.Next(a);
                    b = step.Next(b);
                    c = step.Next(c);
                    d = step.Next(d);
                    e = step.Next(e);
                    f = step.Next(f);
                }
                left -= Period;
                if (a == a0 && b == b0 && c == c0 && d == d0 && e == e0 && f == f0)
                    left %= Period;
            }
            for (; left > 0; left--)
            {
                a = step.Next(a);
                b = step.Next(b);
                c = step.Next(c);
                d = step.Next(d);
                e = step.Next(e);
                f = step.Next(f);
            }
            points[n] = step.End(a);
            points[n + 1] = step.End(b);
            points[n + 2] = step.End(c);
            points[n + 3] = step.End(d);
            points[n + 4] = step.End(e);
            points[n + 5] = step.End(f);
        }
    }

    private static unsafe void AdvanceRange(FlowField field, Span<float> positions, Span<int> stepsLeft)
    {
        fixed (float* values = field.Values)
        {
            var view = new FieldView(field, values);
            WindowBounds window = WindowBounds.Of(field), deep = WindowBounds.Of(field, Period);
            switch (field.Sampler, field.Whole.Rank)
            {
                case (FlowSampler.Linear, 2): AdvanceAll(new LinearStep2(view), window, deep, 2, positions, stepsLeft); break;
                case (FlowSampler.Linear, 3): AdvanceAll(new LinearStep3(view), window, deep, 3, positions, stepsLeft); break;
                case (_, 2): AdvanceAll(new NearestStep2(view), window, deep, 2, positions, stepsLeft); break;
                default: AdvanceAll(new NearestStep3(view), window, deep, 3, positions, stepsLeft); break;
            }
        }
    }

    private static void AdvanceAll<TStep>(
        TStep step, WindowBounds window, WindowBounds deep, int rank, Span<float> positions, Span<int> stepsLeft)
        where TStep : struct, IFlowStep
    {
        Span<Vector128<float>> points = stackalloc Vector128<float>[InFlight];
        for (int first = 0; first < stepsLeft.Length; first += InFlight)
        {
            int count = Math.Min(InFlight, stepsLeft.Length - first);
            Span<int> left = stepsLeft.Slice(first, count);
            for (int n = 0; n < count; n++)
                points[n] = Load(positions.Slice((first + n) * rank, rank));
            if (count == InFlight)
                AdvanceDeep(step, deep, points, left);
            for (int n = 0; n < count; n++)
            {
                AdvanceOne(step, window, ref points[n], ref left[n]);
                for (int k = 0; k < rank; k++)
                    positions[(first + n) * rank + k] = points[n][k];
            }
        }
    }

    // As long as all points are so deep inside that a period of steps cannot lead out, they move side by side without a look at the border.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AdvanceDeep<TStep>(TStep step, WindowBounds deep, Span<Vector128<float>> points, Span<int> left)
        where TStep : struct, IFlowStep
    {
        Vector128<float> a = points[0], b = points[1], c = points[2], d = points[3], e = points[4], f = points[5];
        int periods = int.MaxValue;
        foreach (int steps in left)
            periods = Math.Min(periods, steps / Period);
        for (; periods > 0 && deep.Holds(a) && deep.Holds(b) && deep.Holds(c) && deep.Holds(d) && deep.Holds(e) && deep.Holds(f); periods--)
        {
            Vector128<float> a0 = a, b0 = b, c0 = c, d0 = d, e0 = e, f0 = f;
            for (int t = 0; t < Period; t++)
            {
                a = step.Next(a);
                b = step.Next(b);
                c = step.Next(c);
                d = step.Next(d);
                e = step.Next(e);
                f = step.Next(f);
            }
            bool repeated = a == a0 && b == b0 && c == c0 && d == d0 && e == e0 && f == f0;
            foreach (ref int steps in left)
                steps = repeated ? steps % Period : steps - Period;
            if (repeated)
                break;
        }
        (points[0], points[1], points[2], points[3], points[4], points[5]) = (a, b, c, d, e, f);
    }

    private static void AdvanceOne<TStep>(TStep step, WindowBounds window, ref Vector128<float> point, ref int left)
        where TStep : struct, IFlowStep
    {
        Vector128<float> p = point, before = p;
        for (int sinceBefore = 0; left > 0 && window.Holds(p);)
        {
            p = step.Next(p);
            left--;
            if (++sinceBefore < Period)
                continue;
            if (p == before)
                left %= Period;
            before = p;
            sinceBefore = 0;
        }
        point = p;
    }

    private static Vector128<float> Load(ReadOnlySpan<float> position) =>
        Vector128.Create(position[0], position[1], position.Length == 3 ? position[2] : 0, 0);
}
