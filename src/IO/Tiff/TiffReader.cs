using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Tiff;

/// <summary>Reads a TIFF or BigTIFF plane by plane, in any order.</summary>
/// <remarks>Opening reads headers only. Several threads may read planes of one reader at the same time.</remarks>
public sealed class TiffReader : IImageFile
{
    private readonly TiffFile _file;
    private readonly List<TiffPage> _pages;
    private readonly TiffSeries _series;
    private readonly string _planeAxes;         // letters over planes as the caller sees them, lengths beside
    private readonly int[] _planeShape;

    /// <summary>Opens a file and interprets its axes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="axes">Letters that replace the file's axes, slowest first (for example ZCYX or CYX; S is read as C); null keeps them.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or cut short, its pages differ, or its metadata contradict them.</exception>
    /// <exception cref="NotSupportedException">A compression, sample type or arrangement that is not read.</exception>
    /// <exception cref="ArgumentException">The axes have other letters, or another number, than the file.</exception>
    public TiffReader(string path, string? axes = null)
        : this(path, axes, mayHaveChannels: true)
    {
    }

    /// <summary>Opens a file; without channels, guessed axes never include C.</summary>
    internal TiffReader(string path, string? axes, bool mayHaveChannels)
    {
        string? letters = axes is null ? null : AxisOrder.Parse(axes);
        _file = new TiffFile(path);
        try
        {
            _pages = TiffPages.Read(_file);
            _series = Interpret(letters, mayHaveChannels);
            if (_series.IsContiguous)
                RequireContiguous();
            TiffPage first = _pages[0];
            (string pageAxes, int[] pageShape) = first.PageAxes;
            string fullAxes = _series.PlaneAxes + pageAxes;
            int[] fullShape = [.. _series.PlaneShape, .. pageShape];
            (string shownAxes, int[] shownShape) = AxisOrder.Squeeze(fullAxes, fullShape);
            if (letters is not null)
            {
                shownShape = letters.Length == shownShape.Length ? shownShape : letters.Length == fullShape.Length ? fullShape
                    : throw AxisOrder.Mismatch(axes!, path, shownShape, shownAxes);
                shownAxes = letters;
            }
            _planeAxes = shownAxes[..^pageShape.Length];
            _planeShape = shownShape[..^pageShape.Length];
            Info = new ImageInfo
            {
                Path = path,
                Format = _file.IsBigTiff ? "BigTIFF" : "TIFF",
                Axes = shownAxes,
                Shape = shownShape,
                PixelType = first.ShownType,
                AxesSource = letters is null ? _series.Source : AxisOrder.OverrideSource,
                VoxelSizeUm = _series.VoxelSizeUm,
                FrameIntervalS = _series.FrameIntervalS,
                ChannelNames = _series.ChannelNames,
                Compression = TiffCompression.Name(first.Compression),
                Pages = _series.IsContiguous ? _series.Planes : _pages.Count,
                IsBigTiff = _file.IsBigTiff,
                IsTiled = first.IsTiled,
            };
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>What the headers say.</summary>
    public ImageInfo Info { get; }

    /// <summary>Values of one page: samples x height x width.</summary>
    public int PageLength => _pages[0].ShownSamples * _pages[0].Height * _pages[0].Width;

    /// <summary>Samples of a pixel, 3 for a palette.</summary>
    public int Samples => _pages[0].ShownSamples;

    /// <summary>The page that holds a plane; where channels are samples of a pixel, every c gives the same page.</summary>
    /// <param name="t">Time point; 0 without that axis.</param>
    /// <param name="c">Channel; 0 without that axis.</param>
    /// <param name="z">Plane; 0 without that axis.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside its axis.</exception>
    /// <exception cref="NotSupportedException">The axes given by the caller make Y or X run over pages.</exception>
    public long PageOf(int t, int c, int z)
    {
        if (_planeAxes.AsSpan().ContainsAny('Y', 'X'))
            throw new NotSupportedException($"axes '{Info.Axes}' put Y or X over pages of '{Info.Path}'; such a file is read whole.");
        long plane = 0;
        foreach ((char axis, int index) in ((char, int)[])[('T', t), ('C', c), ('Z', z)])
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index, axis.ToString());
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Info.Length(axis), axis.ToString());
        }
        for (int i = 0; i < _planeAxes.Length; i++)
            plane = plane * _planeShape[i] + (_planeAxes[i] switch { 'T' => t, 'C' => c, _ => z });
        return _series.PageOfPlane is { } map ? map[plane] : plane;
    }

    /// <summary>Reads one page as intensities: palettes expanded, white-is-zero inverted.</summary>
    /// <param name="page">From 0, below the number of pages.</param>
    /// <param name="samples">Receives float32 [samples, Y, X]; <see cref="PageLength"/> values.</param>
    /// <exception cref="InvalidDataException">The page is damaged or cut short.</exception>
    public void ReadPlane(long page, Span<float> samples) => ReadWindow(page, WholePlane, samples);

    /// <summary>Reads one page as exact labels, as stored: palettes give their indices, white-is-zero is not inverted.</summary>
    /// <param name="page">From 0, below the number of pages.</param>
    /// <param name="labels">Receives int32 [samples, Y, X], 0 = background; one sample for a palette.</param>
    /// <exception cref="InvalidDataException">The page is damaged, or a value is no whole number from 0 to 2^31 - 1.</exception>
    public void ReadPlane(long page, Span<int> labels) => ReadWindow(page, WholePlane, labels);

    /// <summary>Reads a part of one page as intensities: float32 [samples, window rows, window columns].</summary>
    internal void ReadWindow(long page, PlaneWindow window, Span<float> samples)
    {
        TiffPage p = Page(page, window, samples.Length, Samples);
        if (p.ColorMap is { } colours)
        {
            int[] indices = new int[window.Height * window.Width];
            TiffSamples.Read<int, NumberConversion<int>>(_file, p, page, window, indices);
            int shift = colours.Any(v => v > 255) ? 8 : 0, entries = 1 << p.Bits;   // some writers leave 8-bit values in the 16-bit map
            for (int s = 0; s < 3; s++)
            {
                for (int i = 0; i < indices.Length; i++)
                    samples[(s * indices.Length) + i] = colours[(s * entries) + indices[i]] >> shift;
            }
            return;
        }
        TiffSamples.Read<float, FloatConversion>(_file, p, page, window, samples);
        if (p.Photometric == 0 && p.SampleFormat == 1)
        {
            float white = (float)(Math.Pow(2, p.Bits) - 1);
            for (int i = 0; i < samples.Length; i++)
                samples[i] = white - samples[i];
        }
    }

    /// <summary>Reads a part of one page as exact labels: int32 [samples, window rows, window columns]; one sample for a palette.</summary>
    internal void ReadWindow(long page, PlaneWindow window, Span<int> labels)
    {
        TiffPage p = Page(page, window, labels.Length, LabelSamples);
        TiffSamples.Read<int, LabelConversion>(_file, p, page, window, labels);
    }

    /// <summary>Whether pixels are indices into a list of colours.</summary>
    internal bool IsPalette => _pages[0].IsPalette;

    /// <summary>Samples of a pixel when read as labels: a palette has one.</summary>
    internal int LabelSamples => IsPalette ? 1 : Samples;


    /// <summary>Reads the whole image.</summary>
    /// <returns>float32, canonical axes of <see cref="Info"/>; owned by the caller.</returns>
    internal NdArray<float> ReadPixels(CancellationToken cancellationToken) =>
        ReadAll<float>(Info.Axes, Info.Shape, Samples, ReadPlane, cancellationToken);

    /// <summary>Reads the whole image as exact labels.</summary>
    /// <returns>int32, canonical axes of <see cref="Info"/>, without C for a palette; owned by the caller.</returns>
    internal NdArray<int> ReadLabels(CancellationToken cancellationToken)
    {
        if (!_pages[0].IsPalette)
            return ReadAll<int>(Info.Axes, Info.Shape, Samples, ReadPlane, cancellationToken);
        string pageAxes = Info.Axes[^3..].Replace("C", "", StringComparison.Ordinal);    // the palette's colours are no axis of labels
        return ReadAll<int>(_planeAxes + pageAxes, [.. _planeShape, .. Info.Shape[^3..^1]], 1, ReadPlane, cancellationToken);
    }

    bool IImageFile.IsPalette => IsPalette;

    NdArray<float> IImageFile.ReadPixels(CancellationToken cancellationToken) => ReadPixels(cancellationToken);

    NdArray<int> IImageFile.ReadLabels(CancellationToken cancellationToken) => ReadLabels(cancellationToken);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private delegate void PlaneReading<T>(long page, Span<T> samples);

    private TiffSeries Interpret(string? letters, bool mayHaveChannels)
    {
        try
        {
            return TiffInterpreter.Read(_pages, _file.Path, ignoresMetadata: false, mayHaveChannels);
        }
        catch (Exception e) when (letters is not null && e is InvalidDataException or NotSupportedException)
        {
            return TiffInterpreter.Read(_pages, _file.Path, ignoresMetadata: true, mayHaveChannels);    // the caller's axes are the remedy the message names
        }
    }

    private void RequireContiguous()
    {
        TiffPage p = _pages[0];
        if (p.Compression != TiffCompression.None || p.IsTiled || p.FillOrder == 2)
            throw new NotSupportedException($"'{_file.Path}' says {_series.Planes} planes behind one header; that is read for uncompressed strips only.");
        UInt128 needed = (UInt128)(ulong)_series.Planes * (ulong)p.PlaneBytes;
        _file.Require(p.Offsets[0], needed > long.MaxValue ? long.MaxValue : (ulong)needed, $"its {_series.Planes} planes");
    }

    private PlaneWindow WholePlane => new(0, 0, _pages[0].Height, _pages[0].Width);

    private TiffPage Page(long page, PlaneWindow window, int length, int samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(page);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(page, Info.Pages);
        int expected = samples * window.Height * window.Width;
        if (length != expected)
            throw new ArgumentException($"a page of '{Info.Path}' has {expected} values; got room for {length}.", nameof(length));
        if (!_series.IsContiguous)
            return _pages[(int)page];
        TiffPage first = _pages[0];
        return first with
        {
            ChunkHeight = first.Height,
            Offsets = [.. Enumerable.Range(0, first.IsPlanar ? first.Samples : 1)
                .Select(s => first.Offsets[0] + (ulong)((page * first.PlaneBytes) + (s * first.RowBytes * first.Height)))],
            ByteCounts = [.. Enumerable.Repeat((ulong)(first.RowBytes * first.Height), first.IsPlanar ? first.Samples : 1)],
        };
    }

    private NdArray<T> ReadAll<T>(string axes, int[] shape, int samples, PlaneReading<T> read, CancellationToken cancellationToken)
        where T : unmanaged
    {
        TiffPage first = _pages[0];
        int height = first.Height, width = first.Width, plane = height * width;
        for (int p = 0; p < (_series.IsContiguous ? 0 : _pages.Count); p++)
            TiffSamples.RequirePresent(_file, _pages[p], p);                // before memory is taken for what a damaged header claims
        T[] result = new T[CanonicalLayout.Count(shape, Info.Path)];
        long[] strides = CanonicalLayout.Strides(axes, shape);
        // where the page's own samples, rows and columns go; a page of samples is C, Y, X or Y, X, C in the file
        int own = samples > 1 ? 3 : 2, over = axes.Length - own;
        long[] page = strides[over..];
        (long strideS, long strideY, long strideX) = own == 2 ? (0, page[0], page[1])
            : first.IsPlanar && !first.IsPalette ? (page[0], page[1], page[2]) : (page[2], page[0], page[1]);
        bool isDirect = strideX == 1 && strideY == width && samples == 1;
        T[] buffer = isDirect ? [] : new T[plane * samples];
        long planes = _series.Planes;
        int[] index = new int[over];
        for (long p = 0; p < planes; p++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long to = 0;
            for (int axis = 0; axis < over; axis++)
                to += index[axis] * strides[axis];
            long number = _series.PageOfPlane is { } map ? map[p] : p;
            if (isDirect)
            {
                read(number, result.AsSpan((int)to, plane));
            }
            else
            {
                read(number, buffer);
                for (int s = 0; s < samples; s++)
                {
                    for (int y = 0; y < height; y++)
                    {
                        long row = to + (s * strideS) + (y * strideY);
                        ReadOnlySpan<T> from = buffer.AsSpan((s * plane) + (y * width), width);
                        if (strideX == 1)
                            from.CopyTo(result.AsSpan((int)row));
                        else
                            for (int x = 0; x < width; x++)
                                result[row + (x * strideX)] = from[x];
                    }
                }
            }
            for (int axis = over - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
                index[axis] = 0;
        }
        return new NdArray<T>(result, CanonicalLayout.Shape(axes, shape));
    }
}
