namespace Cellpose3D.IO.Volumes;

/// <summary>What is taken from a volume that is written anew.</summary>
public sealed record VolumeConvertOptions
{
    /// <summary>The only channel to take; null, the default, takes all.</summary>
    public int? Channel { get; init; }

    /// <summary>The only time point to take; null, the default, takes all.</summary>
    public int? Time { get; init; }

    /// <summary>Whether values are labels; null, the default, takes what the file says, and whole numbers of 32 bits and more for labels.</summary>
    public bool? IsLabels { get; init; }

    /// <summary>How the new volume is laid out; its voxel size, where it is unknown, its type and its channels come from the source.</summary>
    public VolumeWriteOptions Write { get; init; } = new();
}
