using Cellpose3D.IO.Tiff;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>A TIFF of any kind that <see cref="TiffReader"/> reads, as a volume: only strips and tiles that a box touches are decoded.</summary>
public sealed class TiffVolume : VolumeReader
{
    private readonly TiffReader _reader;
    private readonly bool _isPaletteOfLabels;

    private TiffVolume(TiffReader reader, VolumeDescription description, VolumeOpenOptions options)
        : base(description, options.Time)
    {
        _reader = reader;
        _isPaletteOfLabels = options.AsLabels && reader.IsPalette;
    }

    /// <summary>Opens a file and interprets its axes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Axes and time point; null for the file's own.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or cut short, its planes differ, or its metadata contradict them.</exception>
    /// <exception cref="NotSupportedException">A compression, sample type or arrangement that is not read.</exception>
    /// <exception cref="ArgumentException">Axes that do not fit the file, or a data set, level or time point that it has not.</exception>
    public static TiffVolume Open(string path, VolumeOpenOptions? options = null)
    {
        options ??= new VolumeOpenOptions();
        if (options.Dataset is not null || options.Level != 0)
            throw new ArgumentException($"'{path}' is a TIFF, which has no data sets and one resolution; leave both out.", nameof(options));
        var reader = new TiffReader(path, options.Axes, mayHaveChannels: !options.AsLabels);
        try
        {
            reader.PageOf(0, 0, 0);                                          // axes that run over pages the wrong way
            ImageInfo info = reader.Info;
            if (options.AsLabels && reader.IsPalette)
                info = WithoutColours(info);                                 // the palette's colours are no axis of labels
            var description = new VolumeDescription { Image = info, Chunk = new VolumeShape(1, info.Length('Y'), info.Length('X')) };
            return new TiffVolume(reader, description, options);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _reader.Dispose();
        base.Dispose(disposing);
    }

    private protected override void ReadIntensities(int time, int channel, VolumeBox box, Span<float> voxels, CancellationToken cancellationToken)
    {
        var window = new PlaneWindow(box.Y, box.X, box.Height, box.Width);
        int size = box.Height * box.Width;
        float[] samples = _reader.Samples == 1 ? [] : new float[size * _reader.Samples];
        for (int z = 0; z < box.Depth; z++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long page = _reader.PageOf(time, _isPaletteOfLabels ? 0 : channel, box.Z + z);
            if (samples.Length == 0)
            {
                _reader.ReadWindow(page, window, voxels.Slice(z * size, size));
                continue;
            }
            _reader.ReadWindow(page, window, samples);
            samples.AsSpan(channel * size, size).CopyTo(voxels[(z * size)..]);
        }
    }

    private protected override void ReadExactly(int time, int channel, VolumeBox box, Span<int> labels, CancellationToken cancellationToken)
    {
        var window = new PlaneWindow(box.Y, box.X, box.Height, box.Width);
        int size = box.Height * box.Width, count = _reader.LabelSamples;
        int[] samples = count == 1 ? [] : new int[size * count];
        for (int z = 0; z < box.Depth; z++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long page = _reader.PageOf(time, _isPaletteOfLabels ? 0 : channel, box.Z + z);
            if (samples.Length == 0)
            {
                _reader.ReadWindow(page, window, labels.Slice(z * size, size));
                continue;
            }
            _reader.ReadWindow(page, window, samples);
            samples.AsSpan(channel * size, size).CopyTo(labels[(z * size)..]);
        }
    }

    private static ImageInfo WithoutColours(ImageInfo info)
    {
        int c = info.Axes.IndexOf('C', StringComparison.Ordinal);
        return info with { Axes = info.Axes.Remove(c, 1), Shape = [.. info.Shape[..c], .. info.Shape[(c + 1)..]] };
    }
}
