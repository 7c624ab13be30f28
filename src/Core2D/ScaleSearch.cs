using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Core2D;

/// <summary>Looks for the diameter at which a network explains most of some images.</summary>
/// <param name="images">float32 [C, Y, X] each, normalised; borrowed.</param>
/// <param name="networkDiameter">Pixels that a cell has where the network works.</param>
/// <param name="flowLimit">Flow error of a mask that explains nothing.</param>
/// <param name="masksAt">Makes masks of an image at a diameter, with their flow errors.</param>
/// <remarks>
/// A regression from the style is right for images like those it was fitted to, and may be off by a factor of three for others. Its error shows: at a wrong
/// scale masks cover little, or their flows do not fit the network's. What a diameter explains is the share of pixels under masks, each
/// mask weighted by how well its flows fit (1 - error / limit). From a doubtful guess the search climbs in steps of 1.5, either way.
/// </remarks>
internal sealed class ScaleSearch(
    IReadOnlyList<NdArray<float>> images, double networkDiameter, double flowLimit, Func<NdArray<float>, double, MaskResult> masksAt)
{
    private const double Step = 1.5, Gain = 1.1;                         // less gain than that is noise
    private const double SureError = 0.15;                               // mean flow error of masks that leave no doubt
    private const int MostSide = 448;                                    // pixels of a compared part where the network works: some 200 cells

    private readonly Dictionary<(double Part, double Diameter), double> _known = [];

    /// <summary>Whether masks leave room for doubt about the diameter at which they were found.</summary>
    /// <param name="masks">Of each image, at one diameter.</param>
    public static bool IsDoubtful(IReadOnlyList<MaskResult> masks)
    {
        double area = 0, error = 0;
        foreach (MaskResult result in masks)
        {
            foreach (LabelRegion region in LabelRegions.Find(result.Labels))
                (area, error) = (area + region.Count, error + region.Count * result.FlowErrors[region.Label - 1]);
        }
        return !(error < SureError * area);
    }

    /// <summary>Climbs from a diameter to the one that explains most.</summary>
    /// <param name="start">Pixels.</param>
    /// <param name="least">The smallest diameter to try.</param>
    /// <param name="most">The largest diameter to try.</param>
    /// <returns>Pixels: <paramref name="start"/> times a power of the step.</returns>
    public double Climb(double start, double least, double most)
    {
        double down = Climb(start, 1 / Step, least, most);
        return down < start ? down : Climb(start, Step, least, most);
    }

    private double Climb(double diameter, double factor, double least, double most)
    {
        while (true)
        {
            double next = diameter * factor, part = Math.Min(next, diameter);
            if (next < least || next > most || Explained(part, next) <= Gain * Explained(part, diameter))
                return diameter;
            diameter = next;
        }
    }

    // both diameters are tried on the same middle part, which the smaller one limits
    private double Explained(double part, double diameter)
    {
        int side = (int)Math.Ceiling(MostSide * part / networkDiameter);
        bool whole = images.All(i => i.Shape[1] <= side && i.Shape[2] <= side);
        (double, double) key = (whole ? 0 : part, diameter);
        if (_known.TryGetValue(key, out double known))
            return known;
        double explained = 0, pixels = 0;
        foreach (NdArray<float> image in images)
        {
            NdArray<float> middle = Middle(image, side);
            MaskResult masks = masksAt(middle, diameter);
            foreach (LabelRegion region in LabelRegions.Find(masks.Labels))
                explained += region.Count * Math.Max(0, 1 - masks.FlowErrors[region.Label - 1] / flowLimit);
            pixels += (double)middle.Shape[1] * middle.Shape[2];
        }
        return _known[key] = explained / pixels;
    }

    private static NdArray<float> Middle(NdArray<float> image, int side)
    {
        (int channels, int height, int width) = (image.Shape[0], image.Shape[1], image.Shape[2]);
        (int rows, int columns) = (Math.Min(height, side), Math.Min(width, side));
        if (rows == height && columns == width)
            return image;
        var middle = new NdArray<float>(channels, rows, columns);
        int top = (height - rows) / 2, left = (width - columns) / 2;
        for (int c = 0; c < channels; c++)
        {
            for (int y = 0; y < rows; y++)
                image.Plane(c).Slice((top + y) * width + left, columns).CopyTo(middle.Plane(c).Slice(y * columns, columns));
        }
        return middle;
    }
}
