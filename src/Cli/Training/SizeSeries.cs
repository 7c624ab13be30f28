using Cellpose3D.Core2D.Training;

namespace Cellpose3D.Cli.Training;

/// <summary>Diameters as they are and as a size model tells them.</summary>
/// <param name="Name">Whose, and told how.</param>
/// <param name="Truth">float64 [N], pixels.</param>
/// <param name="Predicted">float64 [N], pixels.</param>
internal sealed record SizeSeries(string Name, double[] Truth, double[] Predicted)
{
    /// <summary>Pearson's r between the logarithms.</summary>
    public double Correlation { get; } = SizeModelTrainer.Correlation(Truth, Predicted);
}
