using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>How a <see cref="ChunkFolderStore{T}"/> lays out its values.</summary>
public sealed record ChunkFolderOptions
{
    /// <summary>Lengths of a piece; made no longer than the volume. Default 64 x 64 x 64: a megabyte of float32.</summary>
    public VolumeShape Chunk { get; init; } = new(64, 64, 64);

    /// <summary>Values at each voxel. Default 1.</summary>
    public int Components { get; init; } = 1;

    /// <summary>
    /// Whether float values are kept as float16: half the disk, a relative error of up to 2^-11, infinity above 65,504. Default false.
    /// </summary>
    public bool HalfPrecision { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">A length or the number of components is below 1.</exception>
    public void Validate()
    {
        if (Chunk.Z < 1 || Chunk.Y < 1 || Chunk.X < 1)
            throw new ArgumentException($"chunk must be 1 x 1 x 1 or longer; got {Chunk}.");
        if (Components < 1)
            throw new ArgumentException($"components must be 1 or more; got {Components}.");
    }
}
