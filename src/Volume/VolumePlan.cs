using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Tiling;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Fusion;
using Cellpose3D.Volume.Planes;
using Cellpose3D.Volume.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume;

/// <summary>What a run will do, before it does it: sizes, blocks, memory, passes.</summary>
public sealed record VolumePlan
{
    private const int ViewBytes = 9 * sizeof(float);                     // three maps of three views
    private const int FlowBytes = 4 * sizeof(float);
    private const int LabelBytes = 3 * sizeof(int);                      // end points, painted and final labels
    private const int WindowBytes = 40;                                  // flows, logits, field, places
    private const int FuseBytes = 64;                                    // maps of the views, fused ones, a resized one
    private const int BlockStep = 32;
    private const int ItemsPerWorker = 2;         // blocks for each of the processes that share a run, so that none waits long for the last
    private const int LeastShared = 96;           // side below which margins cost more than waiting
    private const double VoxelCost = 4e-6;                               // following one voxel, in tiles of the network
    private const int LeastHalo = 16, MostHalo = 96;

    // shares of the memory allowed: a run should take the same whatever the volume's size, and blocks of more than twice their margin gain little
    private const int KeptShare = 16, PassShare = 8, SlabShare = 32;

    private VolumePlan(VolumeScale scale) => Scale = scale;

    /// <summary>Sizes of the volume as it is and as the network sees it.</summary>
    public VolumeScale Scale { get; }

    /// <summary>Cell diameter in pixels that the run works with.</summary>
    public required double Diameter { get; init; }

    /// <summary>Steps along the flows.</summary>
    public required int Niter { get; init; }

    /// <summary>Size at which the flows are followed: that of the volume, or the network's without resampling.</summary>
    public required VolumeShape Flows { get; init; }

    /// <summary>Lengths of a block.</summary>
    public required VolumeShape Block { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Blocks { get; init; }

    /// <summary>Margin around a block in voxels.</summary>
    public required int Halo { get; init; }

    /// <summary>Tiles that are put through the network.</summary>
    public required long Tiles { get; init; }

    /// <summary>Bytes of the volumes that are kept between passes, at their peak: memory, or files where that is more than allowed.</summary>
    public required long WorkspaceBytes { get; init; }

    /// <summary>Bytes that a pass uses besides.</summary>
    public required long WorkingBytes { get; init; }

    /// <summary>Whether everything fits in memory, so that no files are needed.</summary>
    public required bool InMemory { get; init; }

    /// <summary>The passes, in order.</summary>
    public required IReadOnlyList<VolumePass> Passes { get; init; }

    /// <summary>Bytes a pass may use.</summary>
    internal long PassBytes { get; init; }

    /// <summary>Estimated work of all passes, in tiles of full size.</summary>
    internal double Work { get; init; }

    /// <summary>Most pixels of a plane that the network sees: its maps are one array. 26,754 x 26,754.</summary>
    public const long MostPlanePixels = 0x7FFFFFC7 / TileAccumulator.Channels;

    /// <summary>Pixels of the largest plane that the network sees; above <see cref="MostPlanePixels"/> the run is refused.</summary>
    public long PlanePixels => Schedules.Max(s => (long)s.Grid.Height * s.Grid.Width);

    /// <summary>Work of the network alone, in tiles of full size.</summary>
    public double NetworkWork => Schedules.Sum(Network);

    /// <summary>Number of files that volumes of <see cref="WorkspaceBytes"/> take when they are kept in files.</summary>
    public long WorkspaceFiles => Schedules.Sum(s => s.Maps.Chunks(s.Shape) * TileAccumulator.Channels) + new BlockGrid(Flows, Block) { MostFiles = MostFiles }.Chunk.Chunks(Flows) * (FusionPass.Components + 1);

    /// <summary>As in <see cref="VolumeOptions.MostFiles"/>.</summary>
    internal long MostFiles { get; init; } = BlockGrid.UsualMostFiles;

    /// <summary>How the planes of each view are cut into tiles and slabs.</summary>
    internal IReadOnlyList<PlaneSchedule> Schedules { get; init; } = [];

    /// <summary>Makes the plan of a run.</summary>
    /// <param name="image">Lengths of the volume.</param>
    /// <param name="spacingUm">Size of a voxel.</param>
    /// <param name="channels">Channels that the network is to see.</param>
    /// <param name="model">Diameters are used.</param>
    /// <param name="options">How; checked before.</param>
    /// <param name="devices">Devices that work at the same time.</param>
    public static VolumePlan Of(VolumeShape image, VoxelSize spacingUm, int channels, ModelInfo model, VolumeOptions options, int devices = 1)
    {
        SegmentationOptions s = options.Segmentation;
        double diameter = s.Diameter ?? model.DiamLabels;
        double anisotropy = options.Anisotropy ?? (s.Compatible ? 1 : spacingUm.Anisotropy ?? 1);
        bool planes = options.Mode == VolumeMode.Stitched;
        VolumeScale scale = VolumeScale.Of(image, model.DiamMean / diameter, anisotropy);
        if (planes)
            scale = scale with { Network = scale.Network with { Z = image.Z }, Anisotropy = 1 };
        VolumeShape flows = planes || s.Resample ? image : scale.Network;

        long kept = planes
            ? image.Count * (sizeof(float) + LabelBytes)
            : Math.Max(scale.Network.Count * ViewBytes + flows.Count * (FlowBytes + (options.Workers > 1 ? sizeof(int) : 0)), flows.Count * (FlowBytes + LabelBytes));
        int halo = (int)Math.Clamp(Math.Ceiling(diameter), LeastHalo, MostHalo);
        long most = options.MaxMemoryBytes, least = VolumeOptions.LeastMemoryBytes / 2;
        bool inMemory = options.Workers == 1 && kept <= Math.Max(most / KeptShare, least);
        // never more than half for arrays: the collector needs room, and files go through the system's cache
        long half = Math.Max((most - (inMemory ? kept : 0)) / 2, least);
        long pass = Math.Clamp(Math.Max(most / PassShare, WindowBytes * Cube(4 * halo)), least, half);
        double stretch = (double)scale.Network.Count / flows.Count;
        VolumeShape block = options.BlockSize is { } side ? new VolumeShape(side, side, side) : ChooseBlock(flows, halo, stretch, pass, options.Workers == 1 ? 1 : ItemsPerWorker * options.Workers);
        var grid = new BlockGrid(flows, block);
        PlaneSchedule[] schedules = [.. (planes ? PlaneView.All.Take(1) : PlaneView.All)
            .Select(view => new PlaneSchedule(view, scale.Network, channels, s, (Math.Max(most / SlabShare, least / 2) / devices, half / devices), options.Workers, options.MostFiles))];
        long working = Math.Max(
            Math.Max(BlockBytes(flows, grid.Block, halo, stretch), schedules.Max(p => p.BytesPerPlane * Math.Min(p.Planes, p.Thickness)) * devices), 1);
        return new VolumePlan(scale)
        {
            Diameter = diameter,
            Niter = s.Niter ?? (s.Resample ? Math.Max(1, (int)(200 * diameter / model.DiamMean)) : 200),
            Flows = flows,
            Block = grid.Block,
            Blocks = grid.Count,
            Halo = halo,
            Tiles = schedules.Sum(p => p.Tiles),
            WorkspaceBytes = kept,
            WorkingBytes = working,
            InMemory = inMemory,
            Passes = PassesOf(schedules, grid, planes, image),
            Work = WorkOf(schedules, grid),
            PassBytes = pass,
            MostFiles = options.MostFiles,
            Schedules = schedules,
        };
    }

    private static List<VolumePass> PassesOf(PlaneSchedule[] schedules, BlockGrid grid, bool planes, VolumeShape image)
    {
        double voxels = grid.Volume.Count * VoxelCost, tiles = schedules.Sum(Network), all = WorkOf(schedules, grid);
        var passes = new List<VolumePass> { new("normalise", 1, (float)(0.05 * voxels / all)) };
        if (planes)
        {
            passes.Add(new VolumePass("planes", image.Z, (float)((voxels + tiles) / all)));
            passes.Add(new VolumePass("stitch", image.Z, (float)(0.25 * voxels / all)));
            return passes;
        }
        passes.AddRange(schedules.Select(s => new VolumePass($"network {s.View.Name.ToUpperInvariant()}", s.Slabs, (float)(Network(s) / all))));
        passes.Add(new VolumePass("fuse", grid.Count, (float)(0.1 * voxels / all)));
        passes.Add(new VolumePass("dynamics", grid.Count, (float)(1.15 * voxels / all)));
        return passes;
    }

    private static double WorkOf(PlaneSchedule[] schedules, BlockGrid grid) => 1.3 * grid.Volume.Count * VoxelCost + schedules.Sum(Network);

    private static double Network(PlaneSchedule schedule) => schedule.Tiles * schedule.TileWork;

    // the largest cube, cut to the volume, that fits and leaves a number of blocks
    private static VolumeShape ChooseBlock(VolumeShape volume, int halo, double stretch, long bytes, int count)
    {
        int longest = Math.Max(volume.Z, Math.Max(volume.Y, volume.X));
        for (int side = (longest + BlockStep - 1) / BlockStep * BlockStep; side > BlockStep; side -= BlockStep)
        {
            var block = new VolumeShape(Math.Min(side, volume.Z), Math.Min(side, volume.Y), Math.Min(side, volume.X));
            if (BlockBytes(volume, block, halo, stretch) <= bytes && (side <= LeastShared || new BlockGrid(volume, block).Count >= count))
                return block;
        }
        return new VolumeShape(BlockStep, BlockStep, BlockStep);
    }

    private static long Cube(long side) => side * side * side;

    private static long BlockBytes(VolumeShape volume, VolumeShape block, int halo, double stretch)
    {
        double window = (double)Math.Min(block.Z + 2 * halo, volume.Z) * Math.Min(block.Y + 2 * halo, volume.Y) * Math.Min(block.X + 2 * halo, volume.X);
        double bytes = Math.Max(window * WindowBytes, block.Count * Math.Max(1, stretch) * FuseBytes);
        bool fits = window * 3 < Array.MaxLength - 1000 && block.Count * stretch < Array.MaxLength / 2;
        return fits ? (long)bytes : long.MaxValue;                       // one array of a window holds three values a voxel
    }
}
