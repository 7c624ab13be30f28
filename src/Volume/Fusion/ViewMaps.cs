namespace Cellpose3D.Volume.Fusion;

/// <summary>What the three views say of the same voxels: two flows, 5 times the unit flow, and a probability logit each.</summary>
/// <remarks>All float32 [voxels], borrowed.</remarks>
public readonly ref struct ViewMaps
{
    /// <summary>Flow along Y in the planes along Z.</summary>
    public required ReadOnlySpan<float> YxFlowY { get; init; }

    /// <summary>Flow along X in the planes along Z.</summary>
    public required ReadOnlySpan<float> YxFlowX { get; init; }

    /// <summary>Logit in the planes along Z.</summary>
    public required ReadOnlySpan<float> YxLogit { get; init; }

    /// <summary>Flow along Z in the planes along Y.</summary>
    public required ReadOnlySpan<float> ZxFlowZ { get; init; }

    /// <summary>Flow along X in the planes along Y.</summary>
    public required ReadOnlySpan<float> ZxFlowX { get; init; }

    /// <summary>Logit in the planes along Y.</summary>
    public required ReadOnlySpan<float> ZxLogit { get; init; }

    /// <summary>Flow along Z in the planes along X.</summary>
    public required ReadOnlySpan<float> ZyFlowZ { get; init; }

    /// <summary>Flow along Y in the planes along X.</summary>
    public required ReadOnlySpan<float> ZyFlowY { get; init; }

    /// <summary>Logit in the planes along X.</summary>
    public required ReadOnlySpan<float> ZyLogit { get; init; }
}
