namespace Cellpose3D.IO.Tiff;

/// <summary>Reads and checks the chain of image file directories.</summary>
internal static class TiffPages
{
    /// <summary>All pages of full size; reduced copies (thumbnails, pyramid levels) are left out.</summary>
    public static List<TiffPage> Read(TiffFile file)
    {
        var pages = new List<TiffPage>();
        var seen = new HashSet<ulong>();
        int number = 0;
        for (ulong offset = file.FirstDirectory; offset != 0; number++)
        {
            if (!seen.Add(offset))
                throw new InvalidDataException($"the pages of '{file.Path}' form a circle: page {number} is an earlier one.");
            var directory = new TiffDirectory(file, offset, number);
            TiffPage page = Parse(file, directory);
            if (!page.IsReduced || pages.Count == 0)
                pages.Add(page);
            offset = directory.Next;
        }
        if (pages.Count == 0)
            throw new InvalidDataException($"'{file.Path}' has no pages.");
        RequireAlike(file.Path, pages);
        return pages;
    }

    private static void RequireAlike(string path, List<TiffPage> pages)
    {
        TiffPage first = pages[0];
        for (int i = 1; i < pages.Count; i++)
        {
            TiffPage page = pages[i];
            if (page.Height != first.Height || page.Width != first.Width)
                throw new InvalidDataException($"plane {i} of '{path}' is {page.Height} x {page.Width}; plane 0 is {first.Height} x {first.Width}.");
            if (page.ShownSamples != first.ShownSamples)
                throw new InvalidDataException($"plane {i} of '{path}' has {page.ShownSamples} samples a pixel; plane 0 has {first.ShownSamples}.");
            if (page.ShownType != first.ShownType)
                throw new InvalidDataException($"plane {i} of '{path}' holds {page.ShownType.Name()}; plane 0 holds {first.ShownType.Name()}.");
        }
    }

    private static TiffPage Parse(TiffFile file, TiffDirectory d)
    {
        string place = $"page {d.Number} of '{file.Path}'";
        int width = Size(d, TiffTag.ImageWidth, "width", place), height = Size(d, TiffTag.ImageLength, "height", place);
        int samples = (int)Range(d.Integer(TiffTag.SamplesPerPixel, 1), 1, ushort.MaxValue, "samples per pixel", place);
        long area = (long)width * height;
        if (area > Array.MaxLength / samples)
            throw new InvalidDataException($"{place} claims {height} x {width} pixels of {samples} samples; at most {Array.MaxLength} values fit a plane.");
        if (d.Integer(TiffTag.ImageDepth, 1) > 1)
            throw new NotSupportedException($"{place} stores a volume in one page (image depth); save it as one page a plane.");

        int bits = Same(d, TiffTag.BitsPerSample, 1, samples, "bits per sample", place);
        int format = Same(d, TiffTag.SampleFormat, 1, samples, "sample formats", place);
        if (format == 4)
            format = 1;                                                     // "undefined": as unsigned
        bool known = format switch
        {
            1 => bits is >= 1 and <= 16 or 32 or 64,
            2 => bits is 8 or 16 or 32 or 64,
            3 => bits is 16 or 32 or 64,
            _ => false,
        };
        if (!known)
            throw new NotSupportedException($"{place} has samples of {bits} bits in format {format}; integers of 1 to 16, 32 and 64 bits and floats of 16, 32 and 64 are read.");

        int compression = (int)Range(d.Integer(TiffTag.Compression, TiffCompression.None), 0, ushort.MaxValue, "compression", place);
        if (!TiffCompression.IsRead(compression))
            throw new NotSupportedException($"{place} is compressed by {TiffCompression.Name(compression)}; save it uncompressed or with Deflate, LZW or PackBits.");

        long photometric = d.Integer(TiffTag.Photometric, samples >= 3 ? 2 : 1);
        if (photometric is not (0 or 1 or 2 or 3 or 4) && !(photometric == 6 && compression == TiffCompression.Jpeg))
            throw new NotSupportedException($"{place} has photometric interpretation {photometric}; grey, RGB and palette images are read.");
        ushort[]? colours = photometric == 3 ? Palette(d, bits, samples, format, place) : null;

        var page = new TiffPage
        {
            Width = width,
            Height = height,
            Samples = samples,
            Bits = bits,
            SampleFormat = format,
            Compression = compression,
            Photometric = (int)photometric,
            IsPlanar = samples > 1 && Range(d.Integer(TiffTag.PlanarConfiguration, 1), 1, 2, "planar configuration", place) == 2,
            Predictor = (int)Range(d.Integer(TiffTag.Predictor, 1), 1, 3, "predictor", place),
            FillOrder = (int)Range(d.Integer(TiffTag.FillOrder, 1), 1, 2, "fill order", place),
            IsTiled = d.Has(TiffTag.TileOffsets),
            ChunkWidth = width,
            ChunkHeight = height,
            Offsets = [],
            ByteCounts = [],
            ColorMap = colours,
            JpegTables = compression == TiffCompression.Jpeg ? d.Bytes(TiffTag.JpegTables) : null,
            YCbCrSubSampling = photometric == 6 ? [.. d.Integers(TiffTag.YCbCrSubSampling).Select(v => (ushort)v)] : null,
            Description = d.Number == 0 ? d.Text(TiffTag.ImageDescription) : "",
            UnitsPerPixelX = d.UnitsPerPixel(TiffTag.XResolution),
            UnitsPerPixelY = d.UnitsPerPixel(TiffTag.YResolution),
            ResolutionUnit = (int)Math.Clamp(d.Integer(TiffTag.ResolutionUnit, 2), 0, 9),
            IsReduced = (d.Integer(TiffTag.NewSubfileType, 0) & 1) != 0,
        };
        return WithChunks(file, d, page, place);
    }

    private static TiffPage WithChunks(TiffFile file, TiffDirectory d, TiffPage page, string place)
    {
        int chunkWidth = page.Width, chunkHeight;
        if (page.IsTiled)
        {
            chunkWidth = Size(d, TiffTag.TileWidth, "tile width", place);
            chunkHeight = Size(d, TiffTag.TileLength, "tile height", place);
            if ((UInt128)chunkWidth * (uint)chunkHeight * (uint)(page.SamplesPerChunkPixel * Math.Max(page.Bits, 16)) > (UInt128)Array.MaxLength * 8)
                throw new InvalidDataException($"{place} claims tiles of {chunkHeight} x {chunkWidth} pixels; a tile must stay below 2 GB.");
        }
        else
        {
            long rows = d.Integer(TiffTag.RowsPerStrip, page.Height);
            chunkHeight = (int)(rows < 1 ? page.Height : Math.Min(rows, page.Height));
        }

        page = page with { ChunkWidth = chunkWidth, ChunkHeight = chunkHeight };
        long expected = (long)page.Across * page.Down * (page.IsPlanar ? page.Samples : 1);
        ulong[] offsets = d.Integers(page.IsTiled ? TiffTag.TileOffsets : TiffTag.StripOffsets);
        ulong[] counts = d.Integers(page.IsTiled ? TiffTag.TileByteCounts : TiffTag.StripByteCounts);
        if (offsets.Length < expected)
            throw new InvalidDataException($"{place} needs {expected} strips or tiles; its header places {offsets.Length}.");
        if (counts.Length == 0 && (page.Compression == TiffCompression.None || offsets.Length == 1))
            counts = [.. offsets.Select(o => (ulong)file.Length - Math.Min(o, (ulong)file.Length))];   // to the end: the row count bounds it
        if (counts.Length < expected)
            throw new InvalidDataException($"{place} needs {expected} strips or tiles; its header gives the sizes of {counts.Length}.");
        return page with { Offsets = offsets, ByteCounts = counts };
    }

    private static ushort[] Palette(TiffDirectory d, int bits, int samples, int format, string place)
    {
        ushort[] colours = [.. d.Integers(TiffTag.ColorMap).Select(v => (ushort)v)];
        if (bits > 16 || samples != 1 || format != 1 || colours.Length < 3 << bits)
            throw new InvalidDataException($"{place} is a palette image; it must have one unsigned sample of up to 16 bits and {3L << Math.Min(bits, 16)} colour values; got {samples} of {bits} bits and {colours.Length}.");
        return colours;
    }

    private static int Same(TiffDirectory d, int tag, int missing, int samples, string what, string place)
    {
        ulong[] values = d.Integers(tag);
        for (int i = 1; i < Math.Min(values.Length, samples); i++)
        {
            if (values[i] != values[0])
                throw new NotSupportedException($"{place} mixes {what} ({values[0]} and {values[i]}); all samples must be alike.");
        }
        return values.Length == 0 ? missing : (int)Math.Min(values[0], int.MaxValue);
    }

    private static int Size(TiffDirectory d, int tag, string what, string place) =>
        (int)Range(d.Integer(tag, 0), 1, int.MaxValue, what, place);

    private static long Range(long value, long least, long most, string what, string place) =>
        value >= least && value <= most ? value
            : throw new InvalidDataException($"the {what} of {place} must be {least} to {most}; got {value}.");
}
