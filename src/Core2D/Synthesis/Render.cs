namespace Cellpose3D.Core2D.Synthesis;

/// <summary>What a scene drew, on its canvas with margin: channels in camera units and who owns each pixel.</summary>
internal sealed record Render(Plane[] Channels, LabelMap Labels);
