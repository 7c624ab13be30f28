using Cellpose3D.Core2D;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>One resolution of a volume that is stored in several.</summary>
/// <param name="Path">Where it lies in the file.</param>
/// <param name="Shape">Lengths of its axes.</param>
/// <param name="VoxelSizeUm">Voxel size in micrometres.</param>
public sealed record VolumeLevel(string Path, VolumeShape Shape, VoxelSize VoxelSizeUm);
