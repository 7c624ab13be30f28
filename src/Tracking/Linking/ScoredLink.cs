namespace Cellpose3D.Tracking.Linking;

/// <summary>A candidate link with what it was judged by.</summary>
/// <param name="Source">Id of the earlier cell.</param>
/// <param name="Target">Id of the later cell.</param>
/// <param name="Features">What speaks for and against it.</param>
/// <param name="Probability">0 to 1.</param>
public readonly record struct ScoredLink(int Source, int Target, LinkFeatures Features, float Probability);
