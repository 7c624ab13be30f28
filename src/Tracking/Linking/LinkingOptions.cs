namespace Cellpose3D.Tracking.Linking;

/// <summary>What appearing, disappearing and dividing cost, and how the movie is cut into windows.</summary>
public sealed record LinkingOptions
{
    /// <summary>Cost of a cell that appears far from the border, in nats. A link is taken against appearing plus disappearing when its odds are better than e to the minus of both: 1.5 each leaves links of 5 % to be taken where nothing else explains the cells.</summary>
    public double AppearNats { get; init; } = 1.5;

    /// <summary>Cost of a cell that disappears far from the border, in nats.</summary>
    public double DisappearNats { get; init; } = 1.5;

    /// <summary>Share of both costs left at the image's side; it rises to 1 within one diameter. Default 0.2: cells come and go there.</summary>
    public double BorderShare { get; init; } = 0.2;

    /// <summary>Whether cells may divide.</summary>
    public bool AllowDivisions { get; init; } = true;

    /// <summary>Cost of a division of which nothing is known, in nats. Default 5: one cell in 150 and frame.</summary>
    public double DivisionNats { get; init; } = 5;

    /// <summary>
    /// Frames a daughter must live, unless it leaves at the image's side or the movie ends: a mask that falls in two for a moment and is one again
    /// has not divided. Default 3; 1 takes every division.
    /// </summary>
    public int LeastDaughterFrames { get; init; } = 3;

    /// <summary>Frames solved at once. Default 60: about a second for 1000 cells a frame.</summary>
    public int Window { get; init; } = 60;

    /// <summary>Of those, frames that are kept before the window moves on. Default 50: the last 10 have not seen their future.</summary>
    public int Commit { get; init; } = 50;

    /// <summary>Whether the margin of every link is computed. Default true; it takes about as long as solving.</summary>
    public bool Margins { get; init; } = true;

    /// <summary>Number of threads, 0 for all; it never changes the result.</summary>
    public int Threads { get; init; }

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A cost below 0, a share outside 0 to 1, or a window shorter than what is kept of it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(AppearNats);
        ArgumentOutOfRangeException.ThrowIfNegative(DisappearNats);
        ArgumentOutOfRangeException.ThrowIfNegative(DivisionNats);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentOutOfRangeException.ThrowIfLessThan(Commit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LeastDaughterFrames, 1);
        if (BorderShare is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(BorderShare), BorderShare, $"BorderShare must be 0 to 1; got {BorderShare}.");
        if (Window < Commit)
            throw new ArgumentOutOfRangeException(nameof(Window), Window, $"Window must be Commit ({Commit}) or more; got {Window}.");
    }
}
