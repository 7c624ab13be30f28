using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Volumes;

/// <summary>Boxes cut out of volumes.</summary>
internal static class VolumeCut
{
    /// <summary>Copies a box.</summary>
    /// <param name="whole">[Z, Y, X]; borrowed.</param>
    /// <param name="shape">Lengths of the axes.</param>
    /// <param name="box">Inside.</param>
    /// <returns>[depth, height, width]; owned by the caller.</returns>
    public static T[] Of<T>(T[] whole, VolumeShape shape, VolumeBox box)
    {
        T[] cut = new T[box.Count];
        int to = 0;
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY; y++, to += box.Width)
                whole.AsSpan((z * shape.Y + y) * shape.X + box.X, box.Width).CopyTo(cut.AsSpan(to));
        }
        return cut;
    }

    /// <summary>A box grown by a margin of its own along each axis and cut to a volume.</summary>
    /// <param name="box">The box.</param>
    /// <param name="margin">Voxels on each side.</param>
    /// <param name="whole">The volume.</param>
    public static VolumeBox Grown(VolumeBox box, (int Z, int Y, int X) margin, VolumeShape whole) => new VolumeBox(
        box.Z - margin.Z, box.Y - margin.Y, box.X - margin.X, box.Depth + 2 * margin.Z, box.Height + 2 * margin.Y, box.Width + 2 * margin.X).Intersect(whole.All);
}
