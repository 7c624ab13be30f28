using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.Lineages;

/// <summary>A movie as one table: a row for every cell, by track, then by frame.</summary>
/// <remarks>
/// Columns: <c>track_id</c>, <c>parent_id</c> (0 for none), <c>lineage_id</c>, <c>generation</c>, <c>label</c> (of its mask), <c>t</c>
/// (frame), <c>time_s</c>, <c>z y x</c> in voxels, <c>z_um y_um x_um</c>, <c>voxels</c>, <c>area_um2</c> or <c>volume_um3</c>,
/// <c>diameter_um</c>, <c>intensity</c>, <c>link_cost</c> (nats, of the link from its parent), <c>link_prob</c>, <c>link_margin</c>,
/// <c>event</c> (start, div, end, gap, joined by +: a track begins, divides, ends, or skipped frames before) <c>edited</c> (a
/// user pinned the link from its parent) and <c>interpolated</c> (nobody saw the cell there: its mask fills a gap). The columns of Z are there for volumes only. Unknown numbers are NaN.
/// </remarks>
public static class TrackTable
{
    /// <summary>Builds the table.</summary>
    /// <param name="movie">The movie; borrowed.</param>
    /// <param name="tracks">Its tracks; null for those of the solution as it is.</param>
    /// <returns>The table; owned by the caller.</returns>
    public static MeasurementTable Build(TrackedMovie movie, TrackSet? tracks = null)
    {
        tracks ??= movie.Tracks();
        TrackingSolution solution = movie.Solution;
        DetectionTable cells = solution.Detections;
        int[] rows = new int[cells.Count];
        int n = 0;
        foreach (Track track in tracks.Tracks.OrderBy(t => t.Id))
        {
            foreach (int cell in track.Cells)
                rows[n++] = cell;
        }
        bool isVolume = movie.IsVolume;
        SpacingUm spacing = movie.Spacing;
        HashSet<int> edited = [.. solution.Pins.Where(p => p.Accept).Select(p => p.Target)];
        HashSet<int> dividing = [.. tracks.Tracks.Where(t => solution.ChildCount(t.Cells[^1]) > 1).Select(t => t.Id)];
        var columns = new List<MeasurementColumn>();
        Tracks("track_id", t => t.Id);
        Tracks("parent_id", t => t.ParentId);
        Tracks("lineage_id", t => t.LineageId);
        Tracks("generation", t => t.Generation);
        Add("label", c => cells[c].Label);
        Add("t", c => cells.FrameOf(c));
        Add("time_s", c => movie.FrameSeconds is { } seconds ? cells.FrameOf(c) * seconds : double.NaN);
        if (isVolume)
            Add("z", c => cells[c].Centroid.Z / spacing.Z);
        Add("y", c => cells[c].Centroid.Y / spacing.Y);
        Add("x", c => cells[c].Centroid.X / spacing.X);
        if (isVolume)
            Add("z_um", c => cells[c].Centroid.Z);
        Add("y_um", c => cells[c].Centroid.Y);
        Add("x_um", c => cells[c].Centroid.X);
        Add("voxels", c => cells[c].Size);
        Add(isVolume ? "volume_um3" : "area_um2", c => cells[c].Size * (isVolume ? spacing.Volume : spacing.Y * spacing.X));
        Add("diameter_um", c => (double)cells[c].DiameterUm);
        Add("intensity", c => (double)cells[c].Intensity);
        Add("link_cost", c => solution.LinkTo(c) is { } link && !float.IsNaN(link.Probability) ? -new CandidateLink(link.Source, link.Target, link.Probability).Logit : double.NaN);
        Add("link_prob", c => solution.LinkTo(c)?.Probability ?? double.NaN);
        Add("link_margin", c => solution.LinkTo(c)?.Margin ?? double.NaN);
        Add("event", Event);
        Add("edited", edited.Contains);
        Add("interpolated", movie.Interpolated.Contains);
        return new MeasurementTable(columns);

        void Add<T>(string name, Func<int, T> value) => columns.Add(new MeasurementColumn(name, Array.ConvertAll(rows, c => value(c))));

        void Tracks(string name, Func<Track, int> value) => Add(name, c => value(tracks.TrackOf(c)));

        string Event(int cell)
        {
            Track track = tracks.TrackOf(cell);
            int parent = solution.ParentOf(cell);
            var words = new List<string>();
            if (cell == track.Cells[0])
                words.Add("start");
            if (parent >= 0 && cells.FrameOf(cell) > cells.FrameOf(parent) + 1)
                words.Add("gap");
            if (cell == track.Cells[^1])
                words.Add(dividing.Contains(track.Id) ? "div" : "end");
            return string.Join('+', words);
        }
    }
}
