using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Cells that were found in a part of one time point.</summary>
/// <param name="Time">The time point, from 0.</param>
/// <param name="Box">The part, in voxels.</param>
/// <param name="Labels">int32 [depth, height, width], 0 = background, cells numbered from 1; owned.</param>
/// <param name="Count">How many cells.</param>
public sealed record FoundCells(int Time, VolumeBox Box, int[] Labels, int Count);
