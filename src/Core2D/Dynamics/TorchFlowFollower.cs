using Cellpose3D.Core2D.Native;
using static TorchSharp.torch;

namespace Cellpose3D.Core2D.Dynamics;

/// <summary>The follower for GPUs: the same steps as <see cref="FlowFollower"/>, on whatever device the flows are.</summary>
/// <remarks>
/// Linear and nearest sampling use one elementary operation per kernel, in the order of the span kernels, so positions
/// have their bits wherever single-precision operations round as IEEE 754 asks (the CPU and CUDA do) and the labels are
/// the same. GridSample uses torch's own, as the reference does: a few chaotic points differ by more than 1e-3.
/// Finding seeds, painting, flow errors and clean-up take a fraction of the following and stay on the CPU
/// (<see cref="MaskMaker.FromEndPoints"/>).
/// </remarks>
public static class TorchFlowFollower
{
    private const long ChunkPoints = 1 << 22;                            // bounds temporaries: about 30 float32 a point

    /// <summary>End positions of all foreground voxels.</summary>
    /// <param name="flows">float32 <c>[D, (Z,) Y, X]</c>, 5 times the unit flow, any device; borrowed.</param>
    /// <param name="cellProb">float32 <c>[(Z,) Y, X]</c>, logit, the same device; borrowed.</param>
    /// <param name="threshold">A voxel is foreground when its logit is greater; NaN never is.</param>
    /// <param name="niter">Number of steps.</param>
    /// <param name="sampler">How the field is read between voxel centres.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked before every step.</param>
    /// <returns>float32 <c>[N, D]</c>, voxels, in raster order, on the flows' device; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The shapes disagree.</exception>
    public static Tensor Follow(
        Tensor flows, Tensor cellProb, float threshold, int niter, FlowSampler sampler = FlowSampler.Linear,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(niter);
        int d = (int)flows.dim() - 1;
        if (d is not (2 or 3) || flows.shape[0] != d || !flows.shape.AsSpan(1).SequenceEqual(cellProb.shape))
            throw new ArgumentException($"flows must be [D, (Z,) Y, X] over cellProb's axes; got [{string.Join(", ", flows.shape)}] and [{string.Join(", ", cellProb.shape)}].", nameof(flows));

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor foreground = cellProb > threshold;
        Tensor field = where(foreground & flows.isfinite(), flows / Scalars.Of(FlowField.NetworkScale), zeros_like(flows));   // [D, (Z,) Y, X]
        Tensor starts = foreground.nonzero();                                                                    // [N, D]
        if (starts.shape[0] == 0)
            return zeros([0, d], dtype: ScalarType.Float32, device: flows.device).MoveToOuterDisposeScope();

        Stepper stepper = sampler switch
        {
            FlowSampler.Linear => new LinearStepper(field),
            FlowSampler.Nearest => new NearestStepper(field),
            FlowSampler.GridSample => new GridSampleStepper(field),
            _ => throw new ArgumentException($"FlowSampler {sampler} is not one of Linear, Nearest, GridSample.", nameof(sampler)),
        };
        Tensor[] chunks = starts.to(ScalarType.Float32).split(ChunkPoints);
        for (int n = 0; n < chunks.Length; n++)
        {
            using var chunkScope = NewDisposeScope();
            Tensor p = stepper.Begin(chunks[n]);
            for (int step = 1; step <= niter; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var temporaries = NewDisposeScope();               // bounds memory to one step
                p.copy_(stepper.Next(p));
                progress?.Report((n + (float)step / niter) / chunks.Length);
            }
            chunks[n] = stepper.End(p).MoveToOuterDisposeScope();
        }
        return cat(chunks, 0).MoveToOuterDisposeScope();
    }

    /// <summary>The voxel in which each foreground voxel ends, for <see cref="MaskMaker.FromEndPoints"/>.</summary>
    /// <param name="flows">float32 <c>[D, (Z,) Y, X]</c>, 5 times the unit flow; borrowed.</param>
    /// <param name="cellProb">float32 <c>[(Z,) Y, X]</c>, logit; borrowed.</param>
    /// <param name="device">Where to follow.</param>
    /// <param name="threshold">A voxel is foreground when its logit is greater.</param>
    /// <param name="niter">Number of steps.</param>
    /// <param name="sampler">How the field is read between voxel centres.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked before every step.</param>
    /// <returns>int32 <c>[(Z,) Y, X]</c>, linear index, -1 for background; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The shapes disagree.</exception>
    public static NdArray<int> EndPoints(
        NdArray<float> flows, NdArray<float> cellProb, Device device, float threshold, int niter, FlowSampler sampler = FlowSampler.Linear,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        VoxelGrid grid = VoxelGrid.OfFlows(flows, nameof(flows));
        grid.Require(cellProb.Shape, nameof(cellProb));
        LibTorch.EnsureLoaded();
        float[] ends;
        using (NewDisposeScope())
        {
            Tensor end = Follow(TensorInterop.ToTensor(flows, device), TensorInterop.ToTensor(cellProb, device), threshold, niter, sampler, progress, cancellationToken);
            ends = new float[end.numel()];
            TensorInterop.CopyTo(end, ends);
        }

        int[] linear = new int[cellProb.Length];
        ReadOnlySpan<float> next = ends;
        for (int i = 0; i < linear.Length; i++)
        {
            if (!FlowField.IsForeground(cellProb.Data[i], threshold))
            {
                linear[i] = -1;
                continue;
            }
            int at = 0;
            for (int k = 0; k < grid.Rank; k++)
                at = at * cellProb.Shape[k] + (int)next[k];
            linear[i] = at;
            next = next[grid.Rank..];
        }
        return new NdArray<int>(linear, grid.Shape);
    }

    private abstract class Stepper
    {
        public abstract Tensor Begin(Tensor positions);

        public abstract Tensor Next(Tensor p);

        public abstract Tensor End(Tensor p);
    }

    /// <summary>Reads the flow of whole voxels; positions are voxels.</summary>
    private abstract class VoxelStepper : Stepper
    {
        private readonly Tensor _values;                                 // [V, D]
        private readonly Tensor _strides;                                // int64 [D]

        protected VoxelStepper(Tensor field)
        {
            long[] size = field.shape[1..];
            Tensor length = tensor(size, device: field.device);          // int64 [D]
            Last = (length - Scalars.One).to(ScalarType.Float32);                  // [D]
            LastVoxel = length - Scalars.One;
            _values = field.flatten(1).t().contiguous();                 // [V, D]
            _strides = tensor(size.Select((_, k) => size[(k + 1)..].Aggregate(1L, (a, b) => a * b)).ToArray(), device: field.device);
        }

        protected Tensor Last { get; }

        protected Tensor LastVoxel { get; }

        public override Tensor Begin(Tensor positions) => positions.clone();

        public override Tensor End(Tensor p) => p;

        protected Tensor Flow(Tensor voxel) => _values.index_select(0, (voxel * _strides).sum(1));      // [N, D]

        protected Tensor Clamped(Tensor p) => p.clamp_min(Scalars.Of(0)).minimum(Last);
    }

    private sealed class NearestStepper(Tensor field) : VoxelStepper(field)
    {
        public override Tensor Next(Tensor p) => Clamped(p.Plus(Flow(p.to(ScalarType.Int64))));
    }

    private sealed class LinearStepper(Tensor field) : VoxelStepper(field)
    {
        public override Tensor Next(Tensor p)
        {
            Tensor voxel = p.to(ScalarType.Int64);                       // [N, D]
            Tensor t = p - voxel.to(ScalarType.Float32);
            Tensor[] low = voxel.split(1, 1), high = voxel.add(Scalars.One, Scalars.One).minimum(LastVoxel).split(1, 1), weight = t.split(1, 1);
            return Clamped(p.Plus(Interpolated(low, high, weight)));
        }

        // The corners of the last axis outermost, the first axis interpolated first, as the span kernels do.
        private Tensor Interpolated(Tensor[] low, Tensor[] high, Tensor[] weight)
        {
            return Along(low.Length - 1, []);

            Tensor Along(int axis, Tensor[] chosen) => axis < 0
                ? Flow(cat(chosen, 1))
                : Lerp(Along(axis - 1, [low[axis], .. chosen]), Along(axis - 1, [high[axis], .. chosen]), weight[axis]);
        }

        private static Tensor Lerp(Tensor a, Tensor b, Tensor t) => a.Plus((b - a) * t);
    }

    /// <summary>Positions run from -1 to 1 over each axis, x first, as <c>grid_sample</c> wants them.</summary>
    private sealed class GridSampleStepper : Stepper
    {
        private readonly Tensor _field;                                  // [1, D, (Z,) Y, X], x component first
        private readonly Tensor _last;                                   // [D], x first
        private readonly long[] _grid;

        public GridSampleStepper(Tensor field)
        {
            int d = (int)field.shape[0];
            _last = (tensor(field.shape[1..], dtype: ScalarType.Float32, device: field.device) - Scalars.One).flip(0);
            Tensor scale = where(_last > Scalars.Of(0), Scalars.Of(2) / _last, zeros_like(_last));
            _field = (field.flip(0) * scale.view([d, .. Enumerable.Repeat(1L, d)])).unsqueeze(0);
            _grid = [.. Enumerable.Repeat(1L, d), -1, d];
        }

        public override Tensor Begin(Tensor positions) => positions.flip(1) / _last.clamp_min(Scalars.One) * Scalars.Of(2) - Scalars.One;

        public override Tensor Next(Tensor p)
        {
            Tensor flow = nn.functional.grid_sample(_field, p.view(_grid), align_corners: false);        // [1, D, 1, (1,) N]
            return p.Plus(flow.view(p.shape[1], -1).t()).clamp(Scalars.Of(-1), Scalars.One);
        }

        public override Tensor End(Tensor p) => (p.add(Scalars.One, Scalars.One) * Scalars.Of(0.5) * _last).flip(1);
    }
}
