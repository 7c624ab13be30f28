namespace Cellpose3D.IO.Tiff;

/// <summary>One image file directory, checked: what is needed to read its samples and to interpret its axes.</summary>
internal sealed record TiffPage
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int Samples { get; init; }

    public required int Bits { get; init; }

    /// <summary>1 unsigned, 2 signed, 3 float.</summary>
    public required int SampleFormat { get; init; }

    public required int Compression { get; init; }

    /// <summary>0 white is zero, 1 black is zero, 2 RGB, 3 palette, 6 YCbCr.</summary>
    public required int Photometric { get; init; }

    /// <summary>Whether each sample has strips or tiles of its own.</summary>
    public required bool IsPlanar { get; init; }

    public required int Predictor { get; init; }

    /// <summary>2: the lowest bit of a byte comes first.</summary>
    public required int FillOrder { get; init; }

    public required bool IsTiled { get; init; }

    /// <summary>Width of a tile; of the image for strips.</summary>
    public required int ChunkWidth { get; init; }

    /// <summary>Rows of a tile or strip.</summary>
    public required int ChunkHeight { get; init; }

    public required ulong[] Offsets { get; init; }

    public required ulong[] ByteCounts { get; init; }

    /// <summary>Red, green and blue of each index; null unless a palette image.</summary>
    public ushort[]? ColorMap { get; init; }

    public byte[]? JpegTables { get; init; }

    public ushort[]? YCbCrSubSampling { get; init; }

    public string Description { get; init; } = "";

    /// <summary>Resolution units a pixel is wide; 0 when unknown.</summary>
    public double UnitsPerPixelX { get; init; }

    public double UnitsPerPixelY { get; init; }

    /// <summary>1 none, 2 inch, 3 centimetre.</summary>
    public int ResolutionUnit { get; init; } = 2;

    public bool IsReduced { get; init; }

    public bool IsPalette => Photometric == 3;

    /// <summary>Samples as callers see them: a palette is expanded.</summary>
    public int ShownSamples => IsPalette ? 3 : Samples;

    /// <summary>How samples lie in memory once bits are unpacked.</summary>
    public PixelType StoredType => (SampleFormat, Bits) switch
    {
        (3, 16) => PixelType.Float16,
        (3, 32) => PixelType.Float32,
        (3, _) => PixelType.Float64,
        (2, 8) => PixelType.Int8,
        (2, 16) => PixelType.Int16,
        (2, 32) => PixelType.Int32,
        (2, _) => PixelType.Int64,
        (_, <= 8) => PixelType.UInt8,
        (_, <= 16) => PixelType.UInt16,
        (_, 32) => PixelType.UInt32,
        _ => PixelType.UInt64,
    };

    public PixelType ShownType => IsPalette ? PixelType.UInt8 : StoredType;

    public int Across => (Width + ChunkWidth - 1) / ChunkWidth;

    public int Down => (int)(((long)Height + ChunkHeight - 1) / ChunkHeight);

    public int SamplesPerChunkPixel => IsPlanar ? 1 : Samples;

    /// <summary>Bytes of one row of a strip or tile; rows start on whole bytes.</summary>
    public long RowBytes => ((long)ChunkWidth * SamplesPerChunkPixel * Bits + 7) / 8;

    /// <summary>Bytes of one plane that lies in one piece.</summary>
    public long PlaneBytes => RowBytes * Height * (IsPlanar ? Samples : 1);

    /// <summary>Axes of the page itself, and their lengths.</summary>
    public (string Axes, int[] Shape) PageAxes => ShownSamples == 1 ? ("YX", [Height, Width])
        : IsPlanar ? ("CYX", [Samples, Height, Width])
        : ("YXC", [Height, Width, ShownSamples]);
}
