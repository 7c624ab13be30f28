namespace Cellpose3D.Core2D.Network;

/// <summary>Linear regression from an image's style to the logarithm of its mean cell diameter.</summary>
/// <param name="A">float64 [S], regression weights.</param>
/// <param name="StyleMean">float64 [S], mean style of the training images.</param>
/// <param name="LogOffset">Mean of ln(diameter / diam_mean) over the training images.</param>
/// <param name="DiamMean">Diameter, in pixels, the network was trained at.</param>
/// <remarks>Cellpose paper, Methods, "Size model"; golden group <c>size_model</c>.</remarks>
public sealed record SizeModel(double[] A, double[] StyleMean, double LogOffset, double DiamMean)
{
    /// <summary>The smallest diameter the model answers, in pixels.</summary>
    public const double SmallestDiameter = 5;

    /// <summary>Predicts the mean cell diameter of an image from its style.</summary>
    /// <param name="style">float32 [S], unit length; borrowed.</param>
    /// <returns>Diameter in pixels of the image as it is, at least <see cref="SmallestDiameter"/>.</returns>
    /// <exception cref="ArgumentException">The style has another length than the weights.</exception>
    public double PredictDiameter(ReadOnlySpan<float> style)
    {
        if (style.Length != A.Length)
            throw new ArgumentException($"style must have {A.Length} values, as the size model has; got {style.Length}.", nameof(style));
        double log = Math.Log(DiamMean) + LogOffset;
        for (int i = 0; i < style.Length; i++)
            log += A[i] * (style[i] - StyleMean[i]);
        return Math.Max(SmallestDiameter, Math.Exp(log));
    }
}
