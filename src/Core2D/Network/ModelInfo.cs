namespace Cellpose3D.Core2D.Network;

/// <summary>What is known of a model besides its weights.</summary>
/// <param name="Name">Name or path it was asked for by.</param>
/// <param name="Sha256">Hash of the weight files' bytes, lower-case hexadecimal.</param>
/// <param name="DiamMean">Pixels: images are resized so that cells have this diameter.</param>
/// <param name="DiamLabels">Pixels: mean diameter of the training images' cells, taken when no diameter is given.</param>
public sealed record ModelInfo(string Name, string Sha256, double DiamMean, double DiamLabels);
