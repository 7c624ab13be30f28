namespace Cellpose3D.Core2D;

/// <summary>The mean cell diameter of an image, as a size model tells it.</summary>
/// <param name="FromStyle">Pixels: what the regression answers.</param>
/// <param name="Diameter">Pixels: the median over the cells found at that diameter, which is used; the model's own where none is found.</param>
public sealed record DiameterEstimate(double FromStyle, double Diameter);
