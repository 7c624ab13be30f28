using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Cli.Tracking;

/// <summary>The links that a user should look at, the most doubtful first.</summary>
internal static class DoubtfulLinks
{
    /// <summary>A link that the whole solution would miss less than this, in nats, is doubtful: e to the 3 is odds of 20 to 1.</summary>
    public const float LeastMargin = 3;

    /// <summary>A link less probable than this by itself is doubtful, even where no other would do.</summary>
    public const float LeastProbability = 0.5f;

    /// <summary>Picks them: by margin, then by probability, then by place.</summary>
    /// <param name="solution">As it was solved; borrowed.</param>
    public static Link[] Of(TrackingSolution solution) =>
    [
        .. solution.Links.Where(l => l.Margin < LeastMargin || l.Probability < LeastProbability)
            .OrderBy(l => l.Margin).ThenBy(l => l.Probability).ThenBy(l => l.Target),
    ];

    /// <summary>Makes the table.</summary>
    /// <param name="links">The links, in the order of the rows.</param>
    /// <param name="solution">As it was solved; borrowed.</param>
    /// <param name="track">The track number of a cell.</param>
    /// <param name="spacing">Size of a voxel.</param>
    /// <param name="isVolume">Whether places have a Z.</param>
    public static MeasurementTable Table(Link[] links, TrackingSolution solution, Func<int, int> track, SpacingUm spacing, bool isVolume)
    {
        DetectionTable cells = solution.Detections;
        var columns = new List<MeasurementColumn>();
        Add("frame_from", l => cells.FrameOf(l.Source));
        Add("frame_to", l => cells.FrameOf(l.Target));
        Add("track_from", l => track(l.Source));
        Add("track_to", l => track(l.Target));
        Add("label_from", l => cells[l.Source].Label);
        Add("label_to", l => cells[l.Target].Label);
        Add("kind", l => solution.ChildCount(l.Source) > 1 ? "division" : cells.FrameOf(l.Target) > cells.FrameOf(l.Source) + 1 ? "gap" : "link");
        Add("margin_nats", l => (double)l.Margin);
        Add("probability", l => (double)l.Probability);
        Add("distance_um", l => cells[l.Source].Centroid.DistanceTo(cells[l.Target].Centroid));
        if (isVolume)
            Add("z_from", l => cells[l.Source].Centroid.Z / spacing.Z);
        Add("y_from", l => cells[l.Source].Centroid.Y / spacing.Y);
        Add("x_from", l => cells[l.Source].Centroid.X / spacing.X);
        if (isVolume)
            Add("z_to", l => cells[l.Target].Centroid.Z / spacing.Z);
        Add("y_to", l => cells[l.Target].Centroid.Y / spacing.Y);
        Add("x_to", l => cells[l.Target].Centroid.X / spacing.X);
        Add("verdict", _ => "");                                         // for the user: yes or no, read back by --pins
        return new MeasurementTable(columns);

        void Add<T>(string name, Func<Link, T> value) => columns.Add(new MeasurementColumn(name, Array.ConvertAll(links, l => value(l))));
    }
}
