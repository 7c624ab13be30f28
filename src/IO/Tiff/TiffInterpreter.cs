using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Tiff;

/// <summary>Finds out which axes the pages of a TIFF run along.</summary>
internal static class TiffInterpreter
{
    /// <summary>From the metadata, the first that is there: OME-XML, ImageJ, tifffile; else pages are Z.</summary>
    /// <param name="pages">All pages of the file.</param>
    /// <param name="path">For messages.</param>
    /// <param name="ignoresMetadata">Set when the caller's axes replace metadata that cannot be used.</param>
    /// <param name="mayHaveChannels">Unset for labels: guesses then never find C.</param>
    public static TiffSeries Read(IReadOnlyList<TiffPage> pages, string path, bool ignoresMetadata, bool mayHaveChannels)
    {
        TiffPage first = pages[0];
        TiffSeries? series = ignoresMetadata ? null
            : OmeXml.Read(first, pages.Count, path) ?? ImageJDescription.Read(first, pages.Count, path) ?? ShapeDescription.Read(first, pages.Count, mayHaveChannels, path);
        if (series is not null)
            return series;
        bool isStack = pages.Count > 1;
        return new TiffSeries
        {
            PlaneAxes = isStack ? "Z" : "",
            PlaneShape = isStack ? [pages.Count] : [],
            Source = (isStack, first.ShownSamples > 1) switch
            {
                (true, true) => "pages without metadata taken as Z, RGB samples",
                (true, false) => "pages without metadata taken as Z",
                (false, true) => "RGB samples",
                _ => "one page",
            },
            VoxelSizeUm = new VoxelSize(null, PixelSize(first.UnitsPerPixelY, first.ResolutionUnit), PixelSize(first.UnitsPerPixelX, first.ResolutionUnit)),
        };
    }

    /// <summary>Pixel size in micrometres from the baseline tags, trusted only when they count in centimetres.</summary>
    /// <remarks>Resolutions per inch are nearly always a printer's default (72 or 96), which would make cells of metres.</remarks>
    public static double? PixelSize(double unitsPerPixel, int unit) =>
        unit == 3 ? LengthUnits.Times(unitsPerPixel, 1e4) : null;
}
