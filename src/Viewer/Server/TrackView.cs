using System.Text.Json.Nodes;
using Cellpose3D.IO;
using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Geff;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Viewer.Server;

/// <summary>Tracks as a page shows them: tails over slices, and the tree of lineages.</summary>
public sealed class TrackView
{
    private readonly Dictionary<uint, uint> _parents;
    private readonly Dictionary<(int Time, uint Label), uint> _trackOf = [];
    private readonly Dictionary<int, ViewedTrack> _byId;
    private readonly Dictionary<int, Dictionary<uint, PointUm>> _middles = [];    // of the time points looked at, where labels are numbered by track
    private Palette? _colors;

    private TrackView(IReadOnlyList<ViewedTrack> tracks, TrackBook? book)
    {
        Book = book;
        Tracks = tracks;
        _byId = tracks.ToDictionary(t => t.Id);
        _parents = tracks.Where(t => t.Parent > 0).ToDictionary(t => (uint)t.Id, t => (uint)t.Parent);
        foreach (ViewedTrack track in tracks)
        {
            foreach (TrackPoint point in track.Points)
                _trackOf[(point.Time, point.Label)] = (uint)track.Id;
        }
    }

    private TrackView(IReadOnlyList<ViewedTrack> tracks, TrackBook book, Dictionary<int, Dictionary<uint, PointUm>> middles)
        : this(tracks, book) => _middles = middles;

    /// <summary>The tracks, by number.</summary>
    public IReadOnlyList<ViewedTrack> Tracks { get; }

    /// <summary>Mothers, which can be edited together with labels that are numbered by track; null where they are not.</summary>
    public TrackBook? Book { get; }

    /// <summary>Reads tracks: any format of <see cref="TrackFile"/>, or the rows of a CTC <c>man_track.txt</c>, whose cells are then found in the labels.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="files">The scene they belong to.</param>
    /// <param name="cancellationToken">Checked between time points.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or does not belong to the labels.</exception>
    public static TrackView Read(string path, SceneFiles files, CancellationToken cancellationToken = default)
    {
        if (Path.GetExtension(path).Equals(".txt", StringComparison.OrdinalIgnoreCase))
            return OfRows(path, CtcTrackFile.Read(path), files, cancellationToken);
        PointUm voxel = files.Grid.VoxelUm;
        TrackedMovie movie = TrackFile.Read(path, new SpacingUm(voxel.Z, voxel.Y, voxel.X), cancellationToken);
        TrackSet set = movie.Tracks();
        DetectionTable cells = movie.Solution.Detections;
        bool isByTrack = files.HasLabels && (GeffFile.IsGeff(path) || !Directory.Exists(path)) && set.Tracks.All(t => t.Cells.All(c => cells[c].Label == t.Id));
        return new TrackView([.. set.Tracks.OrderBy(t => t.Id).Select(t => new ViewedTrack(t.Id, t.ParentId, t.Begin, t.End,
            [.. t.Cells.Select(c => Point(cells[c]))]))], isByTrack ? new TrackBook(path, set.Rows(), movie) : null);

        TrackPoint Point(Detection cell) => new(cell.Frame, (uint)cell.Label,
            new PointUm(cell.Centroid.Z / movie.Spacing.Z, cell.Centroid.Y / movie.Spacing.Y, cell.Centroid.X / movie.Spacing.X));
    }

    /// <summary>Colours of the cells of a time point: one for each track, daughters near their mother.</summary>
    /// <param name="time">From 0.</param>
    /// <param name="ids">The cells.</param>
    /// <param name="seed">Another number gives other colours.</param>
    public IReadOnlyDictionary<uint, Rgb> Colors(int time, uint[] ids, int seed)
    {
        Dictionary<uint, uint> trackOf = ids.ToDictionary(id => id, id => _trackOf.GetValueOrDefault((time, id), id));
        Dictionary<uint, Rgb> colors = LabelPalette.ByTrack(trackOf.Values.Distinct(), _parents, seed);
        return trackOf.ToDictionary(t => t.Key, t => colors[t.Value]);
    }

    /// <summary>The tracks after labels or mothers were edited.</summary>
    /// <param name="frames">The labels; borrowed.</param>
    /// <param name="times">The time points that changed; the others are looked at where they have not been.</param>
    /// <exception cref="InvalidOperationException">Labels are not numbered by track.</exception>
    public TrackView After(IReadOnlyList<LabelVolume> frames, IReadOnlySet<int> times)
    {
        TrackBook book = Book ?? throw new InvalidOperationException("these tracks do not follow their labels.");
        var points = new SortedDictionary<uint, List<TrackPoint>>();
        var middles = new Dictionary<int, Dictionary<uint, PointUm>>();
        for (int t = 0; t < frames.Count; t++)
        {
            middles[t] = !times.Contains(t) && _middles.TryGetValue(t, out Dictionary<uint, PointUm>? known) ? known : Middles(frames[t]);
            foreach ((uint id, PointUm middle) in middles[t])
            {
                if (!points.TryGetValue(id, out List<TrackPoint>? track))
                    points[id] = track = [];
                track.Add(new TrackPoint(t, id, middle));
            }
        }
        return new TrackView([.. points.Select(p => new ViewedTrack((int)p.Key, Mother(p.Key, p.Value[0].Time), p.Value[0].Time, p.Value[^1].Time, p.Value))], book, middles);

        int Mother(uint track, int begin) =>
            book.Parents.TryGetValue(track, out uint mother) && points.TryGetValue(mother, out List<TrackPoint>? way) && way[^1].Time < begin ? (int)mother : 0;
    }

    /// <summary>The tails of a scene's tracks: the way that each cell of its time point came, a daughter's going on into her mother's.</summary>
    /// <param name="scene">The time point, how long tails are, and which cells are shown; those selected are white.</param>
    public IReadOnlyList<SceneLine> Tails(SceneState scene)
    {
        var lines = new List<SceneLine>();
        if (scene.TailLength == 0)
            return lines;
        Dictionary<uint, Rgb> colors = AllColors(scene.Labels?.Seed ?? 0);
        PointUm voxel = scene.Grid.VoxelUm;
        foreach (ViewedTrack track in Tracks.Where(t => t.Begin <= scene.Time && t.End >= scene.Time))
        {
            uint label = track.Points.FirstOrDefault(p => p.Time == scene.Time).Label;
            if (label > 0 && scene.Labels is { } layer && (layer.Hidden.Contains(label) || (layer.Ghost == 0 && !layer.Shows(label))))
                continue;
            Rgb color = scene.Labels?.Selected.Contains(label) == true ? new Rgb(255, 255, 255) : colors[(uint)track.Id];
            TrackPoint? last = null;
            foreach (TrackPoint point in Way(track, scene.Time - scene.TailLength, scene.Time))
            {
                if (last is { } from)
                    lines.Add(new SceneLine(Um(from.Voxel), Um(point.Voxel), color, Math.Max(0.12, 1 - (scene.Time - point.Time) / (scene.TailLength + 1.0))));
                last = point;
            }
        }
        return lines;

        PointUm Um(PointUm at) => new((at.Z + 0.5) * voxel.Z, (at.Y + 0.5) * voxel.Y, (at.X + 0.5) * voxel.X);
    }

    /// <summary>The tracks for a page: number, mother, first and last time point, colour, and <c>[t, label, z, y, x]</c> of each cell in voxels.</summary>
    /// <param name="seed">As in <see cref="Colors"/>.</param>
    public JsonArray ToJson(int seed)
    {
        Dictionary<uint, Rgb> colors = AllColors(seed);
        return new JsonArray([.. Tracks.Select(t => (JsonNode)new JsonObject
        {
            ["id"] = t.Id, ["parent"] = t.Parent, ["begin"] = t.Begin, ["end"] = t.End, ["color"] = colors[(uint)t.Id].ToString(),
            ["points"] = new JsonArray([.. t.Points.Select(p => (JsonNode)new JsonArray(p.Time, p.Label, Round(p.Voxel.Z), Round(p.Voxel.Y), Round(p.Voxel.X)))]),
        })]);

        static double Round(double v) => Math.Round(v, 2);
    }

    private Dictionary<uint, Rgb> AllColors(int seed)
    {
        Palette? known = _colors;                                            // of whoever came last: several may ask
        if (known?.Seed != seed)
            _colors = known = new Palette(seed, LabelPalette.ByTrack(Tracks.Select(t => (uint)t.Id), _parents, seed));
        return known.Colors;
    }

    private IEnumerable<TrackPoint> Way(ViewedTrack track, int from, int to)
    {
        IEnumerable<TrackPoint> own = track.Points.Where(p => p.Time >= from && p.Time <= to);
        return track.Begin > from && track.Parent > 0 && _byId.TryGetValue(track.Parent, out ViewedTrack? mother) && mother.Begin < track.Begin
            ? Way(mother, from, track.Begin).Concat(own) : own;
    }

    private static TrackView OfRows(string path, TrackRow[] rows, SceneFiles files, CancellationToken cancellationToken)
    {
        if (!files.HasLabels)
            throw new ArgumentException("tracks of a .txt say nothing of places; give the labels too.");
        var points = rows.ToDictionary(r => (uint)r.Label, _ => new List<TrackPoint>());
        var middles = new Dictionary<int, Dictionary<uint, PointUm>>();
        for (int t = 0; t < files.Frames; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LabelVolume labels = files.ReadLabels(t, cancellationToken);
            middles[t] = Middles(labels);
            foreach ((uint id, PointUm middle) in middles[t])
            {
                if (points.TryGetValue(id, out List<TrackPoint>? list))
                    list.Add(new TrackPoint(t, id, middle));
            }
        }
        return new TrackView([.. rows.OrderBy(r => r.Label).Select(r => new ViewedTrack(r.Label, r.Parent, r.Begin, r.End, points[(uint)r.Label]))], new TrackBook(path, rows, null), middles);
    }

    private static Dictionary<uint, PointUm> Middles(LabelVolume labels)
    {
        var sums = new Dictionary<uint, (long Count, PointUm Sum)>();
        long at = 0;
        for (int z = 0; z < labels.Shape.Z; z++)
        {
            for (int y = 0; y < labels.Shape.Y; y++)
            {
                for (int x = 0; x < labels.Shape.X; x++)
                {
                    uint id = labels.Voxels[at++];
                    if (id == 0)
                        continue;
                    (long count, PointUm sum) = sums.GetValueOrDefault(id);
                    sums[id] = (count + 1, sum + new PointUm(z, y, x));
                }
            }
        }
        return sums.ToDictionary(s => s.Key, s => new PointUm(
            s.Value.Sum.Z / s.Value.Count * labels.Stride.Z, s.Value.Sum.Y / s.Value.Count * labels.Stride.Y, s.Value.Sum.X / s.Value.Count * labels.Stride.X));
    }

    private sealed record Palette(int Seed, Dictionary<uint, Rgb> Colors);
}
