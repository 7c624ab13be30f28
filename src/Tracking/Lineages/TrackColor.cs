namespace Cellpose3D.Tracking.Lineages;

/// <summary>A colour on a screen, 0 to 255 each.</summary>
/// <param name="R">Red.</param>
/// <param name="G">Green.</param>
/// <param name="B">Blue.</param>
public readonly record struct TrackColor(byte R, byte G, byte B);
