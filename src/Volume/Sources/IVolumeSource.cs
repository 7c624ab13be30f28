using Cellpose3D.Core2D;

namespace Cellpose3D.Volume.Sources;

/// <summary>A volume of intensities that is read box by box.</summary>
/// <remarks>Members may be called from several threads at once.</remarks>
public interface IVolumeSource : IDisposable
{
    /// <summary>Lengths of the axes.</summary>
    public VolumeShape Shape { get; }

    /// <summary>Number of channels, at least 1.</summary>
    public int Channels { get; }

    /// <summary>Size of a voxel.</summary>
    public VoxelSize SpacingUm { get; }

    /// <summary>The pieces the data lies in; boxes that follow them are read fastest. A TIFF's is a plane.</summary>
    public VolumeShape Chunk { get; }

    /// <summary>Reads a box of one channel.</summary>
    /// <param name="channel">Counted from 0.</param>
    /// <param name="box">Inside the volume.</param>
    /// <param name="voxels">Receives float32 [depth, height, width].</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <exception cref="ArgumentException">The box leaves the volume, or the span has another length.</exception>
    /// <exception cref="InvalidDataException">A piece is damaged or missing; the message names file and place.</exception>
    public void Read(int channel, VolumeBox box, Span<float> voxels, CancellationToken cancellationToken = default);
}
