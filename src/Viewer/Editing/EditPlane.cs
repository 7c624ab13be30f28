namespace Cellpose3D.Viewer.Editing;

/// <summary>The plane that is drawn on, named like the views of <see cref="Scene.ViewKind"/>.</summary>
public enum EditPlane
{
    /// <summary>Constant z.</summary>
    XY,

    /// <summary>Constant y.</summary>
    XZ,

    /// <summary>Constant x.</summary>
    ZY,
}
