using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Tiff;

/// <summary>Writes the image description: ImageJ's lines, or OME-XML.</summary>
internal static class TiffDescriptions
{
    public static byte[] ImageJ(string axes, int[] shape, TiffWriterOptions options)
    {
        int t = Length('T'), c = Length('C'), z = Length('Z');
        var text = new StringBuilder("ImageJ=1.54f\n");
        text.Append(CultureInfo.InvariantCulture, $"images={t * c * z}\n");
        if (c > 1)
            text.Append(CultureInfo.InvariantCulture, $"channels={c}\n");
        if (z > 1)
            text.Append(CultureInfo.InvariantCulture, $"slices={z}\n");
        if (t > 1)
            text.Append(CultureInfo.InvariantCulture, $"frames={t}\n");
        if ((c > 1 ? 1 : 0) + (z > 1 ? 1 : 0) + (t > 1 ? 1 : 0) > 1)
            text.Append("hyperstack=true\n");
        if (c > 1)
            text.Append("mode=grayscale\n");
        VoxelSize size = options.VoxelSizeUm;
        if (size.X is not null || size.Z is not null)
            text.Append("unit=micron\n");
        if (size.Z is { } spacing)
            text.Append(CultureInfo.InvariantCulture, $"spacing={spacing:R}\n");
        if (options.FrameIntervalS is { } interval)
            text.Append(CultureInfo.InvariantCulture, $"finterval={interval:R}\n");
        text.Append("loop=false\n");
        return Encoding.ASCII.GetBytes(text.ToString());

        int Length(char axis) => axes.IndexOf(axis, StringComparison.Ordinal) is int i and >= 0 ? shape[i] : 1;
    }

    public static byte[] Ome(string axes, int[] shape, PixelType type, TiffWriterOptions options)
    {
        XNamespace ome = "http://www.openmicroscopy.org/Schemas/OME/2016-06";
        var pixels = new XElement(ome + "Pixels",
            new XAttribute("ID", "Pixels:0"),
            new XAttribute("DimensionOrder", "XYZCT"),
            new XAttribute("Type", type == PixelType.Float32 ? "float" : type.Name()),
            new XAttribute("BigEndian", "false"));
        foreach (char axis in "XYZCT")
            pixels.Add(new XAttribute($"Size{axis}", Length(axis)));
        foreach ((char axis, double? size) in ((char, double?)[])[('X', options.VoxelSizeUm.X), ('Y', options.VoxelSizeUm.Y), ('Z', options.VoxelSizeUm.Z)])
        {
            if (size is { } um)
                pixels.Add(new XAttribute($"PhysicalSize{axis}", um), new XAttribute($"PhysicalSize{axis}Unit", "µm"));
        }
        if (options.FrameIntervalS is { } interval)
            pixels.Add(new XAttribute("TimeIncrement", interval), new XAttribute("TimeIncrementUnit", "s"));
        for (int c = 0; c < Length('C'); c++)
        {
            var channel = new XElement(ome + "Channel", new XAttribute("ID", $"Channel:0:{c}"), new XAttribute("SamplesPerPixel", 1));
            if (c < options.ChannelNames.Count && options.ChannelNames[c].Length > 0)
                channel.Add(new XAttribute("Name", options.ChannelNames[c]));
            pixels.Add(channel);
        }
        pixels.Add(new XElement(ome + "TiffData"));
        var root = new XElement(ome + "OME", new XElement(ome + "Image", new XAttribute("ID", "Image:0"), pixels));
        return Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + root.ToString(SaveOptions.DisableFormatting));

        int Length(char axis) => axes.IndexOf(axis, StringComparison.Ordinal) is int i and >= 0 ? shape[i] : 1;
    }
}
