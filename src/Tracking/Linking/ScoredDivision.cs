namespace Cellpose3D.Tracking.Linking;

/// <summary>A cell that may divide, with the two cells that would be its daughters.</summary>
/// <param name="Mother">Id of the earlier cell.</param>
/// <param name="First">Id of a later cell.</param>
/// <param name="Second">Id of the other later cell.</param>
/// <param name="Features">What speaks for and against it.</param>
/// <param name="Logit">Natural log of the odds.</param>
public readonly record struct ScoredDivision(int Mother, int First, int Second, DivisionFeatures Features, float Logit);
