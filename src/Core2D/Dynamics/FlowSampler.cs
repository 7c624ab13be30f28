namespace Cellpose3D.Core2D.Dynamics;

/// <summary>How a flow is read between voxel centres.</summary>
public enum FlowSampler
{
    /// <summary>Bilinear or trilinear at the point itself; the default. In 2D this is the reference's CPU path.</summary>
    Linear,

    /// <summary>The flow of the voxel that the truncated position names (<c>interp=False</c> of the reference).</summary>
    Nearest,

    /// <summary>
    /// The reference's <c>grid_sample</c>: reads at p * L / (L - 1) - 0.5 with zeros outside, on every device in 3D and
    /// on CUDA in 2D. A shift of up to half a voxel that depends on the array's size; only for comparison.
    /// </summary>
    GridSample,
}
