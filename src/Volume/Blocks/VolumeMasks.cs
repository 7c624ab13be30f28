using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Volume.Blocks;

/// <summary>What came of a volume's flows; the labels themselves are in the workspace.</summary>
/// <param name="Filtered">How many masks each rule removed.</param>
/// <param name="Cells">Quality of each cell, by label.</param>
public sealed record VolumeMasks(FilterCounts Filtered, IReadOnlyList<CellQuality> Cells);
