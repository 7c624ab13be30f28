using System.Globalization;
using System.Xml;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO.TrackMate;

/// <summary>Reads one file in one pass.</summary>
internal sealed class TrackMateReader
{
    private readonly string _path;
    private readonly XmlReader _xml;
    private readonly List<TrackMateFeature> _spotFeatures = [], _edgeFeatures = [], _trackFeatures = [];
    private readonly List<TrackMateSpot> _spots = [];
    private readonly List<TrackMateTrack> _tracks = [];
    private readonly List<int> _filtered = [];
    private int? _announced;

    private TrackMateReader(string path, XmlReader xml) => (_path, _xml) = (path, xml);

    public static TrackMateModel Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        using var xml = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, IgnoreComments = true, IgnoreWhitespace = true });
        try
        {
            return new TrackMateReader(path, xml).Read();
        }
        catch (XmlException e)
        {
            throw new InvalidDataException($"'{path}' is not readable as XML: {e.Message}", e);
        }
    }

    private TrackMateModel Read()
    {
        _xml.MoveToContent();
        if (_xml.Name != "TrackMate")
            throw new InvalidDataException($"'{_path}' is no TrackMate file: its first element is '{_xml.Name}'.");
        var model = new TrackMateModel { Version = _xml.GetAttribute("version") ?? "" };
        bool hasModel = false;
        TrackMateImage? image = null;
        _xml.Read();
        while (!_xml.EOF)
        {
            if (_xml.NodeType != XmlNodeType.Element)
            {
                _xml.Read();
                continue;
            }
            switch (_xml.Name)
            {
                case "Log":
                    model = model with { Log = _xml.ReadElementContentAsString() };
                    break;
                case "Model":
                    hasModel = true;
                    model = model with { SpatialUnits = _xml.GetAttribute("spatialunits") ?? "", TimeUnits = _xml.GetAttribute("timeunits") ?? "" };
                    _xml.Read();
                    break;
                case "SpotFeatures": ReadFeatures(_spotFeatures); break;
                case "EdgeFeatures": ReadFeatures(_edgeFeatures); break;
                case "TrackFeatures": ReadFeatures(_trackFeatures); break;
                case "AllSpots": ReadSpots(); break;
                case "AllTracks": ReadTracks(); break;
                case "TrackID":
                    _filtered.Add(Integer("TRACK_ID"));
                    _xml.Read();
                    break;
                case "Settings":
                    string settings = _xml.ReadOuterXml();
                    image = ReadImage(settings);
                    model = model with { SettingsXml = settings };
                    break;
                case "DisplaySettings":
                    model = model with { DisplaySettings = _xml.ReadElementContentAsString() };
                    break;
                default:
                    _xml.Read();
                    break;
            }
        }
        if (!hasModel)
            throw new InvalidDataException($"'{_path}' has no element 'Model': it holds settings only.");
        if (_announced is { } count && count != _spots.Count)
            throw new InvalidDataException($"'{_path}' announces {count} spots; it has {_spots.Count}.");
        Check();
        return model with
        {
            SpotFeatures = _spotFeatures,
            EdgeFeatures = _edgeFeatures,
            TrackFeatures = _trackFeatures,
            Spots = _spots,
            Tracks = _tracks,
            FilteredTrackIds = _filtered,
            Image = image ?? new TrackMateImage(),
        };
    }

    private void ReadFeatures(List<TrackMateFeature> features)
    {
        using XmlReader part = _xml.ReadSubtree();
        while (part.Read())
        {
            if (part.NodeType != XmlNodeType.Element || part.Name != "Feature")
                continue;
            string key = part.GetAttribute("feature") ?? throw Bad("a feature must have the attribute 'feature'");
            features.Add(new TrackMateFeature(
                key, part.GetAttribute("name") ?? key, part.GetAttribute("shortname") ?? key, part.GetAttribute("dimension") ?? "NONE", part.GetAttribute("isint") == "true"));
        }
    }

    private void ReadSpots()
    {
        _announced = _xml.GetAttribute("nspots") is null ? null : Integer("nspots");
        if (_xml.IsEmptyElement)
        {
            _xml.Read();
            return;
        }
        int frame = -1;
        _xml.Read();
        while (!(_xml.NodeType == XmlNodeType.EndElement && _xml.Name == "AllSpots"))
        {
            if (_xml.EOF)
                throw Bad("'AllSpots' does not end");
            if (_xml.NodeType == XmlNodeType.Element && _xml.Name == "SpotsInFrame")
            {
                frame = Integer("frame");
                if (frame is < 0 or >= SolutionFromGraph.MostFrames)
                    throw Bad($"frames must be 0 to {SolutionFromGraph.MostFrames - 1}; got {frame}");
            }
            if (_xml.NodeType == XmlNodeType.Element && _xml.Name == "Spot")
                ReadSpot(frame);                                         // leaves the reader behind it
            else
                _xml.Read();
        }
        _xml.Read();
    }

    private void ReadSpot(int frame)
    {
        if (frame < 0)
            throw Bad("a spot must lie in 'SpotsInFrame'");
        int id = Integer("ID"), points = _xml.GetAttribute("ROI_N_POINTS") is null ? 0 : Integer("ROI_N_POINTS");
        string name = _xml.GetAttribute("name") ?? "";
        Dictionary<string, double> features = Features("ID", "name", "ROI_N_POINTS");
        foreach (string needed in (string[])["POSITION_X", "POSITION_Y"])
        {
            if (!features.TryGetValue(needed, out double place) || !double.IsFinite(place))
                throw Bad($"spot {id} must have a finite {needed}");
        }
        string text = "";
        if (_xml.IsEmptyElement)
            _xml.Read();
        else
            text = _xml.ReadElementContentAsString();
        double[] roi = [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(w => Number(w, $"the outline of spot {id}"))];
        if (points > 0 && roi.Length != 2 * (long)points)
            throw Bad($"the outline of spot {id} must have {points} points of two numbers; it has {roi.Length} numbers");
        _spots.Add(new TrackMateSpot(id, name, frame, features, points > 0 ? roi : []));
    }

    private void ReadTracks()
    {
        if (_xml.IsEmptyElement)
        {
            _xml.Read();
            return;
        }
        List<TrackMateEdge>? edges = null;
        while (_xml.Read() && !(_xml.NodeType == XmlNodeType.EndElement && _xml.Name == "AllTracks"))
        {
            if (_xml.NodeType != XmlNodeType.Element)
                continue;
            if (_xml.Name == "Track")
            {
                int id = Integer("TRACK_ID");
                edges = [];
                _tracks.Add(new TrackMateTrack(id, _xml.GetAttribute("name") ?? "", Features("name", "TRACK_ID"), edges));
            }
            else if (_xml.Name == "Edge")
            {
                int source = Integer("SPOT_SOURCE_ID"), target = Integer("SPOT_TARGET_ID");
                (edges ?? throw Bad("an edge must lie in 'Track'")).Add(new TrackMateEdge(source, target, Features("SPOT_SOURCE_ID", "SPOT_TARGET_ID")));
            }
        }
    }

    private TrackMateImage ReadImage(string settings)
    {
        using var xml = XmlReader.Create(new StringReader(settings), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        if (!xml.ReadToFollowing("ImageData"))
            return new TrackMateImage();
        return new TrackMateImage
        {
            FileName = xml.GetAttribute("filename") ?? "",
            Folder = xml.GetAttribute("folder") ?? "",
            Width = Length("width", 0),
            Height = Length("height", 0),
            Slices = Length("nslices", 1),
            Frames = Length("nframes", 1),
            PixelWidth = Edge("pixelwidth"),
            PixelHeight = Edge("pixelheight"),
            VoxelDepth = Edge("voxeldepth"),
            TimeInterval = Edge("timeinterval"),
        };

        int Length(string name, int otherwise) => xml.GetAttribute(name) is not { } text ? otherwise
            : int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value is >= 0 and <= SolutionFromGraph.MostFrames ? value
            : throw Bad($"{name} of the image must be a whole number from 0 to {SolutionFromGraph.MostFrames}; got '{text}'");

        double Edge(string name) => xml.GetAttribute(name) is { } text ? Number(text, $"{name} of the image") : 1;
    }

    private void Check()
    {
        HashSet<int> spots = [], tracks = [];
        foreach (TrackMateSpot spot in _spots)
        {
            if (!spots.Add(spot.Id))
                throw Bad($"spot {spot.Id} is listed twice");
        }
        foreach (TrackMateTrack track in _tracks)
        {
            if (!tracks.Add(track.Id))
                throw Bad($"track {track.Id} is listed twice");
            foreach (TrackMateEdge edge in track.Edges)
            {
                if (!spots.Contains(edge.Source) || !spots.Contains(edge.Target))
                    throw Bad($"the edge from spot {edge.Source} to {edge.Target} names a spot that is not there");
            }
        }
        foreach (int id in _filtered)
        {
            if (!tracks.Contains(id))
                throw Bad($"'FilteredTracks' names track {id}, which is not there");
        }
    }

    /// <summary>All attributes of the element but those named, as numbers.</summary>
    private Dictionary<string, double> Features(params ReadOnlySpan<string> others)
    {
        var features = new Dictionary<string, double>(_xml.AttributeCount, StringComparer.Ordinal);
        string element = _xml.Name;
        while (_xml.MoveToNextAttribute())
        {
            if (!others.Contains(_xml.Name))
                features[_xml.Name] = Number(_xml.Value, $"{_xml.Name} of a {element}");
        }
        _xml.MoveToElement();
        return features;
    }

    private int Integer(string attribute) => _xml.GetAttribute(attribute) is not { } text ? throw Bad($"a {_xml.Name} must have the attribute '{attribute}'")
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value
        : throw Bad($"{attribute} of a {_xml.Name} must be a whole number; got '{text}'");

    private double Number(string text, string what) => text switch
    {
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw Bad($"{what} must be a number; got '{text}'"),
    };

    private InvalidDataException Bad(string why)
    {
        string line = _xml is IXmlLineInfo info && info.HasLineInfo() && info.LineNumber > 0 ? $", line {info.LineNumber}" : "";
        return new InvalidDataException($"'{_path}'{line}: {why}.");
    }
}
