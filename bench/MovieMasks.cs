using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Synthesis;

namespace Cellpose3D.Bench;

/// <summary>A synthetic movie as a tracker sees it, and its truth.</summary>
internal sealed class MovieMasks
{
    private MovieMasks(SyntheticMovie movie, SyntheticFrame[] frames, DegradedFrame[] seen)
    {
        (Movie, Frames, Seen) = (movie, frames, seen);
        Rows = [.. movie.Rows];
    }

    public SyntheticMovie Movie { get; }

    public SyntheticFrame[] Frames { get; }

    /// <summary>The masks that are linked: shuffled, perhaps with mistakes.</summary>
    public DegradedFrame[] Seen { get; }

    public TrackRow[] Rows { get; }

    public static MovieMasks Make(TimelapseOptions options, MaskDefects defects)
    {
        var movie = new SyntheticMovie(options);
        SyntheticFrame[] frames = [.. movie.Frames()];
        return new MovieMasks(movie, frames, Degrade(frames, options, defects));
    }

    /// <summary>The same movie with other mistakes.</summary>
    public MovieMasks With(MaskDefects defects) => new(Movie, Frames, Degrade(Frames, Movie.Options, defects));

    /// <summary>Whether a mask comes from another: the same cell or a daughter; null where it does by way of a mask between, which is for the solver to find.</summary>
    public bool? IsLink(int earlier, int earlierMask, int later, int laterMask)
    {
        bool? answer = false;
        foreach (int b in Seen[later].Masks[laterMask - 1].Sources)
        {
            bool isSeenBetween = false;
            int a = SourceBefore(b, later, out int at);
            while (at > earlier && a > 0)
            {
                isSeenBetween |= Seen[at].Masks.Any(m => m.Sources.Contains(a));
                a = SourceBefore(a, at, out at);
            }
            if (at != earlier || a == 0 || !Seen[earlier].Masks[earlierMask - 1].Sources.Contains(a))
                continue;
            if (!isSeenBetween)
                return true;
            answer = null;
        }
        return answer;
    }

    /// <summary>Whether two masks are the daughters of a third.</summary>
    public bool IsDivision(int frame, int mother, int first, int second)
    {
        IReadOnlyList<int> mothers = Seen[frame].Masks[mother - 1].Sources;
        int[] a = Daughters(first), b = Daughters(second);
        return a.Any(d => b.Any(e => d != e && Rows[d - 1].Parent == Rows[e - 1].Parent));

        int[] Daughters(int mask) => [.. Seen[frame + 1].Masks[mask - 1].Sources.Where(s => Rows[s - 1].Begin == frame + 1 && mothers.Contains(Rows[s - 1].Parent))];
    }

    /// <summary>The track a cell was part of the last time it was there, and when.</summary>
    private int SourceBefore(int track, int frame, out int before)
    {
        TrackRow row = Rows[track - 1];
        if (frame > row.Begin)
        {
            before = frame - 1;
            return track;
        }
        before = row.Parent == 0 ? -1 : Rows[row.Parent - 1].End;
        return row.Parent;
    }

    private static DegradedFrame[] Degrade(SyntheticFrame[] frames, TimelapseOptions options, MaskDefects defects)
    {
        var degrader = new MaskDegrader(defects, options.Seed);
        return [.. frames.Select(f => degrader.Degrade(f.Labels, f.Index))];
    }
}
