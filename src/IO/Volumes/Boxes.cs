using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>Checks boxes and copies what two of them share.</summary>
internal static class Boxes
{
    /// <summary>Throws where a box leaves the volume, or a span is not as long as the box.</summary>
    public static void Require(VolumeShape whole, VolumeBox box, long length, string name)
    {
        if (box.Z < 0 || box.Y < 0 || box.X < 0 || box.Depth < 0 || box.Height < 0 || box.Width < 0
            || box.Depth > whole.Z - box.Z || box.Height > whole.Y - box.Y || box.Width > whole.X - box.X)
        {
            throw new ArgumentException($"box must lie inside the volume of {whole} voxels; got {box}.", nameof(box));
        }
        if (box.Count != length)
            throw new ArgumentException($"{name} must have {box.Count} values for box {box}; got {length}.", name);
    }

    /// <summary>Throws where a channel or component does not exist.</summary>
    public static void RequireIndex(int index, int count, string name)
    {
        if (index < 0 || index >= count)
            throw new ArgumentOutOfRangeException(name, index, $"{name} must be 0 to {count - 1}; got {index}.");
    }

    /// <summary>Copies the voxels that two boxes share.</summary>
    /// <param name="from">[depth, height, width] of <paramref name="fromBox"/>; borrowed.</param>
    /// <param name="fromBox">Where <paramref name="from"/> lies.</param>
    /// <param name="to">[depth, height, width] of <paramref name="toBox"/>; the shared voxels are written.</param>
    /// <param name="toBox">Where <paramref name="to"/> lies.</param>
    public static void Copy<T>(ReadOnlySpan<T> from, VolumeBox fromBox, Span<T> to, VolumeBox toBox)
    {
        VolumeBox both = fromBox.Intersect(toBox);
        for (int z = both.Z; z < both.EndZ; z++)
        {
            for (int y = both.Y; y < both.EndY; y++)
                from.Slice(Offset(fromBox, z, y, both.X), both.Width).CopyTo(to.Slice(Offset(toBox, z, y, both.X), both.Width));
        }
    }

    /// <summary>Where a voxel lies in a span of a box.</summary>
    public static int Offset(VolumeBox box, int z, int y, int x) =>
        checked((int)(((((long)z - box.Z) * box.Height) + (y - box.Y)) * box.Width + (x - box.X)));
}
