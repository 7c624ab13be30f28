using Cellpose3D.Core2D;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>A synthetic volume with its exact truth.</summary>
/// <param name="Image">float32 [C, Z, Y, X], camera counts (0..255, 0..4095 or 0..65535); C is 1, or 2 as cells then nuclei; owned by the caller.</param>
/// <param name="Labels">int32 [Z, Y, X], 0 = background; each label in one piece by faces, at least 10 voxels, numbered by first voxel in raster order; owned by the caller.</param>
/// <param name="Kind">The kind that was drawn, one of <see cref="Cells3D.Kinds"/>.</param>
/// <param name="MeanDiameter">Mean diameter of the balls with the labels' volumes, in pixels of a plane; 0 without labels.</param>
/// <param name="SpacingUm">Size of a voxel, such that cells have a likely size.</param>
public sealed record SyntheticVolume(NdArray<float> Image, NdArray<int> Labels, string Kind, double MeanDiameter, VoxelSize SpacingUm);
