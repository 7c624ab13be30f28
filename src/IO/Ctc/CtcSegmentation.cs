namespace Cellpose3D.IO.Ctc;

/// <summary>A file of reference masks that count for SEG.</summary>
/// <param name="Frame">Its frame.</param>
/// <param name="Plane">Its plane, or null where the file holds the whole frame.</param>
/// <param name="Path">The file.</param>
public readonly record struct CtcSegmentation(int Frame, int? Plane, string Path);
