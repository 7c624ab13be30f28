namespace Cellpose3D.Viewer.Editing;

/// <summary>Voxels of one time point that a journal's record changes.</summary>
/// <param name="Time">The time point.</param>
/// <param name="Forth">Whether from old to new.</param>
/// <param name="Runs">As packed by <see cref="RunEncoder"/>.</param>
internal sealed record PatchedFrame(int Time, bool Forth, byte[] Runs);
