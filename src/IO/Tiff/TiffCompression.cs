namespace Cellpose3D.IO.Tiff;

/// <summary>Values of the compression tag: names, and how much one byte can at most expand to.</summary>
internal static class TiffCompression
{
    public const int None = 1;
    public const int Lzw = 5;
    public const int Jpeg = 7;
    public const int Deflate = 8;
    public const int OldDeflate = 32946;
    public const int PackBits = 32773;

    public static bool IsRead(int value) => value is None or Lzw or Jpeg or Deflate or OldDeflate or PackBits;

    public static string Name(int value) => value switch
    {
        None => "none",
        2 or 3 or 4 => "CCITT fax",
        Lzw => "LZW",
        6 => "old-style JPEG",
        Jpeg => "JPEG",
        Deflate or OldDeflate => "Deflate",
        PackBits => "PackBits",
        33003 or 33005 or 34712 => "JPEG 2000",
        34887 => "LERC",
        34925 => "LZMA",
        50000 => "Zstandard",
        50001 => "WebP",
        50002 => "JPEG XL",
        _ => $"number {value}",
    };

    /// <summary>No stream of the format is longer than this many times its bytes, so that a damaged header cannot ask for more.</summary>
    public static long LargestRatio(int value) => value switch
    {
        None => 1,
        PackBits => 64,
        Deflate or OldDeflate => 1032,
        _ => 4096,                      // LZW: a 9- to 12-bit code stands for at most 4,096 bytes
    };
}
