using Cellpose3D.Core2D;

namespace Cellpose3D.Volume.Sources;

/// <summary>A volume that is in memory already.</summary>
public sealed class MemoryVolumeSource : IVolumeSource
{
    private readonly NdArray<float> _voxels;

    /// <summary>Wraps an array.</summary>
    /// <param name="voxels">float32 [C, Z, Y, X], or [Z, Y, X] for one channel, any unit; borrowed for the source's lifetime.</param>
    /// <param name="spacingUm">Size of a voxel, as far as it is known.</param>
    /// <exception cref="ArgumentException">The array has other axes, or an axis without length.</exception>
    public MemoryVolumeSource(NdArray<float> voxels, VoxelSize spacingUm = default)
    {
        if (voxels.Rank is not (3 or 4) || voxels.Length == 0)
            throw new ArgumentException($"voxels must be [Z, Y, X] or [C, Z, Y, X] with at least one voxel; got {voxels}.", nameof(voxels));
        _voxels = voxels;
        SpacingUm = spacingUm;
        Channels = voxels.Rank == 4 ? voxels.Shape[0] : 1;
        Shape = new VolumeShape(voxels.Shape[^3], voxels.Shape[^2], voxels.Shape[^1]);
    }

    /// <inheritdoc/>
    public VolumeShape Shape { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <inheritdoc/>
    public VoxelSize SpacingUm { get; }

    /// <inheritdoc/>
    public VolumeShape Chunk => Shape with { Z = 1 };

    /// <inheritdoc/>
    public void Read(int channel, VolumeBox box, Span<float> voxels, CancellationToken cancellationToken = default)
    {
        VolumeTransfer.RequireIndex(channel, Channels, nameof(channel));
        VolumeTransfer.Require(Shape, box, voxels.Length);
        for (int z = box.Z; z < box.EndZ; z++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int y = box.Y; y < box.EndY; y++)
            {
                int row = ((channel * Shape.Z + z) * Shape.Y + y) * Shape.X;      // an array has fewer than 2^31 values
                _voxels.Data.AsSpan(row + box.X, box.Width).CopyTo(voxels);
                voxels = voxels[box.Width..];
            }
        }
    }

    /// <summary>Nothing to give back: the array is borrowed.</summary>
    public void Dispose()
    {
    }
}
