namespace Cellpose3D.Viewer.Scene;

/// <summary>What is taken for the surface of a cell in 3D.</summary>
public enum LabelSurface
{
    /// <summary>A smooth surface that passes between the same voxel centres as the faces do, so that no cell is lost and none grows.</summary>
    Smooth,

    /// <summary>The faces of the voxels, exactly.</summary>
    Voxels,
}
