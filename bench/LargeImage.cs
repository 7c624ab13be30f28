using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Bench;

/// <summary>Writes the image of the memory benchmark: bright cells with noise, as uint8-sized values in a 16-bit TIFF.</summary>
internal static class LargeImage
{
    public static void Write(string path, int size, int cells)
    {
        int perSide = (int)Math.Ceiling(Math.Sqrt(cells));
        NdArray<int> labels = SyntheticCells.Image(size, perSide, 0.38 * size / perSide, seed: 7);
        using var writer = new TiffWriter(path, PixelType.UInt16, "YX", [size, size], new TiffWriterOptions { Compress = false });
        var random = new Random(8);
        ushort[] plane = new ushort[size * size];
        for (int i = 0; i < plane.Length; i++)
            plane[i] = (ushort)((labels.Data[i] == 0 ? 20 : 150) + random.Next(30));
        writer.WritePlane<ushort>(plane);
        writer.Complete();
        Console.WriteLine($"{path}: {size} x {size}, {perSide * perSide} cells");
    }
}
