namespace Cellpose3D.IO.Napari;

/// <summary>Names of the columns of a tracks table; programs differ in them.</summary>
public sealed record NapariColumns
{
    /// <summary>Column of the track's number. Default <c>track_id</c>.</summary>
    public string TrackId { get; init; } = "track_id";

    /// <summary>Column of the frame. Default <c>t</c>.</summary>
    public string T { get; init; } = "t";

    /// <summary>Column of the plane, for volumes. Default <c>z</c>.</summary>
    public string Z { get; init; } = "z";

    /// <summary>Column of the row. Default <c>y</c>.</summary>
    public string Y { get; init; } = "y";

    /// <summary>Column of the column. Default <c>x</c>.</summary>
    public string X { get; init; } = "x";

    /// <summary>Checks the names.</summary>
    /// <exception cref="ArgumentException">A name is empty, holds a comma or a quote, or stands twice.</exception>
    public void Validate()
    {
        string[] names = [TrackId, T, Z, Y, X];
        if (names.Any(n => n.Length == 0 || n.AsSpan().ContainsAny(",\"\n\r")) || names.Distinct(StringComparer.Ordinal).Count() != names.Length)
            throw new ArgumentException($"column names must be words, each once, without commas and quotes; got {string.Join(" ", names)}.");
    }
}
