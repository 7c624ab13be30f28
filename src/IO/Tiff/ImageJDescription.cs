using System.Globalization;
using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Tiff;

/// <summary>The <c>ImageJ=</c> description: a hyperstack whose pages run channels first, then slices, then frames.</summary>
internal static class ImageJDescription
{
    public const string Start = "ImageJ=";

    public static TiffSeries? Read(TiffPage first, int pages, string path)
    {
        if (!first.Description.StartsWith(Start, StringComparison.Ordinal))
            return null;
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in first.Description.Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                keys.TryAdd(line[..equals].Trim(), line[(equals + 1)..].Trim());
        }

        int images = Count(keys, "images", pages, path), channels = Count(keys, "channels", 1, path);
        int slices = Count(keys, "slices", 1, path), frames = Count(keys, "frames", 1, path);
        if ((long)channels * slices * frames != images)
        {
            if (channels * (long)slices * frames != 1)
            {
                throw new InvalidDataException($"the ImageJ description of '{path}' says {channels} channels x {slices} slices x {frames} frames "
                    + $"and {images} images; give axes to read the pages as they lie.");
            }
            slices = images;                                               // a plain stack
        }
        bool isContiguous = pages == 1 && images > 1;
        if (!isContiguous && images != pages)
        {
            throw new InvalidDataException($"the ImageJ description of '{path}' says {images} images; the file has {pages} pages: "
                + "it may be cut short; give axes to read the pages as they lie.");
        }

        string? unit = keys.GetValueOrDefault("unit");
        return new TiffSeries
        {
            PlaneAxes = "TZC",
            PlaneShape = [frames, slices, channels],
            Source = "ImageJ description",
            IsContiguous = isContiguous,
            VoxelSizeUm = new VoxelSize(
                LengthUnits.Times(Number(keys, "spacing"), LengthUnits.Micrometres(unit)),
                PixelSize(first.UnitsPerPixelY, unit, first.ResolutionUnit), PixelSize(first.UnitsPerPixelX, unit, first.ResolutionUnit)),
            FrameIntervalS = LengthUnits.Times(Number(keys, "finterval"), LengthUnits.Seconds(keys.GetValueOrDefault("tunit", "s"))),
        };
    }

    /// <summary>The resolution tags count pixels per ImageJ unit; without one only centimetres are trusted (see <see cref="TiffInterpreter"/>).</summary>
    private static double? PixelSize(double unitsPerPixel, string? unit, int resolutionUnit) =>
        unit is not null ? LengthUnits.Times(unitsPerPixel, LengthUnits.Micrometres(unit))
            : TiffInterpreter.PixelSize(unitsPerPixel, resolutionUnit);

    private static int Count(Dictionary<string, string> keys, string key, int missing, string path)
    {
        if (!keys.TryGetValue(key, out string? text))
            return missing;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n >= 1 ? n
            : throw new InvalidDataException($"{key} in the ImageJ description of '{path}' must be 1 or more; got '{text}'.");
    }

    private static double Number(Dictionary<string, string> keys, string key) =>
        keys.TryGetValue(key, out string? text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double n) ? Math.Abs(n) : 0;
}
