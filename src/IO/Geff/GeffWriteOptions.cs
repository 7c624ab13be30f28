namespace Cellpose3D.IO.Geff;

/// <summary>How a graph is written.</summary>
public sealed record GeffWriteOptions
{
    /// <summary>2, the default, which more programs read, or 3.</summary>
    public int ZarrFormat { get; init; } = 2;

    /// <summary>Labels and images that belong to the graph.</summary>
    public IReadOnlyList<GeffRelatedObject> RelatedObjects { get; init; } = [];

    /// <summary>Whether <c>track_id</c> changes at a skipped frame, as in CTC rows. Default false: GEFF wants tracklets as long as they can be.</summary>
    public bool SplitAtGaps { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">Another Zarr format.</exception>
    public void Validate()
    {
        if (ZarrFormat is not (2 or 3))
            throw new ArgumentException($"the Zarr format must be 2 or 3; got {ZarrFormat}.");
    }
}
