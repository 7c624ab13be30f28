namespace Cellpose3D.Tracking.Synthesis;

/// <summary>What can happen to a track.</summary>
public enum LineageEventKind
{
    /// <summary>It divides: the frame is its daughters' first.</summary>
    Divide,

    /// <summary>It comes into view without a past.</summary>
    Enter,

    /// <summary>It is out of view from this frame on.</summary>
    Leave,

    /// <summary>It is dead and gone from this frame on.</summary>
    Die,

    /// <summary>It is invisible from this frame on, though in view.</summary>
    Blink,

    /// <summary>It goes on where another track broke off a few frames ago.</summary>
    Return,
}
