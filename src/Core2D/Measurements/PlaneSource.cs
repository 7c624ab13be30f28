namespace Cellpose3D.Core2D.Measurements;

/// <summary>An image or volume that is read plane by plane, in order, so that it need not fit memory.</summary>
/// <typeparam name="T">int for labels, float for intensities.</typeparam>
public sealed class PlaneSource<T>
    where T : unmanaged
{
    private readonly PlaneReading<T> _read;

    /// <summary>Describes a source.</summary>
    /// <param name="isVolume">Whether there is a Z axis, be it of length 1.</param>
    /// <param name="depth">Planes; 1 for an image.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="read">Reads a plane; called from one thread.</param>
    /// <exception cref="ArgumentException">An image with several planes, or a negative length.</exception>
    public PlaneSource(bool isVolume, int depth, int height, int width, PlaneReading<T> read)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(depth);
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        if (!isVolume && depth != 1)
            throw new ArgumentException($"depth of an image must be 1; got {depth}.", nameof(depth));
        (IsVolume, Depth, Height, Width, _read) = (isVolume, depth, height, width, read);
    }

    /// <summary>Whether there is a Z axis, be it of length 1.</summary>
    public bool IsVolume { get; }

    /// <summary>Planes; 1 for an image.</summary>
    public int Depth { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Reads a plane.</summary>
    /// <param name="z">Index of the plane.</param>
    /// <param name="plane">Receives [Y, X].</param>
    public void Read(int z, Span<T> plane) => _read(z, plane);
}
