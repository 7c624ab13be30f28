using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume;

/// <summary>What came of segmenting a volume. The volumes belong to the workspace and live as long as it does.</summary>
/// <param name="Labels">0 = background, numbered by first voxel in raster order, at the size of the volume.</param>
/// <param name="Flows">Flow along Z, Y and X (sums over two views, 5 times the unit flow) and probability logit (sum over three), at the size they were followed at; null when stitched.</param>
/// <param name="Filtered">How many masks each rule removed.</param>
/// <param name="Cells">Quality of each cell, by label.</param>
/// <param name="Plan">What was done.</param>
/// <param name="Timings">Seconds spent in each stage by this process.</param>
/// <param name="NonFiniteVoxels">Number of NaN or infinite input values.</param>
public sealed record VolumeSegmentation(
    IVolumeStore<int> Labels,
    IVolumeStore<float>? Flows,
    FilterCounts Filtered,
    IReadOnlyList<CellQuality> Cells,
    VolumePlan Plan,
    StageTimings Timings,
    long NonFiniteVoxels);
