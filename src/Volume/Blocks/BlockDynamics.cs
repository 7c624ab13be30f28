using Cellpose3D.Core2D;
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
    private const int ChunkSide = 64;

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

    /// <summary>The lengths of chunks that suit blocks: parts of them, of at most 64 voxels.</summary>
    public static VolumeShape ChunkOf(VolumeShape block) => new(Part(block.Z), Part(block.Y), Part(block.X));

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
        IVolumeStore<int> painted = Open(workspace, PaintedName, _blocks);
        CellExtent[] found = Paint(flows, painted, workspace, PartialProgress.Of(progress, 0, 0.75f), cancellationToken);

        double largest = flows.Shape.Count * _options.MaxSizeFraction;
        CellExtent[] passed = [.. found.Where(c => c.Count <= largest)];
        Dictionary<int, double> errors = [];
        if (_options.FlowThreshold > 0 || MeasureFlowErrors)
        {
            errors = FlowErrorPass.Run(
                passed, painted, flows, _blocks, _memoryBytes, _options.Threads, workspace, PartialProgress.Of(progress, 0.75f, 0.9f), cancellationToken);
        }
        CellExtent[] good = _options.FlowThreshold > 0 ? [.. passed.Where(c => !(errors[c.Label] > _options.FlowThreshold))] : passed;

        (IVolumeStore<int> labels, BlockGrid blocks, CellExtent[] cells) = Resize(good, painted, workspace, cancellationToken);
        var completion = new CellCompletion(workspace, _options.MinSize, _memoryBytes, _options.Threads);
        VolumeMasks masks = completion.Run(
            cells, labels, flows, Open(workspace, LabelsName, blocks), blocks, errors, PartialProgress.Of(progress, 0.9f, 1), cancellationToken);
        return masks with
        {
            Filtered = masks.Filtered with
            {
                Found = found.Length, TooLarge = found.Length - passed.Length, FlowError = passed.Length - good.Length, LostInResize = good.Length - cells.Length,
            },
        };
    }

    private CellExtent[] Paint(
        IVolumeStore<float> flows, IVolumeStore<int> painted, IVolumeWorkspace workspace, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        IVolumeStore<int> places = Open(workspace, PlacesName, _blocks);
        var follow = new EndPointPass(flows, _blocks, _options, _halo);
        follow.Run(places, EndStep, workspace, PartialProgress.Of(progress, 0, 0.9f), cancellationToken);
        Escapes += follow.Escapes;

        SeedMap seeds = SeedMap.Build(_blocks.Records(workspace, EndStep).Select(r => EndPointTable.FromBytes(r)), _blocks.Volume, cancellationToken: cancellationToken);
        PaintPass.Run(places, EndStep, seeds, painted, PaintStep, _blocks, _options.Threads, workspace, PartialProgress.Of(progress, 0.9f, 1), cancellationToken);
        workspace.Delete(PlacesName);
        return CellExtent.Merge(_blocks.Records(workspace, PaintStep));
    }

    private (IVolumeStore<int> Labels, BlockGrid Blocks, CellExtent[] Cells) Resize(
        CellExtent[] good, IVolumeStore<int> painted, IVolumeWorkspace workspace, CancellationToken cancellationToken)
    {
        if (_options.OutputShape is not [int z, int y, int x] || painted.Shape == new VolumeShape(z, y, x))
            return (painted, _blocks, good);
        var blocks = new BlockGrid(new VolumeShape(z, y, x), _blocks.Block);
        IVolumeStore<int> resized = Open(workspace, ResizedName, blocks);
        LabelResizePass.Run(new PatchedLabels(painted, good.Select(c => c.Label)), resized, ResizeStep, blocks, workspace, null, cancellationToken);
        return (resized, blocks, CellExtent.Merge(blocks.Records(workspace, ResizeStep)));
    }

    private static IVolumeStore<int> Open(IVolumeWorkspace workspace, string name, BlockGrid blocks) =>
        workspace.Open<int>(name, blocks.Volume, 1, ChunkOf(blocks.Block));

    private static int Part(int length) => (length + (length + ChunkSide - 1) / ChunkSide - 1) / ((length + ChunkSide - 1) / ChunkSide);
}
