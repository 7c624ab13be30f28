using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Makes the masks of a volume from its flows, block by block, with the same result for every cut into blocks.</summary>
/// <remarks>
/// Three passes: every foreground voxel is followed to its end, the seeds of the whole volume are found among the ends, every voxel
/// takes the label of its end. Then each cell is completed whole. No faces of blocks are ever merged. The labels are those
/// of <see cref="MaskMaker"/> on the whole volume in memory.
/// </remarks>
public sealed class BlockDynamics
{
    /// <summary>Name of the volume of the final labels.</summary>
    public const string LabelsName = "labels";

    private const string PlacesName = "ends", PaintedName = "painted", ResizedName = "resized";
    private const string EndStep = "ends", PaintStep = "paint", ResizeStep = "resize";

    private readonly DynamicsOptions _options;
    private readonly BlockGrid _blocks;
    private readonly int _halo;
    private readonly long _memoryBytes;

    /// <summary>Prepares a volume.</summary>
    /// <param name="options">How flows become masks; checked here. GridSample needs the whole volume (<see cref="MaskMaker"/>).</param>
    /// <param name="blocks">How the volume of flows is cut.</param>
    /// <param name="halo">Margin in voxels around a block within which points are followed at once, at least 1. It never changes a result.</param>
    /// <param name="memoryBytes">Bytes that a group of cells may take while it is measured or searched for holes.</param>
    /// <exception cref="ArgumentException">An option is out of range or needs the whole volume.</exception>
    public BlockDynamics(DynamicsOptions options, BlockGrid blocks, int halo = 32, long memoryBytes = 1L << 30)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(halo, 1);
        if (options.Sampler == FlowSampler.GridSample || options.ReferenceRemoval)
            throw new ArgumentException("the reference's sampler and its removal of small masks work on whole volumes only; use MaskMaker.", nameof(options));
        if (options.OutputShape is { Count: not 3 })
            throw new ArgumentException($"OutputShape must have the three axes of a volume; got {options.OutputShape.Count}.", nameof(options));
        (_options, _blocks, _halo, _memoryBytes) = (options, blocks, halo, memoryBytes);
    }

    /// <summary>Measure each cell's flow error also where <see cref="DynamicsOptions.FlowThreshold"/> removes none.</summary>
    public bool MeasureFlowErrors { get; init; }

    /// <summary>Points that went on in another block, over all blocks followed so far.</summary>
    public long Escapes { get; private set; }

    /// <summary>Makes masks.</summary>
    /// <param name="flows">Flow along Z, Y and X, 5 times the unit flow, and probability logit; borrowed.</param>
    /// <param name="workspace">Holds what is finished; receives the labels under <see cref="LabelsName"/>.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout; what is finished stays in the workspace.</param>
    /// <returns>What was filtered, and the quality of each cell.</returns>
    /// <exception cref="ArgumentException">The flows have another shape than the blocks' volume.</exception>
    public VolumeMasks Run(
        IVolumeStore<float> flows, IVolumeWorkspace workspace, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        if (flows.Shape != _blocks.Volume || flows.Components != 4)
            throw new ArgumentException($"flows must have 4 components of {_blocks.Volume}; got {flows.Components} of {flows.Shape}.", nameof(flows));
        BlockDynamicsRun run = Prepare(() => flows, workspace);
        VolumeStep.RunAll(run.Steps, progress, cancellationToken);
        return run.Result();
    }

    /// <summary>The steps of a run, each in items that any process may do, and what reads their result.</summary>
    /// <param name="flows">Opens flow along Z, Y and X, and probability logit; called once they are there.</param>
    /// <param name="workspace">Holds what is finished; receives the labels under <see cref="LabelsName"/>. Borrowed.</param>
    internal BlockDynamicsRun Prepare(Func<IVolumeStore<float>> flows, IVolumeWorkspace workspace)
    {
        IVolumeStore<int> Places() => Open(workspace, PlacesName, _blocks);
        IVolumeStore<int> Painted() => Open(workspace, PaintedName, _blocks);
        VolumeStep Step(string name, float share, BlockGrid blocks, Func<int, CancellationToken, StepResult> compute, Action? release = null) =>
            new(name, VolumeStage.Dynamics, blocks.Count, workspace) { Share = share, Order = blocks.Order, Compute = compute, Release = release };

        var seeds = new SeedPass(_blocks, workspace);
        var paint = new PaintPass(_blocks, seeds, workspace, _options.Threads);
        var cells = new CellPass(_blocks, seeds, _options, _memoryBytes, workspace) { MeasureFlowErrors = MeasureFlowErrors };
        var steps = new List<VolumeStep>
        {
            Step(EndStep, 0.65f, _blocks, (n, cancellation) => Follow(n, flows(), Places(), seeds, cancellation)),
            Step(SeedPass.SeedStep, 0.02f, _blocks, (n, _) => seeds.FindSeeds(n)),
            new(SeedPass.NumberStep, VolumeStage.Dynamics, 1, workspace) { Share = 0.01f, Compute = (_, cancellation) => seeds.Number(cancellation) },
            Step(SeedPass.RegionStep, 0.02f, _blocks, (n, _) => seeds.GrowRegions(n)),
            Step(PaintStep, 0.07f, _blocks, (n, cancellation) => paint.RunBlock(n, EndsOf(n), Places(), Painted(), cancellation), () => workspace.Delete(PlacesName)),
            Step(CellPass.Step, 0.1f, _blocks, (n, cancellation) => cells.RunOwner(n, Painted(), flows(), cancellation)),
        };

        BlockGrid final = _blocks;
        Func<IVolumeStore<int>> labels = Painted;
        Func<int, CellExtent[]> left = owner => [.. cells.Rows(owner).Where(r => r.Fate == CellFate.Kept).Select(r => r.Extent)];
        if (_options.OutputShape is [int z, int y, int x] && _blocks.Volume != new VolumeShape(z, y, x))
        {
            final = new BlockGrid(new VolumeShape(z, y, x), _blocks.Block) { MostFiles = _blocks.MostFiles };
            labels = () => Open(workspace, ResizedName, final);
            left = owner => LabelOwners.Gather(workspace, LabelResizePass.PartsStep, owner);
            steps.Add(Step(ResizeStep, 0.02f, final, (n, _) =>
                new LabelResizePass(new PatchedLabels(Painted(), cells.IsKept), final, seeds.Owners, workspace).RunBlock(n, labels())));
        }
        var completion = new CellCompletion(workspace, () => seeds.Owners, labels, final, left, () => new NumberingPass(flows(), Open(workspace, LabelsName, final)))
        {
            MinSize = _options.MinSize, MemoryBytes = _memoryBytes, Threads = _options.Threads,
        };
        steps.AddRange(completion.Steps(_blocks.Count));
        return new BlockDynamicsRun(steps, _blocks.Count, cells, left, completion);

        VoxelTable EndsOf(int n) => VoxelTable.FromBytes(workspace.Load(FormattableString.Invariant($"{EndStep}/{n}")));
    }

    private StepResult Follow(int n, IVolumeStore<float> flows, IVolumeStore<int> places, SeedPass seeds, CancellationToken cancellationToken)
    {
        var follow = new EndPointPass(flows, _blocks, _options, _halo);
        StepResult result = follow.RunBlock(n, places, seeds, cancellationToken);
        Escapes += follow.Escapes;
        return result;
    }

    private static IVolumeStore<int> Open(IVolumeWorkspace workspace, string name, BlockGrid blocks) =>
        workspace.Open<int>(name, blocks.Volume, 1, blocks.Chunk);
}
