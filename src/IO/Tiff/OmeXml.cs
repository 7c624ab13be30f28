using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Tiff;

/// <summary>The OME-XML description of a TIFF that holds its whole image itself.</summary>
/// <remarks>The first image of several is read. Element names are matched without their namespace, which changes from year to year.</remarks>
internal static class OmeXml
{
    public static TiffSeries? Read(TiffPage first, int pages, string path)
    {
        string text = first.Description.TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        if (!(text.StartsWith("<?xml", StringComparison.Ordinal) || text.StartsWith("<OME", StringComparison.Ordinal) || text.StartsWith("<!--", StringComparison.Ordinal))
            || !text.Contains("<OME", StringComparison.Ordinal))
        {
            return null;
        }
        XElement root = Parse(text, path);
        if (root.Elements().Any(e => e.Name.LocalName == "BinaryOnly"))
            throw new NotSupportedException($"'{path}' is one part of an OME-TIFF of several files, whose description lies in another; save the image as one file.");
        XElement[] images = [.. root.Elements().Where(e => e.Name.LocalName == "Image")];
        XElement? pixels = images.FirstOrDefault()?.Elements().FirstOrDefault(e => e.Name.LocalName == "Pixels");
        if (pixels is null)
            throw new InvalidDataException($"the OME-XML of '{path}' has no image; give axes to read the pages as they lie.");

        int sizeX = Integer(pixels, "SizeX", null, path), sizeY = Integer(pixels, "SizeY", null, path);
        if (sizeX != first.Width || sizeY != first.Height)
            throw new InvalidDataException($"the OME-XML of '{path}' says {sizeY} x {sizeX} pixels; its pages are {first.Height} x {first.Width}.");
        int sizeC = Integer(pixels, "SizeC", 1, path);
        XElement[] channels = [.. pixels.Elements().Where(e => e.Name.LocalName == "Channel")];
        int samples = first.ShownSamples;
        if (samples > 1 && sizeC % samples != 0)
            throw new InvalidDataException($"the OME-XML of '{path}' says {sizeC} channels; its pages have {samples} samples a pixel.");
        int planesC = sizeC / samples;

        string order = pixels.Attribute("DimensionOrder")?.Value ?? "XYZCT";
        if (order.Length != 5 || !order.StartsWith("XY", StringComparison.Ordinal) || !"ZCT".All(order.Contains))
            throw new InvalidDataException($"DimensionOrder in the OME-XML of '{path}' must be XY and an order of Z, C and T; got '{order}'.");
        string axes = string.Concat(order[2..].Reverse());                  // slowest first
        int[] shape = [.. axes.Select(a => a == 'C' ? planesC : Integer(pixels, "Size" + a, 1, path))];
        if (shape.Aggregate((UInt128)1, (n, l) => n * (uint)l) > (uint)pages)
        {
            RequireOneFile(pixels, path);
            throw new InvalidDataException($"the OME-XML of '{path}' says [{string.Join(", ", shape)}] {axes} planes; the file has {pages} pages: it may be cut short; give axes to read the pages as they lie.");
        }
        if (planesC > 1 && samples > 1)
            throw new NotSupportedException($"'{path}' has {planesC} channels of {samples} samples each; save RGB and other channels apart.");

        return new TiffSeries
        {
            PlaneAxes = axes,
            PlaneShape = shape,
            PageOfPlane = Pages(pixels, axes, shape, pages, path),
            Source = images.Length == 1 ? "OME-XML" : $"OME-XML (image 1 of {images.Length})",
            VoxelSizeUm = new VoxelSize(Size(pixels, 'Z'), Size(pixels, 'Y'), Size(pixels, 'X')),
            FrameIntervalS = LengthUnits.Times(Number(pixels, "TimeIncrement"), LengthUnits.Seconds(pixels.Attribute("TimeIncrementUnit")?.Value ?? "s")),
            ChannelNames = channels.All(c => c.Attribute("Name") is not null) ? [.. channels.Select(c => c.Attribute("Name")!.Value)] : [],
        };
    }

    /// <summary>TiffData elements map runs of planes to runs of pages.</summary>
    private static int[]? Pages(XElement pixels, string axes, int[] shape, int pages, string path)
    {
        XElement[] data = [.. pixels.Elements().Where(e => e.Name.LocalName == "TiffData")];
        if (data.Length == 0)
            return null;
        RequireOneFile(pixels, path);
        int planes = shape.Aggregate(1, (n, l) => n * l);
        int[] pageOf = new int[planes];
        Array.Fill(pageOf, -1);
        foreach (XElement d in data)
        {
            long start = 0;
            foreach (char axis in axes)
            {
                int at = Integer(d, "First" + axis, 0, path, least: 0), length = shape[axes.IndexOf(axis, StringComparison.Ordinal)];
                if (at >= length)
                    throw new InvalidDataException($"First{axis} in the OME-XML of '{path}' must be below {length}; got {at}.");
                start = start * length + at;
            }
            int ifd = Integer(d, "IFD", 0, path, least: 0);
            int count = Integer(d, "PlaneCount", d.Attribute("IFD") is null ? planes : 1, path, least: 0);
            for (int i = 0; i < count && start + i < planes; i++)
            {
                if (ifd + (long)i >= pages)
                    throw new InvalidDataException($"the OME-XML of '{path}' places a plane on page {ifd + (long)i}; the file has {pages} pages.");
                pageOf[start + i] = ifd + i;
            }
        }
        int gap = Array.IndexOf(pageOf, -1);
        return gap < 0 ? pageOf : throw new InvalidDataException(
            $"the OME-XML of '{path}' places no page for plane {gap} of {planes}; give axes to read the pages as they lie.");
    }

    private static void RequireOneFile(XElement pixels, string path)
    {
        int files = pixels.Descendants().Where(e => e.Name.LocalName == "UUID").Select(e => e.Attribute("FileName")?.Value ?? e.Value).Distinct().Count();
        if (files > 1)
            throw new NotSupportedException($"'{path}' is one of {files} files of an OME-TIFF; save the image as one file.");
    }

    private static XElement Parse(string text, string path)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            using var reader = XmlReader.Create(new StringReader(text), settings);
            return XElement.Load(reader);
        }
        catch (XmlException e)
        {
            throw new InvalidDataException($"the OME-XML of '{path}' is damaged at line {e.LineNumber}; give axes to read the pages as they lie.", e);
        }
    }

    private static double? Size(XElement pixels, char axis) =>
        LengthUnits.Times(Number(pixels, $"PhysicalSize{axis}"), LengthUnits.Micrometres(pixels.Attribute($"PhysicalSize{axis}Unit")?.Value ?? "µm"));

    private static double Number(XElement element, string name) =>
        double.TryParse(element.Attribute(name)?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : 0;

    private static int Integer(XElement element, string name, int? missing, string path, int least = 1)
    {
        string? text = element.Attribute(name)?.Value;
        if (text is null && missing is { } m)
            return m;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least ? value
            : throw new InvalidDataException($"{name} in the OME-XML of '{path}' must be {least} or more; got '{text}'.");
    }
}
