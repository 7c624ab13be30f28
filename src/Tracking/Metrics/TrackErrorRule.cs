namespace Cellpose3D.Tracking.Metrics;

/// <summary>What makes a track wrong.</summary>
public enum TrackErrorRule
{
    /// <summary>As the Cell Tracking Challenge counts: a cell missed or shown together with another, a link missed or of the wrong kind.</summary>
    Ctc,

    /// <summary>As traccuracy's basic errors: a cell missed or shown by one that divides falsely, a link missed; a result cell may show several.</summary>
    Basic,
}
