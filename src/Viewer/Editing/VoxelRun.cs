namespace Cellpose3D.Viewer.Editing;

/// <summary>Voxels in a row that went from one id to another.</summary>
/// <param name="Start">Index of the first in [Z, Y, X].</param>
/// <param name="Length">How many.</param>
/// <param name="Old">Their id before.</param>
/// <param name="New">Their id after.</param>
internal readonly record struct VoxelRun(long Start, long Length, uint Old, uint New);
