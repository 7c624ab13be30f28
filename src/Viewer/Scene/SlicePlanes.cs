namespace Cellpose3D.Viewer.Scene;

/// <summary>Planes of the image inside the 3D view, in voxels; null for none.</summary>
/// <param name="Z">Plane of constant z.</param>
/// <param name="Y">Plane of constant y.</param>
/// <param name="X">Plane of constant x.</param>
public sealed record SlicePlanes(double? Z, double? Y, double? X)
{
    /// <summary>No planes.</summary>
    public static SlicePlanes None { get; } = new(null, null, null);
}
