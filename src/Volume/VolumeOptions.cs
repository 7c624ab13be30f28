using Cellpose3D.Core2D;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Fusion;

namespace Cellpose3D.Volume;

/// <summary>What steers the segmentation of a volume; defaults are those of Cellpose v3 but where a member says otherwise.</summary>
public sealed record VolumeOptions
{
    /// <summary>The least that <see cref="MaxMemoryBytes"/> may be: some planes, some tiles, and one cell must fit.</summary>
    public const long LeastMemoryBytes = 128L << 20;

    /// <summary>
    /// The usual <see cref="FlowThreshold"/>. Flows in 3D are sums of two unit vectors, so a mask to which the network's flows have no relation has
    /// an error of about 2.7 and more; masks of noise have, cells of a poorly seen kind come near it (docs/VOLUMES.md has the numbers).
    /// </summary>
    public const double UsualFlowThreshold = 2.5;

    /// <summary>How cells are found.</summary>
    public VolumeMode Mode { get; init; }

    /// <summary>
    /// Diameter, thresholds, tiles, normalisation: as in 2D. Its flow threshold is for planes (<see cref="VolumeMode.Stitched"/>);
    /// volumes have <see cref="FlowThreshold"/>.
    /// </summary>
    public SegmentationOptions Segmentation { get; init; } = new();

    /// <summary>Plane distance over pixel width; null takes the file's, and 1 where it does not say or under compatibility.</summary>
    public double? Anisotropy { get; init; }

    /// <summary>How the three views become one field; null takes the sums of the reference.</summary>
    public IFlowFusion? Fusion { get; init; }

    /// <summary>Standard deviation, in voxels, of a Gaussian over the flows in 3D; 0, the default, is none.</summary>
    public double FlowSmooth { get; init; }

    /// <summary>
    /// Masks in 3D whose flow error is greater are removed; 0 keeps all. Null takes <see cref="UsualFlowThreshold"/>, and 0 under
    /// compatibility: the reference checks no flows in 3D.
    /// </summary>
    public double? FlowThreshold { get; init; }

    /// <summary>Measure each cell's flow error as its quality, whether or not it removes any; never under compatibility.</summary>
    public bool MeasureFlowErrors { get; init; } = true;

    /// <summary>Overlap (intersection over union) from which masks of neighbouring planes are one cell.</summary>
    public double StitchThreshold { get; init; } = 0.25;

    /// <summary>Bytes the run may use besides the network itself; volumes that need more are kept in files. 4 GiB suits a laptop.</summary>
    public long MaxMemoryBytes { get; init; } = 4L << 30;

    /// <summary>Side of a block in voxels; null chooses it by memory. It never changes a label.</summary>
    public int? BlockSize { get; init; }

    /// <summary>
    /// Processes that share the run, each with <see cref="MaxMemoryBytes"/>: blocks and slabs are cut small enough that there is work for
    /// each, and everything is kept in files. It never changes a label.
    /// </summary>
    public int Workers { get; init; } = 1;

    /// <summary>
    /// Files that the maps of a view may take, and the volumes that blocks write together, where they are kept in files: pieces of large volumes are larger, since
    /// file systems have quotas of files. It never changes a label.
    /// </summary>
    internal long MostFiles { get; init; } = BlockGrid.UsualMostFiles;

    /// <summary>The flow threshold in force.</summary>
    internal double FlowLimit => FlowThreshold ?? (Segmentation.Compatible ? 0 : UsualFlowThreshold);

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public void Validate()
    {
        Segmentation.Validate();
        if (!Enum.IsDefined(Mode))
            throw new ArgumentException($"mode must be ThreePlanes or Stitched; got {Mode}.");
        if (Anisotropy is { } a && !(a > 0 && double.IsFinite(a)))
            throw new ArgumentException($"anisotropy must be above 0; got {a}.");
        if (!(FlowSmooth >= 0 && double.IsFinite(FlowSmooth)))
            throw new ArgumentException($"flow3d-smooth must be 0 (off) or a number of voxels; got {FlowSmooth}.");
        if (FlowThreshold is { } threshold && !(threshold >= 0))
            throw new ArgumentException($"flow threshold must be 0 (off) or above; got {FlowThreshold}.");
        if (!(StitchThreshold >= 0 && StitchThreshold <= 1))
            throw new ArgumentException($"stitch threshold must be 0 to 1; got {StitchThreshold}.");
        if (MaxMemoryBytes < LeastMemoryBytes)
            throw new ArgumentException($"max memory must be at least {LeastMemoryBytes >> 20} MB; got {MaxMemoryBytes >> 20} MB.");
        if (Workers < 1)
            throw new ArgumentException($"workers must be at least 1; got {Workers}.");
        if (BlockSize is < 8)
            throw new ArgumentException($"block size must be at least 8 voxels; got {BlockSize}.");
        if (Mode == VolumeMode.ThreePlanes && Segmentation.AutoDiameter)
            throw new ArgumentException("the diameter of a volume cannot be estimated; give it in pixels.");
    }
}
