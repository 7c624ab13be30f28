namespace Cellpose3D.Core2D.Dynamics;

/// <summary>What cleaning masks removed, and where the remaining ones came from.</summary>
/// <param name="TooSmall">Masks removed by size.</param>
/// <param name="Enclosed">Masks that lay wholly inside a hole of another and became part of it.</param>
/// <param name="Sources">The label before of each label after; label n at n - 1. Owned by the caller.</param>
public sealed record CleanupResult(int TooSmall, int Enclosed, IReadOnlyList<int> Sources);
