namespace Cellpose3D.Viewer.Scene;

/// <summary>Which axis of the volume stands upright, and is turned around.</summary>
public enum UpAxis
{
    /// <summary>The rows run down the picture, as in a plane of the stack.</summary>
    Y,

    /// <summary>The planes lie on each other like floors, the first at the bottom.</summary>
    Z,
}
