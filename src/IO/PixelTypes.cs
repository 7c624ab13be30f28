namespace Cellpose3D.IO;

/// <summary>Facts about <see cref="PixelType"/>.</summary>
internal static class PixelTypes
{
    /// <summary>Bytes of one sample in memory.</summary>
    public static int Bytes(this PixelType type) => type switch
    {
        PixelType.UInt8 or PixelType.Int8 => 1,
        PixelType.UInt16 or PixelType.Int16 or PixelType.Float16 => 2,
        PixelType.UInt32 or PixelType.Int32 or PixelType.Float32 => 4,
        _ => 8,
    };

    /// <summary>NumPy's word for it, as messages and tables show it.</summary>
    public static string Name(this PixelType type) => type.ToString().ToLowerInvariant();
}
