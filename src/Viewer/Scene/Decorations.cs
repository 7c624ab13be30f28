namespace Cellpose3D.Viewer.Scene;

/// <summary>What is drawn over the picture.</summary>
/// <param name="ScaleBar">A bar of a round length in micrometres.</param>
/// <param name="Axes">Three arrows that say where x, y and z run.</param>
/// <param name="Box">The volume's edges, in 3D.</param>
/// <param name="Text">Lines at the top left, for example time; null for none.</param>
public sealed record Decorations(bool ScaleBar = false, bool Axes = false, bool Box = false, string? Text = null);
