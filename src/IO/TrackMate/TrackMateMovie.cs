using System.Globalization;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.IO.TrackMate;

/// <summary>Turns a model into a movie and back.</summary>
internal static class TrackMateMovie
{
    private const string Label = "MASK_LABEL", Tracklet = "TRACKLET_ID", Generation = "GENERATION";
    private const string Probability = "LINK_PROBABILITY", Margin = "LINK_MARGIN";

    private static readonly TrackMateFeature[] SpotFeatures =
    [
        new("QUALITY", "Quality", "Quality", "QUALITY"),
        new("POSITION_X", "X", "X", "POSITION"),
        new("POSITION_Y", "Y", "Y", "POSITION"),
        new("POSITION_Z", "Z", "Z", "POSITION"),
        new("POSITION_T", "T", "T", "TIME"),
        new("FRAME", "Frame", "Frame", "NONE", IsInteger: true),
        new("RADIUS", "Radius", "R", "LENGTH"),
        new("VISIBILITY", "Visibility", "Visibility", "NONE", IsInteger: true),
        new(Label, "Label of the mask", "Label", "NONE", IsInteger: true),
        new(Tracklet, "Track between two divisions", "Tracklet", "NONE", IsInteger: true),
        new(Generation, "Divisions before", "Generation", "NONE", IsInteger: true),
    ];

    private static readonly TrackMateFeature[] EdgeFeatures =
    [
        new("SPOT_SOURCE_ID", "Source spot ID", "Source ID", "NONE", IsInteger: true),
        new("SPOT_TARGET_ID", "Target spot ID", "Target ID", "NONE", IsInteger: true),
        new("LINK_COST", "Edge cost", "Cost", "COST"),
        new(Probability, "Link probability", "Probability", "NONE"),
        new(Margin, "Link margin", "Margin", "COST"),
    ];

    private static readonly TrackMateFeature[] TrackFeatures =
    [
        new("TRACK_INDEX", "Track index", "Index", "NONE", IsInteger: true),
        new("TRACK_ID", "Track ID", "ID", "NONE", IsInteger: true),
        new("NUMBER_SPOTS", "Number of spots in track", "N spots", "NONE", IsInteger: true),
        new("NUMBER_GAPS", "Number of gaps", "N gaps", "NONE", IsInteger: true),
        new("NUMBER_SPLITS", "Number of split events", "N splits", "NONE", IsInteger: true),
        new("NUMBER_MERGES", "Number of merge events", "N merges", "NONE", IsInteger: true),
        new("NUMBER_COMPLEX", "Number of complex points", "N complex", "NONE", IsInteger: true),
        new("LONGEST_GAP", "Longest gap", "Lgst gap", "NONE", IsInteger: true),
        new("TRACK_DURATION", "Track duration", "Duration", "TIME"),
        new("TRACK_START", "Track start", "Track start", "TIME"),
        new("TRACK_STOP", "Track stop", "Track stop", "TIME"),
    ];

    public static TrackMateModel ToModel(TrackedMovie movie)
    {
        DetectionTable cells = movie.Solution.Detections;
        TrackSet tracks = movie.Tracks();
        bool isVolume = movie.IsVolume;
        double interval = movie.FrameSeconds ?? 1;
        bool hasImage = false;
        foreach (Detection cell in cells.All)
            hasImage |= float.IsFinite(cell.Intensity);
        string sizeKey = isVolume ? "VOLUME" : "AREA";
        double voxel = isVolume ? movie.Spacing.Volume : movie.Spacing.Y * movie.Spacing.X;
        List<TrackMateFeature> spotFeatures = [.. SpotFeatures, new(sizeKey, isVolume ? "Volume" : "Area", isVolume ? "Volume" : "Area", isVolume ? "VOLUME" : "AREA")];
        if (hasImage)
            spotFeatures.Add(new TrackMateFeature("MEAN_INTENSITY_CH1", "Mean intensity ch1", "Mean ch1", "INTENSITY"));
        var spots = new TrackMateSpot[cells.Count];
        for (int id = 0; id < spots.Length; id++)
        {
            Detection cell = cells[id];
            Track track = tracks.TrackOf(id);
            var features = new Dictionary<string, double>
            {
                ["QUALITY"] = Math.Max(1, cell.Size),                    // voxels, as TrackMate's own detector of label images has it
                ["POSITION_X"] = cell.Centroid.X,
                ["POSITION_Y"] = cell.Centroid.Y,
                ["POSITION_Z"] = cell.Centroid.Z,
                ["POSITION_T"] = cell.Frame * interval,
                ["FRAME"] = cell.Frame,
                ["RADIUS"] = cell.DiameterUm / 2.0,
                ["VISIBILITY"] = 1,
                [Label] = cell.Label,
                [Tracklet] = track.Id,
                [Generation] = track.Generation,
                [sizeKey] = cell.Size * voxel,
            };
            if (float.IsFinite(cell.Intensity))
                features["MEAN_INTENSITY_CH1"] = cell.Intensity;
            spots[id] = new TrackMateSpot(id, $"ID{id.ToString(CultureInfo.InvariantCulture)}", cell.Frame, features, []);
        }
        TrackMateTrack[] families = Families(movie.Solution, tracks, interval);
        return new TrackMateModel
        {
            Log = "Written by cellpose3d.",
            TimeUnits = movie.FrameSeconds is null ? "frame" : "second",
            SpotFeatures = spotFeatures,
            EdgeFeatures = EdgeFeatures,
            TrackFeatures = TrackFeatures,
            Spots = spots,
            Tracks = families,
            FilteredTrackIds = [.. families.Select(f => f.Id)],
            Image = new TrackMateImage
            {
                FileName = Path.GetFileName(movie.ImageName),
                Folder = Path.GetDirectoryName(movie.ImageName) ?? "",
                Width = movie.Shape.Count == 0 ? 0 : movie.Shape[^1],
                Height = movie.Shape.Count == 0 ? 0 : movie.Shape[^2],
                Slices = movie.Shape.Count == 3 ? movie.Shape[0] : 1,
                Frames = movie.FrameCount,
                PixelWidth = movie.Spacing.X,
                PixelHeight = movie.Spacing.Y,
                VoxelDepth = movie.Spacing.Z,
                TimeInterval = interval,
            },
        };
    }

    public static TrackedMovie From(TrackMateModel model, string source, bool keptTracksOnly)
    {
        double unit = LengthUnits.Micrometres(model.SpatialUnits) ?? 1;   // pixels and the like stay as they are
        TrackMateImage image = model.Image;
        var spacing = new SpacingUm(Edge(image.VoxelDepth), Edge(image.PixelHeight), Edge(image.PixelWidth));
        bool isVolume = image.Slices > 1;
        double voxel = isVolume ? spacing.Volume : spacing.Y * spacing.X;
        var cells = new GraphCell[model.Spots.Count];
        var frames = new Dictionary<int, int>(cells.Length);
        for (int n = 0; n < cells.Length; n++)
        {
            TrackMateSpot spot = model.Spots[n];
            frames[spot.Id] = spot.Frame;
            cells[n] = new GraphCell(spot.Id, new Detection
            {
                Frame = spot.Frame,
                Label = Whole(spot, Label),
                Centroid = new PointUm(Feature(spot, "POSITION_Z", 0) * unit, spot.Features["POSITION_Y"] * unit, spot.Features["POSITION_X"] * unit),
                DiameterUm = (float)(2 * unit * Math.Max(0, Feature(spot, "RADIUS", 0))),
                Size = (long)Math.Clamp(Math.Round(Feature(spot, isVolume ? "VOLUME" : "AREA", 0) * (isVolume ? unit * unit * unit : unit * unit) / voxel), 0, int.MaxValue),
                Intensity = (float)Feature(spot, "MEAN_INTENSITY_CH1", double.NaN),
            }, Whole(spot, Tracklet));
        }
        HashSet<int> kept = [.. model.FilteredTrackIds];
        var links = new List<GraphLink>();
        foreach (TrackMateTrack track in model.Tracks)
        {
            if (keptTracksOnly && !kept.Contains(track.Id))
                continue;
            foreach (TrackMateEdge edge in track.Edges)
            {
                bool isForward = frames[edge.Source] <= frames[edge.Target];              // TrackMate does not order the ends
                float probability = (float)edge.Features.GetValueOrDefault(Probability, double.NaN), margin = (float)edge.Features.GetValueOrDefault(Margin, double.NaN);
                links.Add(new GraphLink(isForward ? edge.Source : edge.Target, isForward ? edge.Target : edge.Source, probability, margin));
            }
        }
        return new TrackedMovie
        {
            Solution = SolutionFromGraph.Build(cells, links, source, image.Frames),
            Spacing = spacing,
            FrameSeconds = LengthUnits.Times(image.TimeInterval, LengthUnits.Seconds(model.TimeUnits)),
            Shape = image.Height < 1 || image.Width < 1 ? [] : isVolume ? [image.Slices, image.Height, image.Width] : [image.Height, image.Width],
            ImageName = Path.Combine(image.Folder, image.FileName),
        };

        double Edge(double length) => LengthUnits.Times(length, unit) ?? 1;
    }

    /// <summary>Outlines of the cells of a frame through the centres of their border pixels, by cell.</summary>
    public static Dictionary<int, double[]> Outlines(TrackedMovie movie, int frame, NdArray<int> masks)
    {
        DetectionTable cells = movie.Solution.Detections;
        var outlines = new Dictionary<int, double[]>();
        foreach (Outline outline in Core2D.Measurements.Outlines.Trace(masks, minimumPoints: 3))
        {
            int id = cells.Find(frame, outline.Label);
            if (id < 0)
                throw new ArgumentException($"frame {frame} has a mask {outline.Label} that was not there when it was tracked.", nameof(masks));
            if (outline.Points.Length == 0)
                continue;
            double[] points = new double[2 * outline.Points.Length];
            for (int n = 0; n < outline.Points.Length; n++)
            {
                PointUm at = movie.Spacing.At(0, outline.Points[n].Y, outline.Points[n].X) - cells[id].Centroid;
                (points[2 * n], points[2 * n + 1]) = (at.X, at.Y);
            }
            outlines[id] = points;
        }
        return outlines;
    }

    private static TrackMateTrack[] Families(TrackingSolution solution, TrackSet tracks, double interval)
    {
        DetectionTable cells = solution.Detections;
        var families = new List<TrackMateTrack>();
        foreach (IGrouping<int, Track> family in tracks.Tracks.GroupBy(t => t.LineageId).OrderBy(g => g.Key))
        {
            int[] members = [.. family.SelectMany(t => t.Cells).Order()];
            var edges = new List<TrackMateEdge>();
            int gaps = 0, longest = 0, splits = 0;
            foreach (int cell in members)
            {
                splits += solution.ChildCount(cell) > 1 ? 1 : 0;
                if (solution.LinkTo(cell) is not { } link)
                    continue;
                int skipped = cells.FrameOf(cell) - cells.FrameOf(link.Source) - 1;
                gaps += skipped > 0 ? 1 : 0;
                longest = Math.Max(longest, skipped);
                bool isKnown = float.IsFinite(link.Probability);
                edges.Add(new TrackMateEdge(link.Source, link.Target, new Dictionary<string, double>
                {
                    ["LINK_COST"] = isKnown ? -new CandidateLink(link.Source, link.Target, link.Probability).Logit : double.NaN,
                    [Probability] = link.Probability,
                    [Margin] = link.Margin,
                }));
            }
            if (edges.Count == 0)
                continue;                                                // a spot on its own is in no track
            int begin = cells[members[0]].Frame, end = cells[members[^1]].Frame, index = families.Count;
            families.Add(new TrackMateTrack(index, $"Track_{index.ToString(CultureInfo.InvariantCulture)}", new Dictionary<string, double>
            {
                ["TRACK_INDEX"] = index,
                ["NUMBER_SPOTS"] = members.Length,
                ["NUMBER_GAPS"] = gaps,
                ["NUMBER_SPLITS"] = splits,
                ["NUMBER_MERGES"] = 0,
                ["NUMBER_COMPLEX"] = 0,
                ["LONGEST_GAP"] = longest,
                ["TRACK_DURATION"] = (end - begin) * interval,
                ["TRACK_START"] = begin * interval,
                ["TRACK_STOP"] = end * interval,
            }, edges));
        }
        return [.. families];
    }

    private static double Feature(TrackMateSpot spot, string key, double otherwise) =>
        spot.Features.TryGetValue(key, out double value) && double.IsFinite(value) ? value : otherwise;

    private static int Whole(TrackMateSpot spot, string key) => Feature(spot, key, 0) is >= 0 and <= int.MaxValue and var value ? (int)value : 0;
}
