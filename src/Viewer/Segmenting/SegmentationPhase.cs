namespace Cellpose3D.Viewer.Segmenting;

/// <summary>What is going on.</summary>
public enum SegmentationPhase
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>The network runs.</summary>
    Network,

    /// <summary>Masks are made of what it said.</summary>
    Masks,

    /// <summary>The cells' diameter is estimated.</summary>
    Estimate,
}
