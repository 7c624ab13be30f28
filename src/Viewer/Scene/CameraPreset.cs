namespace Cellpose3D.Viewer.Scene;

/// <summary>Where the camera looks from.</summary>
public enum CameraPreset
{
    /// <summary>From above one corner: three sides are seen.</summary>
    Corner,

    /// <summary>Along z, as the planes of the stack are shown: x to the right, y down.</summary>
    Front,

    /// <summary>Against z.</summary>
    Back,

    /// <summary>Along x.</summary>
    Left,

    /// <summary>Against x.</summary>
    Right,

    /// <summary>Along y, down on the first rows.</summary>
    Top,

    /// <summary>Against y.</summary>
    Bottom,
}
