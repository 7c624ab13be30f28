using Cellpose3D.Core2D.Network;

namespace Cellpose3D.Core2D.Training;

/// <summary>A fitted size model, and how well it tells the diameters it was fitted to.</summary>
/// <param name="Model">The regression.</param>
/// <param name="Correlation">Pearson's r between the logarithms of true and predicted diameters; NaN when all are the same.</param>
/// <param name="TrueDiameters">float64 [N], pixels; owned.</param>
/// <param name="Predicted">float64 [N], pixels; owned.</param>
public sealed record SizeModelFit(SizeModel Model, double Correlation, double[] TrueDiameters, double[] Predicted);
