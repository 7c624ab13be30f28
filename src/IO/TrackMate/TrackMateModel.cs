namespace Cellpose3D.IO.TrackMate;

/// <summary>What a TrackMate file holds: nothing of spots, edges and tracks is lost between reading and writing.</summary>
public sealed record TrackMateModel
{
    /// <summary>Version of TrackMate whose layout it has.</summary>
    public string Version { get; init; } = "8.0.0";

    /// <summary>What was done, for people.</summary>
    public string Log { get; init; } = "";

    /// <summary>Unit of length.</summary>
    public string SpatialUnits { get; init; } = "micrometer";

    /// <summary>Unit of time.</summary>
    public string TimeUnits { get; init; } = "second";

    /// <summary>Features of spots.</summary>
    public IReadOnlyList<TrackMateFeature> SpotFeatures { get; init; } = [];

    /// <summary>Features of edges.</summary>
    public IReadOnlyList<TrackMateFeature> EdgeFeatures { get; init; } = [];

    /// <summary>Features of tracks.</summary>
    public IReadOnlyList<TrackMateFeature> TrackFeatures { get; init; } = [];

    /// <summary>The spots, by frame.</summary>
    public IReadOnlyList<TrackMateSpot> Spots { get; init; } = [];

    /// <summary>The tracks.</summary>
    public IReadOnlyList<TrackMateTrack> Tracks { get; init; } = [];

    /// <summary>Numbers of the tracks that the user's filters kept.</summary>
    public IReadOnlyList<int> FilteredTrackIds { get; init; } = [];

    /// <summary>The image.</summary>
    public TrackMateImage Image { get; init; } = new();

    /// <summary>The element <c>Settings</c> as it was read; null for one made from <see cref="Image"/>.</summary>
    public string? SettingsXml { get; init; }

    /// <summary>How TrackMate shows the movie, its own JSON; empty for its defaults.</summary>
    public string DisplaySettings { get; init; } = "";
}
