using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO.Volumes;

/// <summary>What the metadata of labels say about one of them.</summary>
/// <param name="Label">The label.</param>
/// <param name="Color">Its colour.</param>
/// <param name="Properties">Named whole numbers, in the order they are written.</param>
public sealed record LabelDescription(int Label, TrackColor Color, IReadOnlyList<KeyValuePair<string, int>> Properties);
