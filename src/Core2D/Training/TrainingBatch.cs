namespace Cellpose3D.Core2D.Training;

/// <summary>The crops of one step.</summary>
/// <param name="Images">float32 [N, 2, Y, X], normalised.</param>
/// <param name="Targets">float32 [N, 3, Y, X]: 1 inside cells else 0, flow y, flow x.</param>
internal sealed record TrainingBatch(NdArray<float> Images, NdArray<float> Targets)
{
    /// <summary>Number of crops.</summary>
    internal int Count => Images.Shape[0];
}
