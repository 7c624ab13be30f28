using Cellpose3D.Core2D.Flows;
using Cellpose3D.Core2D.Preprocessing;

namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Makes masks from flows: follow, gather, check, clean.</summary>
/// <remarks>
/// Reference: <c>compute_masks</c>. Beyond the inputs a pixel of an image costs 12 bytes at the peak (8 of field and 4 of
/// end points while following; then 4 of end points, which become the labels, and 4 of histogram), a voxel of a volume 16
/// (12 + 4). Measured for 10,000 x 10,000 pixels and 30,000 cells: 3.3 GB resident with 1.2 GB of flows and logits.
/// </remarks>
public static class MaskMaker
{
    private const float FollowShare = 0.8f;                              // of the time, for progress

    /// <summary>Makes masks from the network's output.</summary>
    /// <param name="flows">float32 <c>[D, (Z,) Y, X]</c>, 5 times the unit flow; values that are not finite count as 0; borrowed.</param>
    /// <param name="cellProb">float32 <c>[(Z,) Y, X]</c>, logit; NaN counts as background; borrowed.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <returns>Labels and what was filtered; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The shapes disagree, or an option is out of range.</exception>
    /// <exception cref="NotSupportedException">The flow field does not fit one array.</exception>
    public static MaskResult Make(
        NdArray<float> flows, NdArray<float> cellProb, DynamicsOptions options,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        VoxelGrid.OfFlows(flows, nameof(flows)).Require(cellProb.Shape, nameof(cellProb));
        return FromEndPoints(Follow(flows, cellProb, options, progress, cancellationToken), flows, options, progress, cancellationToken);
    }

    /// <summary>Makes masks from end points that were followed elsewhere, for example on a GPU.</summary>
    /// <param name="endPoints">int32 <c>[(Z,) Y, X]</c>, linear index, negative for background; owned by the method from here on.</param>
    /// <param name="flows">float32 <c>[D, (Z,) Y, X]</c>, 5 times the unit flow, for the flow errors; borrowed.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Receives the fraction done, in (0.8, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <returns>Labels and what was filtered; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The shapes disagree, or an option is out of range.</exception>
    public static MaskResult FromEndPoints(
        NdArray<int> endPoints, NdArray<float> flows, DynamicsOptions options,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        VoxelGrid grid = VoxelGrid.OfFlows(flows, nameof(flows));
        grid.Require(endPoints.Shape, nameof(endPoints));
        if (options.OutputShape is { } wanted && wanted.Count != grid.Rank)
            throw new ArgumentException($"OutputShape must have the {grid.Rank} axes of the flows; got {wanted.Count}.", nameof(options));

        int threads = options.Threads;
        EndpointLabels.Paint(endPoints, threads, cancellationToken);
        NdArray<int> labels = endPoints;                                 // painted in place
        int tooLarge = RemoveLargeMasks.Apply(labels, options.MaxSizeFraction, threads, cancellationToken);
        int passed = labels.Length == 0 ? 0 : labels.Data.Max();

        double[] errors = [];
        int badFlow = 0;
        if (options.FlowThreshold > 0 && passed > 0)
            errors = RemoveBadFlows(labels, flows, options, out badFlow, cancellationToken);

        int lost = 0;
        if (options.OutputShape is { } shape && labels.Length > 0 && !shape.SequenceEqual(labels.Shape))
        {
            labels = Resized(labels, shape, options.ReferenceRemoval, threads);
            lost = passed - badFlow - CellBoxes.Find(labels, threads, cancellationToken).Length;
        }
        CleanupResult cleaned = MaskCleanup.FillHolesAndRemoveSmall(labels, options.MinSize, options.ReferenceRemoval, threads, cancellationToken);
        IReadOnlyList<int> sources = cleaned.Sources;
        if (options.MinSize <= 0 && !options.ReferenceRemoval)           // cleaning kept the order, which filling may have changed
            sources = [.. Renumber.ByFirstVoxel(labels, threads, cancellationToken).Select(label => sources[label - 1])];
        progress?.Report(1);
        return new MaskResult(
            labels,
            new FilterCounts(passed + tooLarge, tooLarge, badFlow, lost, cleaned.TooSmall, cleaned.Enclosed),
            errors.Length == 0 ? [] : [.. sources.Select(label => errors[label - 1])]);
    }

    private static NdArray<int> Follow(
        NdArray<float> flows, NdArray<float> cellProb, DynamicsOptions o, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var field = FlowField.Build(flows, cellProb, o.CellProbThreshold, o.Sampler, o.StepLength, o.Threads, cancellationToken);
        PartialProgress? share = PartialProgress.Of(progress, 0, FollowShare);
        return FlowFollower.EndPoints(field, cellProb, o.CellProbThreshold, o.Niter, o.Threads, share, cancellationToken);
    }

    // rows and columns first, then planes, which are as wide as all their pixels
    private static NdArray<int> Resized(NdArray<int> labels, IReadOnlyList<int> shape, bool referenceOddities, int threads)
    {
        NdArray<int> planes = Resizer.Nearest(labels, shape[^2], shape[^1], referenceOddities, threads);
        if (shape.Count == 2 || shape[0] == labels.Shape[0])
            return planes;
        int size = shape[1] * shape[2];
        return Resizer.Nearest(planes.Reshape(labels.Shape[0], size), shape[0], size, referenceOddities, threads).Reshape([.. shape]);
    }

    private static double[] RemoveBadFlows(
        NdArray<int> labels, NdArray<float> flows, DynamicsOptions o, out int removed, CancellationToken cancellationToken)
    {
        FlowError[] errors = FlowError.PerCell(labels, flows, o.Threads, null, cancellationToken);
        var map = new LabelMap(errors.Length, errors.Length);
        removed = 0;
        foreach (FlowError e in errors)
        {
            bool bad = e.Error > o.FlowThreshold;
            map[e.Label] = bad ? 0 : e.Label;
            removed += bad ? 1 : 0;
        }
        map.Apply(labels, o.Threads, cancellationToken);
        return [.. errors.Select(e => e.Error)];
    }
}
