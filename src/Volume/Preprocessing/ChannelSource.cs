using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>The channels of a volume that a network is to see: those of the cells and, if asked for, the nuclei.</summary>
/// <remarks>The numbers are those of <see cref="ChannelSelector"/>: 0 is the mean of all channels, 1 the first, and so on.</remarks>
public sealed class ChannelSource : IVolumeSource
{
    private readonly IVolumeSource _source;
    private readonly int[] _channels;      // counted from 1; 0 is the mean of all

    /// <summary>Picks channels.</summary>
    /// <param name="source">Borrowed for the lifetime of this one.</param>
    /// <param name="chan">Channel of the cells: 0 for the mean of all, else its number counted from 1.</param>
    /// <param name="chan2">Channel of the nuclei, counted from 1; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such channel, or a second one is asked for beside grey.</exception>
    public ChannelSource(IVolumeSource source, int chan, int chan2 = 0)
    {
        Require(chan, source.Channels, nameof(chan));
        Require(chan2, source.Channels, nameof(chan2));
        if (chan == 0 && chan2 != 0)
            throw new ArgumentOutOfRangeException(nameof(chan2), $"chan2 must be 0 where chan is 0 (grey); got {chan2}. Name the cells' channel in chan.");
        _source = source;
        _channels = chan2 == 0 ? [chan] : [chan, chan2];
    }

    /// <inheritdoc/>
    public VolumeShape Shape => _source.Shape;

    /// <inheritdoc/>
    public int Channels => _channels.Length;

    /// <inheritdoc/>
    public VoxelSize SpacingUm => _source.SpacingUm;

    /// <inheritdoc/>
    public VolumeShape Chunk => _source.Chunk;

    /// <inheritdoc/>
    public void Read(int channel, VolumeBox box, Span<float> voxels, CancellationToken cancellationToken = default)
    {
        VolumeTransfer.RequireIndex(channel, Channels, nameof(channel));
        int wanted = _channels[channel];
        _source.Read(wanted == 0 ? 0 : wanted - 1, box, voxels, cancellationToken);
        if (wanted != 0 || _source.Channels == 1)
            return;
        float[] other = GC.AllocateUninitializedArray<float>(voxels.Length);
        for (int c = 1; c < _source.Channels; c++)
        {
            _source.Read(c, box, other, cancellationToken);
            for (int i = 0; i < voxels.Length; i++)
                voxels[i] += other[i];
        }
        for (int i = 0; i < voxels.Length; i++)
            voxels[i] /= _source.Channels;
    }

    /// <summary>Nothing to give back: the volume below is borrowed.</summary>
    public void Dispose()
    {
    }

    private static void Require(int channel, int count, string name)
    {
        if (channel < 0 || channel > count)
            throw new ArgumentOutOfRangeException(name, $"{name} must be 0 or a channel from 1 to {count}; got {channel}.");
    }
}
