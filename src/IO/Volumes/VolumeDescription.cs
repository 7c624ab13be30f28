using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>What a volume's file says, and how it was read.</summary>
public sealed record VolumeDescription
{
    /// <summary>Format, axes, lengths, element type, voxel size, channels.</summary>
    public required ImageInfo Image { get; init; }

    /// <summary>The pieces the data lies in.</summary>
    public required VolumeShape Chunk { get; init; }

    /// <summary>Path of the array inside the file; empty where the file holds one only.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>Whether the file, or the name of the array, says that values are labels.</summary>
    public bool IsLabels { get; init; }

    /// <summary>The resolutions stored, finest first; empty where there is one only.</summary>
    public IReadOnlyList<VolumeLevel> Levels { get; init; } = [];

    /// <summary>Every array of the file, where it can hold several.</summary>
    public IReadOnlyList<VolumeDataset> Datasets { get; init; } = [];

    /// <summary>Number of time points.</summary>
    public int Times => Image.Length('T');

    /// <summary>Number of channels.</summary>
    public int Channels => Image.Length('C');

    /// <summary>Lengths of the spatial axes.</summary>
    public VolumeShape Shape => new(Image.Length('Z'), Image.Length('Y'), Image.Length('X'));
}
