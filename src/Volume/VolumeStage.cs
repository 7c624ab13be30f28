namespace Cellpose3D.Volume;

/// <summary>What a step of a run is part of.</summary>
public enum VolumeStage
{
    /// <summary>Finding the range of intensities.</summary>
    Normalize,

    /// <summary>The network on planes, and their fusion to one flow field: the work for GPUs.</summary>
    Network,

    /// <summary>From flows to labels.</summary>
    Dynamics,
}
