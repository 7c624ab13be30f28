namespace Cellpose3D.Core2D.Dynamics;

/// <summary>How flows become masks. Defaults are the reference's.</summary>
public sealed record DynamicsOptions
{
    /// <summary>A voxel belongs to a cell when its logit is greater. 0 is a probability of one half; lower it to find more and larger cells.</summary>
    public float CellProbThreshold { get; init; }

    /// <summary>
    /// Masks whose flow error is greater are removed; 0 or less keeps all and measures none. 0.4 lets slightly wrong
    /// outlines pass. Callers set 0 for volumes, as the reference does, whose 3D network flows are sums of planes.
    /// </summary>
    public double FlowThreshold { get; init; } = 0.4;

    /// <summary>Steps along the flows. 200 lets a point cross a cell of several times the network's diameter of 30.</summary>
    public int Niter { get; init; } = 200;

    /// <summary>
    /// Voxels that a step takes along a flow of 5. 1 suits images. A volume's flows are sums of two planes, so that a half is the step of an
    /// image there; the reference takes 1, and points jump to and fro over the middle of a cell, two voxels wide, without coming together.
    /// </summary>
    public double StepLength { get; init; } = 1;

    /// <summary>Masks of fewer voxels are removed; 0 or less keeps all. 15 is below any cell at the network's diameter.</summary>
    public int MinSize { get; init; } = 15;

    /// <summary>Masks of more than this fraction of all voxels are removed: a background that was followed, not a cell.</summary>
    public double MaxSizeFraction { get; init; } = 0.4;

    /// <summary>How flows are read between voxel centres; the reference's shifted one only for comparison.</summary>
    public FlowSampler Sampler { get; init; } = FlowSampler.Linear;

    /// <summary>
    /// Removes small masks by position instead of label, the bug of v3.1.1.3 (see <see cref="MaskCleanup"/>), and resizes
    /// with the rounding of its nearest-neighbour indices.
    /// </summary>
    public bool ReferenceRemoval { get; init; }

    /// <summary>Spatial shape to which masks are resized after the flow-error check, or null to keep the flows' shape.</summary>
    public IReadOnlyList<int>? OutputShape { get; init; }

    /// <summary>Number of threads, which never changes a label; 0 takes all processors.</summary>
    public int Threads { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range; the message names it.</exception>
    public void Validate()
    {
        Require(!float.IsNaN(CellProbThreshold), nameof(CellProbThreshold), "a number", CellProbThreshold);
        Require(!double.IsNaN(FlowThreshold), nameof(FlowThreshold), "a number", FlowThreshold);
        Require(Niter >= 0, nameof(Niter), "at least 0", Niter);
        Require(StepLength > 0 && double.IsFinite(StepLength), nameof(StepLength), "above 0 voxels", StepLength);
        Require(MaxSizeFraction > 0, nameof(MaxSizeFraction), "greater than 0 (1 keeps every mask)", MaxSizeFraction);
        Require(Enum.IsDefined(Sampler), nameof(Sampler), "Linear, Nearest or GridSample", Sampler);
        Require(Threads >= 0, nameof(Threads), "at least 0 (0 takes all processors)", Threads);
        if (OutputShape is not null)
            Require(OutputShape.Count is 2 or 3 && OutputShape.All(n => n > 0), nameof(OutputShape), "two or three lengths above 0", $"[{string.Join(", ", OutputShape)}]");
    }

    private static void Require(bool met, string name, string requirement, object value)
    {
        if (!met)
            throw new ArgumentOutOfRangeException(name, $"{name} must be {requirement}; got {value}.");
    }
}
