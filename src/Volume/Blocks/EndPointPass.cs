using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Pass 1: follows the flow from every foreground voxel, block by block.</summary>
/// <remarks>
/// A point is moved as long as it stays in its block and a margin around it. One that leaves is not stopped: it goes on in the
/// field of the block it has come to, and so on to its last step. Positions are those of the whole volume, so its end has
/// the bits of a walk through the whole.
/// </remarks>
internal sealed class EndPointPass
{
    private const int Batch = 1 << 18;            // points moved at once

    private readonly IVolumeStore<float> _flows;
    private readonly BlockGrid _blocks;
    private readonly DynamicsOptions _options;
    private readonly int _halo;
    private readonly VoxelGrid _whole;

    /// <summary>Prepares the pass.</summary>
    /// <param name="flows">Flow along Z, Y and X, probability logit; borrowed.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="options">Threshold, number of steps, sampler and threads are used.</param>
    /// <param name="halo">Margin in voxels, at least 1.</param>
    public EndPointPass(IVolumeStore<float> flows, BlockGrid blocks, DynamicsOptions options, int halo)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(halo, 1);
        (_flows, _blocks, _options, _halo) = (flows, blocks, options, halo);
        _whole = new VoxelGrid(3, flows.Shape.Z, flows.Shape.Y, flows.Shape.X);
    }

    /// <summary>Number of points that had to go on in another block, so far.</summary>
    public long Escapes { get; private set; }

    /// <summary>Follows the points of a block; the record is the <see cref="VoxelTable"/> of their ends.</summary>
    /// <param name="n">The block.</param>
    /// <param name="places">Receives each voxel's place in its block's table.</param>
    /// <param name="seeds">Is told the ends.</param>
    /// <param name="cancellationToken">Checked between batches of points.</param>
    public StepResult RunBlock(int n, IVolumeStore<int> places, SeedPass seeds, CancellationToken cancellationToken)
    {
        VolumeBox box = _blocks[n];
        (VoxelTable table, int[] placeOf) = Follow(box, cancellationToken);
        seeds.Send(table, n);
        return new StepResult(table.ToBytes(), () =>
        {
            places.Write(0, box, placeOf);
            places.Flush();
        });
    }

    private (VoxelTable Table, int[] Places) Follow(VolumeBox box, CancellationToken cancellationToken)
    {
        var counter = new EndPointCounter(checked((int)box.Count));
        var escaped = new List<Escape>();
        FollowOwned(box, counter, escaped, cancellationToken);
        Escapes += escaped.Count;
        while (escaped.Count > 0)
        {
            ILookup<bool, Escape> parts = WithFirstBlock(escaped, out int block);
            escaped = [.. parts[false]];
            GoOn(_blocks[block], [.. parts[true]], counter, escaped, cancellationToken);
        }
        return counter.Finish(_options.Threads);
    }

    private ILookup<bool, Escape> WithFirstBlock(List<Escape> escaped, out int block)
    {
        int first = escaped.Min(BlockOf);
        block = first;
        return escaped.ToLookup(e => BlockOf(e) == first);
    }

    private int BlockOf(Escape e) => _blocks.IndexOf((int)e.Z, (int)e.Y, (int)e.X);

    // Methods of their own, so that one field is dead when the next is made.
    private void FollowOwned(VolumeBox box, EndPointCounter counter, List<Escape> escaped, CancellationToken cancellationToken)
    {
        VolumeBox window = box.Grow(_halo, _flows.Shape);
        (FlowField field, float[] logits) = Load(window, cancellationToken);
        int batch = (int)Math.Min(Batch, box.Count);
        int[] starts = new int[batch], left = new int[batch];
        float[] positions = new float[3 * batch];
        int count = 0;
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY; y++)
            {
                int logit = ((z - window.Z) * window.Height + y - window.Y) * window.Width + box.X - window.X;
                int start = ((z - box.Z) * box.Height + y - box.Y) * box.Width;
                for (int x = 0; x < box.Width; x++)
                {
                    if (!FlowField.IsForeground(logits[logit + x], _options.CellProbThreshold))
                        continue;
                    starts[count] = start + x;
                    (positions[3 * count], positions[3 * count + 1], positions[3 * count + 2]) = (z, y, box.X + x);
                    left[count++] = _options.Niter;
                    if (count == batch)
                        Flush();
                }
            }
        }
        Flush();

        void Flush()
        {
            FlowFollower.Advance(field, positions.AsMemory(0, 3 * count), left.AsMemory(0, count), _options.Threads, cancellationToken);
            for (int n = 0; n < count; n++)
                Arrive(new Escape(starts[n], positions[3 * n], positions[3 * n + 1], positions[3 * n + 2], left[n]), counter, escaped);
            count = 0;
        }
    }

    private void GoOn(VolumeBox box, Escape[] points, EndPointCounter counter, List<Escape> escaped, CancellationToken cancellationToken)
    {
        (FlowField field, _) = Load(box.Grow(_halo, _flows.Shape), cancellationToken);
        float[] positions = new float[checked(3 * points.Length)];
        for (int n = 0; n < points.Length; n++)
            (positions[3 * n], positions[3 * n + 1], positions[3 * n + 2]) = (points[n].Z, points[n].Y, points[n].X);
        int[] left = Array.ConvertAll(points, p => p.StepsLeft);
        FlowFollower.Advance(field, positions, left, _options.Threads, cancellationToken);
        for (int n = 0; n < points.Length; n++)
            Arrive(new Escape(points[n].Start, positions[3 * n], positions[3 * n + 1], positions[3 * n + 2], left[n]), counter, escaped);
    }

    private void Arrive(Escape point, EndPointCounter counter, List<Escape> escaped)
    {
        if (point.StepsLeft > 0)
            escaped.Add(point);
        else
            counter.Add(point.Start, ((long)(int)point.Z * _whole.Y + (int)point.Y) * _whole.X + (int)point.X);
    }

    private (FlowField Field, float[] Logits) Load(VolumeBox window, CancellationToken cancellationToken)
    {
        var flows = new NdArray<float>(3, window.Depth, window.Height, window.Width);
        var logits = new NdArray<float>(window.Depth, window.Height, window.Width);
        for (int k = 0; k < 3; k++)
            _flows.Read(k, window, flows.Plane(k));
        _flows.Read(3, window, logits.Span);
        FlowField field = FlowField.Build(
            flows, logits, _options.CellProbThreshold, _options.Sampler, _whole, (window.Z, window.Y, window.X), _options.StepLength, _options.Threads, cancellationToken);
        return (field, logits.Data);
    }

    /// <summary>A point on its way: the voxel of the block it started from, where it is, and the steps it has yet to make.</summary>
    private readonly record struct Escape(int Start, float Z, float Y, float X, int StepsLeft);
}
