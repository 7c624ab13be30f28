namespace Cellpose3D.Volume.Sources;

/// <summary>Cuts a volume into slices of whole planes for a pass over all of it.</summary>
internal static class VolumeSlices
{
    /// <summary>Slices of about a number of voxels, at least one plane and, where that is no more than four times as much, whole chunks thick.</summary>
    public static IEnumerable<VolumeBox> Of(IVolumeSource source, int voxels) => Of(source.Shape, source.Chunk.Z, voxels);

    /// <summary>Slices of about a number of voxels along borders of chunks.</summary>
    public static IEnumerable<VolumeBox> Of(VolumeShape shape, int chunkDepth, int voxels)
    {
        long plane = (long)shape.Y * shape.X;
        int depth = (int)Math.Clamp(voxels / plane, 1, shape.Z);
        if (chunkDepth > 1)
            depth = depth >= chunkDepth ? depth / chunkDepth * chunkDepth : chunkDepth * plane <= 4L * voxels ? chunkDepth : depth;
        for (int z = 0; z < shape.Z; z += depth)
            yield return new VolumeBox(z, 0, 0, Math.Min(depth, shape.Z - z), shape.Y, shape.X);
    }
}
