namespace Cellpose3D.IO.Geff;

/// <summary>Data that belongs to a graph.</summary>
/// <param name="Type"><c>labels</c> or <c>image</c>.</param>
/// <param name="Path">Its path relative to the graph, for example <c>../labels.zarr</c>.</param>
/// <param name="NodeProperty">For labels, the property that holds a cell's label: <c>seg_id</c> for masks as they were tracked, <c>track_id</c> for masks painted by track; null for images.</param>
public sealed record GeffRelatedObject(string Type, string Path, string? NodeProperty = null);
