namespace Cellpose3D.IO.Volumes;

/// <summary>One array of a file that holds several.</summary>
/// <param name="Path">Where it lies in the file.</param>
/// <param name="Shape">Lengths of its axes, slowest first.</param>
/// <param name="Type">Its element type in words.</param>
public sealed record VolumeDataset(string Path, IReadOnlyList<long> Shape, string Type);
