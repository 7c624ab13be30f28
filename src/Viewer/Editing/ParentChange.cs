namespace Cellpose3D.Viewer.Editing;

/// <summary>A track that was given another mother.</summary>
/// <param name="Track">The track.</param>
/// <param name="Before">The mother it had; 0 for none.</param>
/// <param name="After">The mother it has; 0 for none.</param>
internal readonly record struct ParentChange(uint Track, uint Before, uint After);
