namespace Cellpose3D.Volume;

/// <summary>What came of one item of a step.</summary>
/// <param name="Record">Saved once <paramref name="Write"/> has returned; may be empty.</param>
/// <param name="Write">Writes and flushes volumes; null for none.</param>
internal readonly record struct StepResult(byte[] Record, Action? Write = null);
