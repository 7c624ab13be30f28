namespace Cellpose3D.Volume;

/// <summary>One pass over a volume.</summary>
/// <param name="Name">What it does, in a word or two.</param>
/// <param name="Items">Number of parts it is done in; each is finished by itself.</param>
/// <param name="Share">Estimated share of the run's work, 0..1.</param>
public sealed record VolumePass(string Name, long Items, float Share);
