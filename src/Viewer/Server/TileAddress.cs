using System.Globalization;
using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Server;

/// <summary>A square piece of a slice at one of its resolutions.</summary>
/// <param name="Plane">XY, XZ or ZY.</param>
/// <param name="Index">Place of the slice along its axis, in voxels as held.</param>
/// <param name="Level">Each level has half the pixels of the one before along each side; 0 has them all.</param>
/// <param name="Row">Tiles from the top.</param>
/// <param name="Column">Tiles from the left.</param>
public readonly record struct TileAddress(ViewKind Plane, int Index, int Level, int Row, int Column)
{
    private const int MostLevels = 16;

    /// <summary>Reads <c>xy/17/0/2/3</c>: plane, index, level, row, column.</summary>
    /// <param name="text">The address.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static TileAddress Parse(string text)
    {
        string[] parts = text.Split('/');
        ViewKind plane = parts[0] switch { "xy" => ViewKind.XY, "xz" => ViewKind.XZ, "zy" => ViewKind.ZY, _ => ViewKind.Volume };
        int[] numbers = [.. parts.Skip(1).Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : -1)];
        if (plane == ViewKind.Volume || numbers.Length != 4 || numbers.Any(n => n < 0) || numbers[1] >= MostLevels)
            throw new FormatException($"a tile must be named as xy/17/0/2/3 (plane xy, xz or zy, index, level, row, column); got '{text}'.");
        return new TileAddress(plane, numbers[0], numbers[1], numbers[2], numbers[3]);
    }
}
