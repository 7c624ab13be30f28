namespace Cellpose3D.IO.Volumes;

/// <summary>Which part of a file is read as a volume, and how.</summary>
public sealed record VolumeOpenOptions
{
    /// <summary>Path of an array inside the file; null, the default, looks for the usual names.</summary>
    public string? Dataset { get; init; }

    /// <summary>Letters that replace the file's axes, slowest first; null, the default, keeps them.</summary>
    public string? Axes { get; init; }

    /// <summary>Which of the stored resolutions; 0, the default, is the finest.</summary>
    public int Level { get; init; }

    /// <summary>Which time point <see cref="VolumeReader.Read(int, Volume.Sources.VolumeBox, Span{float}, CancellationToken)"/> gives. Default 0.</summary>
    public int Time { get; init; }

    /// <summary>Whether labels are wanted: then arrays of that name come first, and guessed axes have no channels. Default false.</summary>
    public bool AsLabels { get; init; }
}
