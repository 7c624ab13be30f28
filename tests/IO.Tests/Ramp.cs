using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Tests;

/// <summary>The pixels of the fixture images, by formula; see Fixtures/README.md.</summary>
internal static class Ramp
{
    public const int Height = 19, Width = 23;

    public static string Fixture(string name) => System.IO.Path.Combine(Golden.Root, "tests", "IO.Tests", "Fixtures", name);

    public static LoadedImage Read(string name, string? axes = null) =>
        ImageReader.Read(Fixture(name), axes, TestContext.Current.CancellationToken);

    public static NdArray<int> Labels(string name) => LabelReader.Read(Fixture(name), null, TestContext.Current.CancellationToken);

    public static double Scaled(int v, PixelType type) => type switch
    {
        PixelType.UInt8 => v,
        PixelType.Int8 => v - 100,
        PixelType.UInt16 => v * 257,
        PixelType.Int16 => (v * 200) - 20000,
        PixelType.UInt32 or PixelType.UInt64 => v * 16_000_000.0,
        PixelType.Int32 or PixelType.Int64 => (v * 8_000_000.0) - 1_000_000_000.0,
        _ => (v * 0.5) - 3.25,
    };

    /// <summary>Scaled values [T, C, Z, Y, X] minus axes that are not named, in canonical order.</summary>
    public static NdArray<float> Pixels(PixelType type, int t = 0, int c = 0, int z = 0) => Make(v => (float)Scaled(v, type), t, c, z);

    /// <summary>Values of v itself under a rule; lengths of 0 leave an axis out.</summary>
    public static NdArray<TValue> Make<TValue>(Func<int, TValue> rule, int t = 0, int c = 0, int z = 0)
        where TValue : unmanaged
    {
        int[] shape = [.. new[] { t, c, z }.Where(n => n > 0), Height, Width];
        var result = new NdArray<TValue>(shape);
        int at = 0;
        for (int it = 0; it < Math.Max(1, t); it++)
            for (int ic = 0; ic < Math.Max(1, c); ic++)
                for (int iz = 0; iz < Math.Max(1, z); iz++)
                    for (int y = 0; y < Height; y++)
                        for (int x = 0; x < Width; x++)
                            result.Data[at++] = rule(x + (2 * y) + (7 * ic) + (40 * iz) + (100 * it));
        return result;
    }
}
