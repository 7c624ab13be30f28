using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Tracking.Detections;

/// <summary>One cell in one frame; never changes once measured.</summary>
/// <remarks>A value type of about 130 bytes, kept in arrays: 70,000 cells of a frame are 9 MB and no objects.</remarks>
public readonly record struct Detection
{
    /// <summary>Frame, counted from 0.</summary>
    public required int Frame { get; init; }

    /// <summary>The cell's number in that frame's label image, above 0.</summary>
    public required int Label { get; init; }

    /// <summary>Mean place of its voxels.</summary>
    public required PointUm Centroid { get; init; }

    /// <summary>Smallest box around it, in voxels.</summary>
    public VolumeBox Box { get; init; }

    /// <summary>Number of voxels.</summary>
    public long Size { get; init; }

    /// <summary>Diameter of the disc (or ball) of the same area (or volume), in micrometres.</summary>
    public float DiameterUm { get; init; }

    /// <summary>Distance from its box to the nearest side of the image, in micrometres; 0 where it touches.</summary>
    public float BorderUm { get; init; }

    /// <summary>Shape.</summary>
    public Moments Moments { get; init; }

    /// <summary>Mean intensity; NaN without an image.</summary>
    public float Intensity { get; init; }
}
