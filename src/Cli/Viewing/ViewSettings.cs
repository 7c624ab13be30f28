using Cellpose3D.Viewer.Server;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Cli.Viewing;

/// <summary>What the command line asked of <c>view</c>.</summary>
internal sealed record ViewSettings
{
    public string? Image { get; init; }

    public string? Labels { get; init; }

    public string? Tracks { get; init; }

    /// <summary>Labels whose outlines are shown besides.</summary>
    public string? Compare { get; init; }

    public required SceneFileOptions Files { get; init; }

    public required ViewLook Look { get; init; }

    public required ViewOptions Server { get; init; }

    /// <summary>Where the network runs that the page starts.</summary>
    public string Device { get; init; } = "auto";

    public string Gl { get; init; } = "auto";

    /// <summary>Whether the labels are only looked at.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Whether there is a window instead of the browser.</summary>
    public bool Window { get; init; }

    /// <summary>Whether a browser is opened where there is a display.</summary>
    public bool OpensBrowser { get; init; } = true;

    /// <summary>Whether the page is looked at on another machine.</summary>
    public bool Remote { get; init; }
}
