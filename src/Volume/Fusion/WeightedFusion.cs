namespace Cellpose3D.Volume.Fusion;

/// <summary>Weighted means: a view counts by how well it can see, and by how sure it is of a cell at the voxel.</summary>
/// <remarks>
/// A view that takes a voxel for background has a flow without meaning there, and planes across the optical axis are blurred
/// and stretched: the plain sum gives both the same say as a sharp, sure view.
/// </remarks>
public sealed class WeightedFusion : IFlowFusion
{
    private const float LeastProbability = 0.02f; // keeps the mean defined where no view sees a cell

    private readonly float _across;
    private readonly bool _byProbability, _byLength;

    /// <summary>Chooses the weights.</summary>
    /// <param name="across">Weight of the two views across the optical axis, above 0; the view along it has weight 1.</param>
    /// <param name="byProbability">Flows are weighted by their view's probability of a cell at the voxel.</param>
    /// <param name="byLength">Flows are weighted by their length in the view besides: a long flow is a decided one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not positive.</exception>
    public WeightedFusion(double across = 1, bool byProbability = true, bool byLength = false)
    {
        if (!(across > 0 && double.IsFinite(across)))
            throw new ArgumentOutOfRangeException(nameof(across), $"across must be above 0; got {across}.");
        _across = (float)across;
        (_byProbability, _byLength) = (byProbability, byLength);
    }

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"weighted(across {_across:g3}{(_byProbability ? ", probability" : "")}{(_byLength ? ", length" : "")})");

    /// <summary>Weights by z resolution: the views across the optical axis count less the farther the planes are apart.</summary>
    /// <param name="anisotropy">Plane distance over pixel width, positive.</param>
    /// <param name="byProbability">Whether flows are weighted by probability besides.</param>
    public static WeightedFusion ByResolution(double anisotropy, bool byProbability = true) => new(1 / Math.Max(1, anisotropy), byProbability);

    /// <inheritdoc/>
    public void Fuse(ViewMaps views, Span<float> flowZ, Span<float> flowY, Span<float> flowX, Span<float> logit)
    {
        float all = 1 + 2 * _across;
        for (int i = 0; i < logit.Length; i++)
        {
            float yx = Weight(views.YxLogit[i], views.YxFlowY[i], views.YxFlowX[i]);
            float zx = Weight(views.ZxLogit[i], views.ZxFlowZ[i], views.ZxFlowX[i]) * _across;
            float zy = Weight(views.ZyLogit[i], views.ZyFlowZ[i], views.ZyFlowY[i]) * _across;
            flowZ[i] = Mean(views.ZxFlowZ[i], zx, views.ZyFlowZ[i], zy);
            flowY[i] = Mean(views.YxFlowY[i], yx, views.ZyFlowY[i], zy);
            flowX[i] = Mean(views.YxFlowX[i], yx, views.ZxFlowX[i], zx);
            logit[i] = 3 * (views.YxLogit[i] + _across * views.ZxLogit[i] + _across * views.ZyLogit[i]) / all;
        }
    }

    private static float Mean(float a, float weightA, float b, float weightB) => 2 * (a * weightA + b * weightB) / (weightA + weightB);

    private float Weight(float logit, float first, float second)
    {
        float weight = 1;
        if (_byProbability)
            weight = LeastProbability + (1 - LeastProbability) / (1 + MathF.Exp(-logit));
        if (_byLength)
            weight *= 0.1f + MathF.Sqrt(first * first + second * second);
        return weight;
    }
}
