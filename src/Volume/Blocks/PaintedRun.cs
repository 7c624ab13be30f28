namespace Cellpose3D.Volume.Blocks;

/// <summary>A run of voxels that is painted over with a label.</summary>
/// <param name="Run">The voxels.</param>
/// <param name="Label">The label.</param>
internal readonly record struct PaintedRun(VoxelRun Run, int Label);
