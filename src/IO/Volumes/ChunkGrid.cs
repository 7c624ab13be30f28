using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>The regular pieces a volume is cut into; those at its far faces are cut short.</summary>
internal readonly record struct ChunkGrid(VolumeShape Whole, VolumeShape Chunk)
{
    /// <summary>The pieces that a box touches, in raster order.</summary>
    public IEnumerable<VolumeBox> Touching(VolumeBox box)
    {
        if (box.Count == 0)
            yield break;
        for (int z = box.Z / Chunk.Z; z <= (box.EndZ - 1) / Chunk.Z; z++)
        {
            for (int y = box.Y / Chunk.Y; y <= (box.EndY - 1) / Chunk.Y; y++)
            {
                for (int x = box.X / Chunk.X; x <= (box.EndX - 1) / Chunk.X; x++)
                    yield return At(z, y, x);
            }
        }
    }

    /// <summary>One piece by its place in the grid.</summary>
    public VolumeBox At(int z, int y, int x) =>
        new VolumeBox(z * Chunk.Z, y * Chunk.Y, x * Chunk.X, Chunk.Z, Chunk.Y, Chunk.X).Intersect(Whole.All);

    /// <summary>A chunk made no longer than the volume, every length at least 1.</summary>
    public static VolumeShape Clip(VolumeShape chunk, VolumeShape whole) => new(
        Math.Clamp(chunk.Z, 1, Math.Max(1, whole.Z)), Math.Clamp(chunk.Y, 1, Math.Max(1, whole.Y)), Math.Clamp(chunk.X, 1, Math.Max(1, whole.X)));
}
