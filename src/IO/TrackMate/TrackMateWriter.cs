using System.Globalization;
using System.Text;
using System.Xml;

namespace Cellpose3D.IO.TrackMate;

/// <summary>Writes one file, frame by frame.</summary>
internal static class TrackMateWriter
{
    public static void Write(Stream stream, TrackMateModel model, Func<int, IReadOnlyDictionary<int, double[]>>? outlines)
    {
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, NewLineChars = "\n", CloseOutput = false };
        using var xml = XmlWriter.Create(stream, settings);
        xml.WriteStartElement("TrackMate");
        xml.WriteAttributeString("version", model.Version);
        xml.WriteElementString("Log", model.Log);
        xml.WriteStartElement("Model");
        xml.WriteAttributeString("spatialunits", model.SpatialUnits);
        xml.WriteAttributeString("timeunits", model.TimeUnits);
        xml.WriteStartElement("FeatureDeclarations");
        Declare(xml, "SpotFeatures", model.SpotFeatures);
        Declare(xml, "EdgeFeatures", model.EdgeFeatures);
        Declare(xml, "TrackFeatures", model.TrackFeatures);
        xml.WriteEndElement();
        WriteSpots(xml, model, outlines);
        WriteTracks(xml, model);
        xml.WriteStartElement("FilteredTracks");
        foreach (int id in model.FilteredTrackIds)
        {
            xml.WriteStartElement("TrackID");
            Attribute(xml, "TRACK_ID", id);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
        WriteSettings(xml, model);
        xml.WriteStartElement("GUIState");
        xml.WriteAttributeString("state", "ConfigureViews");
        xml.WriteEndElement();
        if (model.DisplaySettings.Length > 0)
            xml.WriteElementString("DisplaySettings", model.DisplaySettings);
        xml.WriteEndElement();
    }

    private static void Declare(XmlWriter xml, string element, IReadOnlyList<TrackMateFeature> features)
    {
        xml.WriteStartElement(element);
        foreach (TrackMateFeature feature in features)
        {
            xml.WriteStartElement("Feature");
            xml.WriteAttributeString("feature", feature.Key);
            xml.WriteAttributeString("name", feature.Name);
            xml.WriteAttributeString("shortname", feature.ShortName);
            xml.WriteAttributeString("dimension", feature.Dimension);
            xml.WriteAttributeString("isint", feature.IsInteger ? "true" : "false");
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void WriteSpots(XmlWriter xml, TrackMateModel model, Func<int, IReadOnlyDictionary<int, double[]>>? outlines)
    {
        HashSet<string> integers = Integers(model.SpotFeatures);
        ILookup<int, TrackMateSpot> byFrame = model.Spots.ToLookup(s => s.Frame);
        int frames = Math.Max(model.Image.Frames, byFrame.Count == 0 ? 0 : byFrame.Max(f => f.Key) + 1);
        xml.WriteStartElement("AllSpots");
        Attribute(xml, "nspots", model.Spots.Count);
        for (int frame = 0; frame < frames; frame++)
        {
            IReadOnlyDictionary<int, double[]>? traced = outlines?.Invoke(frame);
            xml.WriteStartElement("SpotsInFrame");
            Attribute(xml, "frame", frame);
            foreach (TrackMateSpot spot in byFrame[frame])
            {
                IReadOnlyList<double> roi = spot.Roi.Count > 0 ? spot.Roi : traced is not null && traced.TryGetValue(spot.Id, out double[]? points) ? points : [];
                xml.WriteStartElement("Spot");
                Attribute(xml, "ID", spot.Id);
                xml.WriteAttributeString("name", spot.Name);
                Features(xml, spot.Features, integers);
                if (roi.Count > 0)
                {
                    Attribute(xml, "ROI_N_POINTS", roi.Count / 2);
                    xml.WriteString(string.Join(' ', roi.Select(Number)));
                }
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void WriteTracks(XmlWriter xml, TrackMateModel model)
    {
        HashSet<string> edgeIntegers = Integers(model.EdgeFeatures), trackIntegers = Integers(model.TrackFeatures);
        xml.WriteStartElement("AllTracks");
        foreach (TrackMateTrack track in model.Tracks)
        {
            xml.WriteStartElement("Track");
            xml.WriteAttributeString("name", track.Name);
            Attribute(xml, "TRACK_ID", track.Id);
            Features(xml, track.Features, trackIntegers);
            foreach (TrackMateEdge edge in track.Edges)
            {
                xml.WriteStartElement("Edge");
                Attribute(xml, "SPOT_SOURCE_ID", edge.Source);
                Attribute(xml, "SPOT_TARGET_ID", edge.Target);
                Features(xml, edge.Features, edgeIntegers);
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void WriteSettings(XmlWriter xml, TrackMateModel model)
    {
        if (model.SettingsXml is not null)
        {
            using var read = XmlReader.Create(new StringReader(model.SettingsXml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, IgnoreWhitespace = true });
            xml.WriteNode(read, defattr: false);
            return;
        }
        TrackMateImage image = model.Image;
        xml.WriteStartElement("Settings");
        xml.WriteStartElement("ImageData");
        xml.WriteAttributeString("filename", image.FileName);
        xml.WriteAttributeString("folder", image.Folder);
        Attribute(xml, "width", image.Width);
        Attribute(xml, "height", image.Height);
        Attribute(xml, "nslices", image.Slices);
        Attribute(xml, "nframes", image.Frames);
        xml.WriteAttributeString("pixelwidth", Number(image.PixelWidth));
        xml.WriteAttributeString("pixelheight", Number(image.PixelHeight));
        xml.WriteAttributeString("voxeldepth", Number(image.VoxelDepth));
        xml.WriteAttributeString("timeinterval", Number(image.TimeInterval));
        xml.WriteEndElement();
        xml.WriteStartElement("BasicSettings");
        foreach ((string axis, int length) in (ReadOnlySpan<(string, int)>)[("x", image.Width), ("y", image.Height), ("z", image.Slices), ("t", image.Frames)])
        {
            Attribute(xml, $"{axis}start", 0);
            Attribute(xml, $"{axis}end", Math.Max(0, length - 1));
        }
        xml.WriteEndElement();
        foreach (string element in (string[])["SpotFilterCollection", "TrackFilterCollection", "AnalyzerCollection"])
        {
            xml.WriteStartElement(element);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void Features(XmlWriter xml, IReadOnlyDictionary<string, double> features, HashSet<string> integers)
    {
        foreach ((string key, double value) in features)
        {
            bool isInteger = integers.Contains(key) && value == Math.Floor(value) && Math.Abs(value) < 1L << 53;
            xml.WriteAttributeString(key, isInteger ? ((long)value).ToString(CultureInfo.InvariantCulture) : Number(value));
        }
    }

    private static HashSet<string> Integers(IReadOnlyList<TrackMateFeature> features) => [.. features.Where(f => f.IsInteger).Select(f => f.Key)];

    private static void Attribute(XmlWriter xml, string name, int value) => xml.WriteAttributeString(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>As Java reads it: NaN and Infinity by name.</summary>
    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
