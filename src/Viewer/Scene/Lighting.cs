namespace Cellpose3D.Viewer.Scene;

/// <summary>How surfaces are lit.</summary>
/// <param name="AmbientOcclusion">How dark creases and gaps become, 0 to 1.</param>
/// <param name="OcclusionRadius">How far around a point counts for that, as a share of the volume's diagonal.</param>
/// <param name="Gloss">Strength of highlights, 0 to 1.</param>
public sealed record Lighting(double AmbientOcclusion = 0.9, double OcclusionRadius = 0.06, double Gloss = 0.18);
