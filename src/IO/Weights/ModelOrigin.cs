namespace Cellpose3D.IO.Weights;

/// <summary>Which of the places that are searched a model was found in.</summary>
public enum ModelOrigin
{
    /// <summary>It came with this program.</summary>
    Program,

    /// <summary>The user's own folder of models, where downloads and additions go.</summary>
    User,

    /// <summary>A folder that Python's Cellpose keeps on this machine.</summary>
    Cellpose,

    /// <summary>A file given by its path.</summary>
    File,
}
