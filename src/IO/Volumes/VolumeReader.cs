using Cellpose3D.Core2D;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>An opened volume of any format, read box by box as intensities or as exact labels.</summary>
/// <remarks>Opening reads headers only; a read holds no more than the pieces its box touches. Members may be called from several threads at once.</remarks>
public abstract class VolumeReader : IVolumeSource
{
    private readonly int _time;

    /// <summary>Keeps what the headers said.</summary>
    /// <param name="description">What the file says.</param>
    /// <param name="time">The time point that <see cref="Read(int, VolumeBox, Span{float}, CancellationToken)"/> gives.</param>
    /// <exception cref="ArgumentException">There is no such time point.</exception>
    protected VolumeReader(VolumeDescription description, int time)
    {
        if (time < 0 || time >= description.Times)
            throw new ArgumentException($"time point must be 0 to {description.Times - 1} for '{description.Image.Path}'; got {time}.", nameof(time));
        Description = description;
        _time = time;
    }

    /// <summary>What the file says.</summary>
    public VolumeDescription Description { get; }

    /// <inheritdoc/>
    public VolumeShape Shape => Description.Shape;

    /// <inheritdoc/>
    public int Channels => Description.Channels;

    /// <inheritdoc/>
    public VoxelSize SpacingUm => Description.Image.VoxelSizeUm;

    /// <inheritdoc/>
    public VolumeShape Chunk => Description.Chunk;

    /// <inheritdoc/>
    public void Read(int channel, VolumeBox box, Span<float> voxels, CancellationToken cancellationToken = default) =>
        Read(_time, channel, box, voxels, cancellationToken);

    /// <summary>Reads a box of one channel at one time point as intensities.</summary>
    /// <param name="time">Counted from 0.</param>
    /// <param name="channel">Counted from 0.</param>
    /// <param name="box">Inside the volume.</param>
    /// <param name="voxels">Receives float32 [depth, height, width].</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <exception cref="ArgumentException">There is no such time point or channel, the box leaves the volume, or the span has another length.</exception>
    /// <exception cref="InvalidDataException">A piece is damaged or missing; the message names file and place.</exception>
    public void Read(int time, int channel, VolumeBox box, Span<float> voxels, CancellationToken cancellationToken = default)
    {
        Require(time, channel, box, voxels.Length);
        if (box.Count > 0)
            ReadIntensities(time, channel, box, voxels, cancellationToken);
    }

    /// <summary>Reads a box of one channel at one time point as exact labels.</summary>
    /// <param name="time">Counted from 0.</param>
    /// <param name="channel">Counted from 0; labels have one as a rule.</param>
    /// <param name="box">Inside the volume.</param>
    /// <param name="labels">Receives int32 [depth, height, width], 0 = background.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <exception cref="ArgumentException">There is no such time point or channel, the box leaves the volume, or the span has another length.</exception>
    /// <exception cref="InvalidDataException">A piece is damaged or missing, or a value is no whole number from 0 to 2^31 - 1.</exception>
    public void ReadLabels(int time, int channel, VolumeBox box, Span<int> labels, CancellationToken cancellationToken = default)
    {
        Require(time, channel, box, labels.Length);
        if (box.Count > 0)
            ReadExactly(time, channel, box, labels, cancellationToken);
    }

    /// <summary>Counts the chunks of a format that leaves out those of one value: how many are stored, of how many; null elsewhere.</summary>
    public virtual (long Stored, long All)? CountChunks() => null;

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    /// <param name="disposing">Whether called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Reads a checked box that is not empty, as intensities.</summary>
    /// <param name="time">Time point.</param>
    /// <param name="channel">Channel.</param>
    /// <param name="box">Inside the volume.</param>
    /// <param name="voxels">float32 [depth, height, width].</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    private protected abstract void ReadIntensities(int time, int channel, VolumeBox box, Span<float> voxels, CancellationToken cancellationToken);

    /// <summary>Reads a checked box that is not empty, as exact labels.</summary>
    /// <param name="time">Time point.</param>
    /// <param name="channel">Channel.</param>
    /// <param name="box">Inside the volume.</param>
    /// <param name="labels">int32 [depth, height, width].</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    private protected abstract void ReadExactly(int time, int channel, VolumeBox box, Span<int> labels, CancellationToken cancellationToken);

    private void Require(int time, int channel, VolumeBox box, int length)
    {
        Boxes.RequireIndex(time, Description.Times, nameof(time));
        Boxes.RequireIndex(channel, Channels, nameof(channel));
        Boxes.Require(Shape, box, length, "voxels");
    }
}
