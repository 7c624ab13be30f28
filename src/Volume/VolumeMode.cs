namespace Cellpose3D.Volume;

/// <summary>How cells of a volume are found.</summary>
public enum VolumeMode
{
    /// <summary>The network on planes of all three orientations, one flow field in 3D, cells followed in 3D; the default.</summary>
    ThreePlanes,

    /// <summary>Cells in each plane along Z, joined from plane to plane where they overlap.</summary>
    Stitched,
}
