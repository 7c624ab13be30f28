namespace Cellpose3D.Core2D.Measurements;

/// <summary>Makes plane sources.</summary>
public static class PlaneSources
{
    /// <summary>Reads from an array.</summary>
    /// <param name="array">[(Z,) Y, X]; borrowed, not copied.</param>
    /// <exception cref="ArgumentException">The array has neither two nor three axes.</exception>
    public static PlaneSource<T> Of<T>(NdArray<T> array)
        where T : unmanaged
    {
        if (array.Rank is not (2 or 3))
            throw new ArgumentException($"an array of planes must be [Y, X] or [Z, Y, X]; got {array}.", nameof(array));
        bool isVolume = array.Rank == 3;
        int height = array.Shape[^2], width = array.Shape[^1], size = height * width;
        return new PlaneSource<T>(isVolume, isVolume ? array.Shape[0] : 1, height, width,
            (z, plane) => array.Data.AsSpan(z * size, size).CopyTo(plane));
    }
}
