using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Window;

/// <summary>How a window is opened.</summary>
public sealed record WindowOptions
{
    /// <summary>What stands above it. Default the program's name.</summary>
    public string Title { get; init; } = "cellpose3d";

    /// <summary>Pixels of its content. Default 1,000.</summary>
    public int Width { get; init; } = 1000;

    /// <summary>Pixels of its content. Default 800.</summary>
    public int Height { get; init; } = 800;

    /// <summary>Pixels drawn for one, along each side, while nothing moves. Default 1.</summary>
    public int Supersampling { get; init; } = 1;

    /// <summary>Folder of the pictures made by the key S. Default the current one.</summary>
    public string PictureFolder { get; init; } = ".";

    /// <summary>Is given each scene that was drawn in full; null, the default, for nobody.</summary>
    public Action<SceneState>? Drawn { get; init; }
}
