using System.Text.Json.Serialization;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Segmenting;

/// <summary>What the network is to see.</summary>
/// <param name="Model">Name of a model, or path of a weight file.</param>
/// <param name="Chan">Channel of the cells; 0 = mean of all, 1 = first, ...</param>
/// <param name="Chan2">Channel of the nuclei; 0 = none.</param>
/// <param name="Diameter">Mean cell diameter in pixels; null: estimated where the model has a size model, else the model's own.</param>
/// <param name="IsVolume">Whether the volume is segmented in 3D, rather than one of its planes.</param>
/// <param name="AllTimes">Whether every time point is, rather than one.</param>
/// <param name="Time">The time point, from 0.</param>
/// <param name="Plane">The plane, from 0.</param>
public sealed record SegmentationRequest(string Model, int Chan = 0, int Chan2 = 0, double? Diameter = null, bool IsVolume = false, bool AllTimes = false, int Time = 0, int Plane = 0)
{
    /// <summary>The part of the plane or volume that the network is to see, in voxels, at intensities as if it saw all; null, the default, for all of it.</summary>
    [JsonIgnore]
    public VolumeBox? Box { get; init; }
}
