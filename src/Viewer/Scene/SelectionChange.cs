namespace Cellpose3D.Viewer.Scene;

/// <summary>How ids change a set of cells.</summary>
public enum SelectionChange
{
    /// <summary>They become the set.</summary>
    Replace,

    /// <summary>They join the set.</summary>
    Add,

    /// <summary>They leave the set.</summary>
    Remove,
}
