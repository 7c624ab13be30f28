using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Tiff;

/// <summary>What a written TIFF says beside its samples, and how they are packed.</summary>
public sealed record TiffWriterOptions
{
    /// <summary>Voxel size in micrometres; unknown edges are left out.</summary>
    public VoxelSize VoxelSizeUm { get; init; }

    /// <summary>Seconds between time points; null when unknown.</summary>
    public double? FrameIntervalS { get; init; }

    /// <summary>Whether samples are deflated. Default true: labels shrink twentyfold and more.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Names of channels, written in OME-XML; empty when they have none.</summary>
    public IReadOnlyList<string> ChannelNames { get; init; } = [];

    /// <summary>Whether metadata are OME-XML even where ImageJ's could be written. Default false.</summary>
    public bool OmeXml { get; init; }

    /// <summary>Whether offsets have 64 bits; null, the default, decides by the size of the samples (above 3.9 GB).</summary>
    public bool? BigTiff { get; init; }
}
