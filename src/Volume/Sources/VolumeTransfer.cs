namespace Cellpose3D.Volume.Sources;

/// <summary>Checks that memory and stores share.</summary>
internal static class VolumeTransfer
{
    /// <summary>Checks a box and the length of what shall fill it.</summary>
    /// <exception cref="ArgumentException">The box leaves the volume, or the length is another one.</exception>
    public static void Require(VolumeShape shape, VolumeBox box, int length)
    {
        if (box.Intersect(shape.All) != box)
            throw new ArgumentException($"box must lie in the volume of {shape} voxels; got {box}.", nameof(box));
        if (box.Count != length)
            throw new ArgumentException($"box {box} needs {box.Count} values; got {length}.", nameof(length));
    }

    /// <summary>Checks an index of an axis that counts channels or components.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such index.</exception>
    public static void RequireIndex(int index, int count, string name)
    {
        if ((uint)index >= (uint)count)
            throw new ArgumentOutOfRangeException(name, $"{name} must be 0 to {count - 1}; got {index}.");
    }
}
