namespace Cellpose3D.Tracking.Linking;

/// <summary>A link of a solution.</summary>
/// <param name="Source">Id of the earlier cell.</param>
/// <param name="Target">Id of the later cell.</param>
/// <param name="Probability">Of the link by its features, 0 to 1; NaN where it was read from a file or drawn by hand.</param>
/// <param name="Margin">What the whole solution would cost more without this link, in nats; small is doubtful; NaN where unknown.</param>
public readonly record struct Link(int Source, int Target, float Probability, float Margin);
