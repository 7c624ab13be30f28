using Cellpose3D.Core2D;
using Cellpose3D.IO.Hdf5;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>Writes a volume in another format, box by box; the new file appears whole or not at all.</summary>
public static class VolumeConverter
{
    /// <summary>Whether a volume's values are labels: the file says so, or they are whole numbers too long for a camera.</summary>
    /// <param name="description">What the file says.</param>
    public static bool HoldsLabels(VolumeDescription description) =>
        description.IsLabels || description.Image.PixelType is PixelType.UInt32 or PixelType.Int32 or PixelType.UInt64 or PixelType.Int64;

    /// <summary>Converts a volume.</summary>
    /// <param name="source">Read box by box; borrowed.</param>
    /// <param name="path">Where the new file appears; its extension sets the format.</param>
    /// <param name="options">What is taken, and how it is laid out; null for everything and the defaults.</param>
    /// <param name="progress">Receives the fraction done, in [0, 1].</param>
    /// <param name="cancellationToken">Cancelled, nothing is left and the old file stays.</param>
    /// <returns>The element type that was written.</returns>
    /// <exception cref="ArgumentException">Options that do not fit the source or the format.</exception>
    /// <exception cref="InvalidDataException">The source is damaged, or a label is no whole number from 0 to 2^31 - 1.</exception>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public static PixelType Run(
        VolumeReader source, string path, VolumeConvertOptions? options = null, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new VolumeConvertOptions();
        VolumeDescription d = source.Description;
        if (options.Channel is { } channel)
            Boxes.RequireIndex(channel, d.Channels, "channel");
        if (options.Time is { } time)
            Boxes.RequireIndex(time, d.Times, "time");
        bool isLabels = options.IsLabels ?? HoldsLabels(d);
        VoxelSize size = options.Write.VoxelSizeUm;
        int channels = options.Channel is null ? d.Channels : 1;
        VolumeWriteOptions write = options.Write with
        {
            Times = options.Time is null ? d.Times : 1,
            Channels = channels,
            VoxelSizeUm = new VoxelSize(size.Z ?? source.SpacingUm.Z, size.Y ?? source.SpacingUm.Y, size.X ?? source.SpacingUm.X),
            FrameIntervalS = options.Write.FrameIntervalS ?? d.Image.FrameIntervalS,
            ChannelNames = options.Write.ChannelNames.Count > 0 ? options.Write.ChannelNames
                : options.Channel is { } c && c < d.Image.ChannelNames.Count ? [d.Image.ChannelNames[c]] : d.Image.ChannelNames,
            Type = options.Write.Type ?? (isLabels ? NarrowLabels(d.Image.PixelType) : NearestWritten(d.Image.PixelType)),
        };
        return isLabels
            ? Write<int>((n, box, values) => source.ReadLabels(Time(n), Channel(n), box, values, cancellationToken), source.Shape, source.Chunk, path, write, isLabels: true, progress, cancellationToken)
            : Write<float>((n, box, values) => source.Read(Time(n), Channel(n), box, values, cancellationToken), source.Shape, source.Chunk, path, write, isLabels: false, progress, cancellationToken);

        int Time(int component) => options.Time ?? component / channels;
        int Channel(int component) => options.Channel ?? component % channels;
    }

    /// <summary>Writes boxes of any source; for labels without a type, a first pass finds the largest where it matters.</summary>
    internal static PixelType Write<T>(
        VolumeCopy.BoxReading<T> read, VolumeShape shape, VolumeShape sourceChunk, string path, VolumeWriteOptions options, bool isLabels,
        IProgress<float>? progress, CancellationToken cancellationToken)
        where T : unmanaged
    {
        options.Validate();
        VolumeFormat format = VolumeFile.FormatOf(path);
        bool scans = isLabels && options.Type is null && format != VolumeFormat.OmeZarr;
        PixelType type = options.Type ?? (isLabels ? PixelType.UInt32 : PixelType.Float32);
        if (scans && read is VolumeCopy.BoxReading<int> labels)
        {
            int largest = VolumeCopy.Largest(labels, shape, options.Times * options.Channels, sourceChunk, Share(progress, 0, 0.3f), cancellationToken);
            type = largest > ushort.MaxValue ? PixelType.UInt32 : PixelType.UInt16;
        }
        using IVolumeOutput<T> output = Open<T>(path, format, shape, type, options, isLabels);
        float begin = scans ? 0.3f : 0, end = format == VolumeFormat.OmeZarr ? 0.8f : 1;
        VolumeCopy.Run(read, sourceChunk, output, Share(progress, begin, end), cancellationToken);
        output.Complete(Share(progress, end, 1), cancellationToken);
        return type;
    }

    private static IVolumeOutput<T> Open<T>(string path, VolumeFormat format, VolumeShape shape, PixelType type, VolumeWriteOptions options, bool isLabels)
        where T : unmanaged => format switch
        {
            VolumeFormat.OmeZarr => new OmeZarrStore<T>(VolumeFile.Split(path).File, shape, type, options, isLabels),
            VolumeFormat.Hdf5 => Hdf5Output.Create<T>(path, shape, type, options, isLabels),
            _ => new TiffVolumeOutput<T>(path, shape, type, options, isOme: format == VolumeFormat.OmeTiff),
        };

    /// <summary>The type that holds every value of another; labels of a byte are written as 16 bits, as everywhere here.</summary>
    private static PixelType? NarrowLabels(PixelType type) => type is PixelType.UInt8 or PixelType.UInt16 ? PixelType.UInt16 : null;

    private static PixelType NearestWritten(PixelType type) => type is PixelType.UInt8 or PixelType.UInt16 ? type : PixelType.Float32;

    private static PartOfProgress? Share(IProgress<float>? progress, float from, float to) => progress is null ? null : new PartOfProgress(progress, from, to);

    private sealed class PartOfProgress(IProgress<float> whole, float from, float to) : IProgress<float>
    {
        public void Report(float value) => whole.Report(from + ((to - from) * value));
    }
}
