namespace Cellpose3D.Core2D.Measurements;

/// <summary>Reads one plane of a volume.</summary>
/// <typeparam name="T">int for labels, float for intensities.</typeparam>
/// <param name="z">Index of the plane.</param>
/// <param name="plane">Receives [Y, X].</param>
public delegate void PlaneReading<T>(int z, Span<T> plane)
    where T : unmanaged;
