namespace Cellpose3D.Viewer.Scene;

/// <summary>What a picture shows.</summary>
public enum ViewKind
{
    /// <summary>The volume in 3D.</summary>
    Volume,

    /// <summary>A plane: x to the right, y down.</summary>
    XY,

    /// <summary>A cut: x to the right, z down.</summary>
    XZ,

    /// <summary>A cut: z to the right, y down.</summary>
    ZY,
}
