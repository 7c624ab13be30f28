namespace Cellpose3D.IO.TrackMate;

/// <summary>A number that spots, edges or tracks carry.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Name">For people.</param>
/// <param name="ShortName">For narrow columns.</param>
/// <param name="Dimension">TrackMate's word for its unit: POSITION, LENGTH, TIME, NONE and so on.</param>
/// <param name="IsInteger">Whether it is a whole number.</param>
public sealed record TrackMateFeature(string Key, string Name, string ShortName, string Dimension, bool IsInteger = false);
