namespace Cellpose3D.Viewer.Scene;

/// <summary>Where a cell's colour comes from.</summary>
public enum LabelColoring
{
    /// <summary>From its id, shifted where touching cells would look alike.</summary>
    Id,

    /// <summary>From its id alone, the same in every frame; daughters are near their mother.</summary>
    Track,

    /// <summary>From a number of each cell, by a colour map.</summary>
    Feature,
}
