using System.Diagnostics;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Tiling;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Fusion;
using Cellpose3D.Volume.Planes;
using Cellpose3D.Volume.Preprocessing;
using Cellpose3D.Volume.Sources;
using Cellpose3D.Volume.Stitching;

namespace Cellpose3D.Volume;

/// <summary>Segments cells in volumes: normalise, network on planes of three orientations, one flow field, flows to labels.</summary>
/// <remarks>
/// Source: Stringer et al. 2021, Methods, "3D"; the order of steps is in docs/ARCHITECTURE.md. The labels do not depend on blocks,
/// threads, memory or interruptions: the network's tiles lie fixed in the volume, points are never stopped at a block's
/// face, and each cell is completed whole.
/// </remarks>
public sealed class VolumeSegmenter
{
    private readonly IReadOnlyList<CellposeModel> _models, _across;
    private readonly VolumeOptions _options;

    /// <summary>Prepares to segment with a model.</summary>
    /// <param name="model">Borrowed; must outlive this object.</param>
    /// <param name="options">Checked here, once.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public VolumeSegmenter(CellposeModel model, VolumeOptions options)
        : this([model], [], options)
    {
    }

    /// <summary>Prepares to segment on several devices, with another model for planes across the optical axis.</summary>
    /// <param name="models">The same weights on each device that shall work, at least one; borrowed.</param>
    /// <param name="across">For the planes along Y and X; empty for the same model; borrowed.</param>
    /// <param name="options">Checked here, once.</param>
    /// <exception cref="ArgumentException">An option is out of range, or there is no model.</exception>
    public VolumeSegmenter(IReadOnlyList<CellposeModel> models, IReadOnlyList<CellposeModel> across, VolumeOptions options)
    {
        options.Validate();
        if (models.Count == 0)
            throw new ArgumentException("models must hold at least one model; got none.", nameof(models));
        (_models, _across, _options) = (models, across.Count > 0 ? across : models, options);
    }

    /// <summary>The order in which a number of blocks is worked on; null for that of their numbers. It never changes a result.</summary>
    internal Func<int, IReadOnlyList<int>>? BlockOrder { get; init; }

    /// <summary>What a run would do.</summary>
    /// <param name="source">Shape, channels and voxel size are used; borrowed.</param>
    public VolumePlan Plan(IVolumeSource source) =>
        VolumePlan.Of(source.Shape, source.SpacingUm, source.Channels, _models[0].Info, _options, _models.Count);

    /// <summary>Estimates how long a run would take, from two batches that are put through the network for it.</summary>
    /// <param name="plan">Of this segmenter.</param>
    /// <returns>Good to a factor of two where nothing else keeps the machine busy.</returns>
    public TimeSpan EstimateTime(VolumePlan plan) => TimeSpan.FromSeconds(MeasureTile(plan).Wall * plan.Work / _models.Count);

    /// <summary>Measures the network on this machine, by two batches of which the second counts.</summary>
    /// <param name="plan">Of this segmenter.</param>
    /// <returns>Seconds of a tile of full size by the clock, and by all processors together.</returns>
    public (double Wall, double Processor) MeasureTile(VolumePlan plan)
    {
        PlaneSchedule schedule = plan.Schedules.MaxBy(s => s.TileWork)!;
        (int count, CellposeModel model) = ((int)Math.Min(schedule.BatchSize, schedule.Tiles), _models[0]);
        int tileLength = TileAccumulator.Channels * schedule.Grid.TileHeight * schedule.Grid.TileWidth;
        float[] tiles = new float[count * TileExtractor.Channels * schedule.Grid.TileHeight * schedule.Grid.TileWidth];
        float[] maps = new float[count * tileLength], styles = new float[count * model.Nets[0].Architecture.StyleLength];
        var watch = new Stopwatch();
        TimeSpan processor = default;
        for (int n = 0; n < 2; n++)                                      // the first one warms up
        {
            processor = Environment.CpuUsage.TotalTime;
            watch.Restart();
            NetworkRunner.Run(model, tiles, [count, TileExtractor.Channels, schedule.Grid.TileHeight, schedule.Grid.TileWidth], maps, styles);
        }
        double tilesOfFullSize = count * schedule.TileWork;
        return (watch.Elapsed.TotalSeconds / tilesOfFullSize, (Environment.CpuUsage.TotalTime - processor).TotalSeconds / tilesOfFullSize);
    }

    /// <summary>What a workspace holds that <see cref="Segment"/> would find there.</summary>
    /// <param name="source">As for <see cref="Segment"/>; borrowed.</param>
    /// <param name="workspace">Only read; borrowed.</param>
    /// <param name="identity">As for <see cref="Segment"/>.</param>
    public WorkspaceContent ContentOf(IVolumeSource source, IVolumeWorkspace workspace, string? identity = null) =>
        RunFingerprint.Look(workspace, Fingerprint(source, identity, Plan(source)));

    /// <summary>Segments one volume.</summary>
    /// <param name="source">One channel (cells) or two (cells, nuclei), any intensity range; borrowed.</param>
    /// <param name="workspace">Keeps what is finished: a run that was interrupted goes on from there, another run empties it. Borrowed.</param>
    /// <param name="identity">What the input is known by, for example its path and time of change: part of what makes a run the same.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <returns>Labels and quality; the volumes belong to the workspace.</returns>
    /// <exception cref="ArgumentException">The volume has neither one nor two channels.</exception>
    /// <exception cref="NotSupportedException">The options need the whole volume in memory, and it does not fit.</exception>
    public VolumeSegmentation Segment(
        IVolumeSource source, IVolumeWorkspace workspace, string? identity = null,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        if (source.Channels is not (1 or 2))
            throw new ArgumentException($"the volume must have 1 or 2 channels; got {source.Channels}. Choose them by ChannelSource.", nameof(source));
        VolumePlan plan = Plan(source);
        RunFingerprint.Claim(workspace, Fingerprint(source, identity, plan));
        if (FinishedRun.Load(workspace) is { } finished)
        {
            progress?.Report(1);
            return ResultOf(finished, source, workspace, plan, new StageTimings(0, 0, 0));
        }
        if (_options.Mode == VolumeMode.Stitched)
        {
            VolumeSegmentation result = new StitchedPlanes(_models[0], _options, plan).Segment(source, workspace, progress, cancellationToken);
            new FinishedRun(new VolumeMasks(result.Filtered, result.Cells), result.NonFiniteVoxels).Save(workspace);
            progress?.Report(1);
            return result;
        }
        using VolumeJob job = Prepare(source, workspace, plan);
        return job.Run(progress, cancellationToken);
    }

    /// <summary>Begins a run, or goes on with one, that several processes do together; <see cref="Join"/> is for the others.</summary>
    /// <param name="source">As for <see cref="Segment"/>; borrowed by the result.</param>
    /// <param name="workspace">Emptied unless it holds parts of the same run; borrowed by the result.</param>
    /// <param name="identity">As for <see cref="Segment"/>.</param>
    /// <exception cref="NotSupportedException">Planes are stitched, which is done in one order.</exception>
    public VolumeJob Begin(IVolumeSource source, IVolumeWorkspace workspace, string? identity = null)
    {
        VolumePlan plan = PlanJob(source);
        RunFingerprint.Claim(workspace, Fingerprint(source, identity, plan));
        return Prepare(source, workspace, plan);
    }

    /// <summary>Takes part in a run that another process began.</summary>
    /// <param name="source">As for <see cref="Begin"/>.</param>
    /// <param name="workspace">As for <see cref="Begin"/>.</param>
    /// <param name="identity">As for <see cref="Begin"/>.</param>
    /// <exception cref="InvalidDataException">The workspace holds another run: the input, an option or the model is not what it was.</exception>
    public VolumeJob Join(IVolumeSource source, IVolumeWorkspace workspace, string? identity = null)
    {
        VolumePlan plan = PlanJob(source);
        return RunFingerprint.Look(workspace, Fingerprint(source, identity, plan)) == WorkspaceContent.ThisRun
            ? Prepare(source, workspace, plan)
            : throw new InvalidDataException("the run was begun with another input, other options or another model than there are now; begin it anew.");
    }

    /// <summary>The first part of <see cref="Segment"/>, which takes nearly all of its time and does not depend on the thresholds.</summary>
    /// <param name="source">As for <see cref="Segment"/>; borrowed.</param>
    /// <param name="workspace">Empty; holds the flows afterwards, and nothing else of their size. Borrowed.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <returns>The flows, which belong to the workspace.</returns>
    /// <exception cref="ArgumentException">The volume has neither one nor two channels.</exception>
    /// <exception cref="NotSupportedException">Planes are stitched, which have no flows in 3D.</exception>
    public VolumeFlows RunNetwork(IVolumeSource source, IVolumeWorkspace workspace, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        if (_options.Mode != VolumeMode.ThreePlanes)
            throw new NotSupportedException("stitched planes have no flows in 3D; segment by three planes.");
        VolumePlan plan = Plan(source);
        (List<VolumeStep> steps, IntensityStep intensities, Action dispose) = NetworkSteps(source, workspace, plan);
        try
        {
            VolumeStep.RunAll(steps, progress, cancellationToken);
            return new VolumeFlows(FlowsOf(workspace, plan), plan, intensities.NonFinite);
        }
        finally
        {
            dispose();
        }
    }

    /// <summary>The second part of <see cref="Segment"/>: as often as one likes, with other thresholds each time.</summary>
    /// <param name="flows">Of a segmenter whose options differ in thresholds and sizes alone; borrowed.</param>
    /// <param name="workspace">Empty; receives the labels. Borrowed.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <returns>Labels and quality; the labels belong to the workspace, the flows to theirs.</returns>
    public VolumeSegmentation MakeMasks(VolumeFlows flows, IVolumeWorkspace workspace, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        var watch = Stopwatch.StartNew();
        VolumePlan plan = flows.Plan;
        (IReadOnlyList<VolumeStep> steps, Func<VolumeMasks> masks) = DynamicsSteps(() => flows.Flows, workspace, plan, BlocksOf(plan));
        VolumeStep.RunAll(steps, progress, cancellationToken);
        VolumeMasks made = masks();
        IVolumeStore<int> labels = workspace.Open<int>(BlockDynamics.LabelsName, plan.Scale.Image, 1, plan.Scale.Image);
        return new VolumeSegmentation(labels, flows.Flows, made.Filtered, made.Cells, plan, new StageTimings(0, 0, watch.Elapsed.TotalSeconds), flows.NonFiniteVoxels);
    }

    private VolumePlan PlanJob(IVolumeSource source) => _options.Mode == VolumeMode.ThreePlanes
        ? Plan(source)
        : throw new NotSupportedException("planes are stitched one after the other, which several processes cannot share; segment in 3D (--do-3d), or in one process.");

    private byte[] Fingerprint(IVolumeSource source, string? identity, VolumePlan plan) =>
        RunFingerprint.Of(source, identity, _options, plan, [.. _models.Take(1).Concat(_across.Take(1)).Select(m => m.Info)]);

    private VolumeSegmentation ResultOf(FinishedRun run, IVolumeSource source, IVolumeWorkspace workspace, VolumePlan plan, StageTimings timings) => new(
        workspace.Open<int>(BlockDynamics.LabelsName, source.Shape, 1, source.Shape), _options.Mode == VolumeMode.Stitched ? null : FlowsOf(workspace, plan),
        run.Masks.Filtered, run.Masks.Cells, plan, timings, run.NonFiniteVoxels);

    private IVolumeStore<float> FlowsOf(IVolumeWorkspace workspace, VolumePlan plan) =>
        workspace.Open<float>(FusionPass.StoreName, plan.Flows, FusionPass.Components, BlocksOf(plan).Chunk);

    private BlockGrid BlocksOf(VolumePlan plan)
    {
        var grid = new BlockGrid(plan.Flows, plan.Block) { MostFiles = _options.MostFiles };
        return BlockOrder is null ? grid : new BlockGrid(plan.Flows, plan.Block) { MostFiles = _options.MostFiles, Order = BlockOrder(grid.Count) };
    }

    private VolumeJob Prepare(IVolumeSource source, IVolumeWorkspace workspace, VolumePlan plan)
    {
        (List<VolumeStep> steps, IntensityStep intensities, Action dispose) = NetworkSteps(source, workspace, plan);
        (IReadOnlyList<VolumeStep> last, Func<VolumeMasks> masks) = DynamicsSteps(() => FlowsOf(workspace, plan), workspace, plan, BlocksOf(plan));
        float dynamics = plan.Passes[^1].Share, all = last.Sum(step => step.Share);
        foreach (VolumeStep step in last)
            step.Share *= dynamics / all;
        return new VolumeJob(plan, [.. steps, .. last], workspace, () => new FinishedRun(masks(), intensities.NonFinite),
            (run, timings) => ResultOf(run, source, workspace, plan, timings), dispose);
    }

    private (List<VolumeStep> Steps, IntensityStep Intensities, Action Dispose) NetworkSteps(IVolumeSource source, IVolumeWorkspace workspace, VolumePlan plan)
    {
        if (source.Channels is not (1 or 2))
            throw new ArgumentException($"the volume must have 1 or 2 channels; got {source.Channels}. Choose them by ChannelSource.", nameof(source));
        if (plan.PlanePixels > VolumePlan.MostPlanePixels)
            throw new NotSupportedException($"the network would see planes of {plan.PlanePixels} pixels; at most {VolumePlan.MostPlanePixels} fit: cut the volume into parts, or give a larger diameter.");
        SegmentationOptions s = _options.Segmentation;
        var intensities = new IntensityStep(source, s.Normalize with { ReferenceOddities = s.Compatible, Threads = s.Threads, Norm3D = true }, plan.PassBytes, workspace);
        var scaled = new Lazy<ResizedSource>(() => new ResizedSource(intensities.Normalized(default), plan.Scale, s.Threads));
        List<VolumeStep> steps = [.. intensities.Steps(plan.Passes[0].Share)];
        for (int n = 0; n < plan.Schedules.Count; n++)
        {
            PlaneSchedule schedule = plan.Schedules[n];
            var inference = new PlaneInference(schedule, schedule.View == PlaneView.YX ? _models : _across, s.Threads);
            steps.Add(new VolumeStep(inference.StepName, VolumeStage.Network, schedule.Slabs, workspace, inference.RecordOf)
            {
                Share = plan.Passes[n + 1].Share,
                WithPrevious = n > 0,
                ComputeMany = (slabs, progress, cancellation) => inference.Run(scaled.Value, workspace, slabs, progress, cancellation),
                Release = Allocator.ReleaseUnused,                       // what libtorch keeps for the next batch, before blocks need it
            });
        }

        BlockGrid blocks = BlocksOf(plan);
        var fusion = new FusionPass(_options.Fusion ?? RunFingerprint.DefaultFusion, plan.Scale.Network, plan.Flows, _options.FlowSmooth, s.Threads);
        steps.Add(new VolumeStep(FusionPass.StepName, VolumeStage.Network, blocks.Count, workspace)
        {
            Share = plan.Passes[^2].Share,
            Order = blocks.Order,
            Compute = (n, _) => fusion.RunBlock([.. plan.Schedules.Select(view => PlaneInference.Open(view, workspace))], FlowsOf(workspace, plan), blocks[n]),
            Release = () => ReleaseMaps(workspace),
        });
        return (steps, intensities, () =>
        {
            if (scaled.IsValueCreated)
                scaled.Value.Dispose();
            intensities.Dispose();
        });
    }

    private (IReadOnlyList<VolumeStep> Steps, Func<VolumeMasks> Masks) DynamicsSteps(
        Func<IVolumeStore<float>> flows, IVolumeWorkspace workspace, VolumePlan plan, BlockGrid blocks)
    {
        if (!_options.Segmentation.Compatible)
        {
            BlockDynamicsRun run = new BlockDynamics(Dynamics(plan), blocks, plan.Halo, plan.PassBytes) { MeasureFlowErrors = _options.MeasureFlowErrors }
                .Prepare(flows, workspace);
            return (run.Steps, run.Result);
        }
        var whole = new VolumeStep("dynamics", VolumeStage.Dynamics, 1, workspace)
        {
            Share = 1,
            ComputeMany = (_, progress, cancellation) => DenseDynamics.Run(flows(), Dynamics(plan), _options.MaxMemoryBytes, workspace, progress, cancellation),
        };
        return ([whole], () => DenseDynamics.Load(workspace));
    }

    private static void ReleaseMaps(IVolumeWorkspace workspace)
    {
        foreach (PlaneView view in PlaneView.All)
            workspace.Delete(PlaneInference.StoreName(view));
        Allocator.ReleaseUnused();
    }

    private DynamicsOptions Dynamics(VolumePlan plan)
    {
        SegmentationOptions s = _options.Segmentation;
        VolumeShape image = plan.Scale.Image;
        return new DynamicsOptions
        {
            CellProbThreshold = s.CellProbThreshold,
            FlowThreshold = _options.FlowLimit,
            Niter = plan.Niter,
            StepLength = s.Compatible ? 1 : 1.0 / 2,                     // a flow is the sum of two views
            MinSize = s.MinSize,
            MaxSizeFraction = s.MaxSizeFraction,
            Sampler = !s.Interpolate ? FlowSampler.Nearest : s.Compatible ? FlowSampler.GridSample : FlowSampler.Linear,
            ReferenceRemoval = s.Compatible,
            OutputShape = [image.Z, image.Y, image.X],
            Threads = s.Threads,
        };
    }
}
