using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>What stays of one time point of a volume once its labels are written.</summary>
/// <param name="Filtered">How many masks each rule removed.</param>
/// <param name="Cells">Quality of each cell, by label.</param>
/// <param name="Plan">What was done.</param>
/// <param name="Timings">Seconds spent in each stage.</param>
/// <param name="NonFiniteVoxels">Number of NaN or infinite input values.</param>
internal sealed record VolumeResult(FilterCounts Filtered, IReadOnlyList<CellQuality> Cells, VolumePlan Plan, StageTimings Timings, long NonFiniteVoxels);
