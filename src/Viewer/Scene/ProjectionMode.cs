namespace Cellpose3D.Viewer.Scene;

/// <summary>How intensities of a volume become a picture.</summary>
public enum ProjectionMode
{
    /// <summary>Not shown, except on slice planes.</summary>
    None,

    /// <summary>The brightest value along the line of sight.</summary>
    Mip,

    /// <summary>The brightest value, dimmed by what lies before it: nearer things come first.</summary>
    Attenuated,

    /// <summary>Light is given off and swallowed on the way.</summary>
    Translucent,

    /// <summary>A lit surface where the intensity passes a level.</summary>
    Iso,
}
