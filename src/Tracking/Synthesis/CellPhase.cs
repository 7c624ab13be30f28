namespace Cellpose3D.Tracking.Synthesis;

/// <summary>What a synthetic cell is doing.</summary>
public enum CellPhase
{
    /// <summary>Growing.</summary>
    Interphase,

    /// <summary>About to divide: round and bright.</summary>
    Rounding,

    /// <summary>In its last frame before it divides.</summary>
    Splitting,

    /// <summary>Just divided.</summary>
    Daughter,

    /// <summary>Shrinking and falling apart.</summary>
    Dying,
}
