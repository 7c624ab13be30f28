namespace Cellpose3D.Volume.Fusion;

/// <summary>Makes one flow field and one probability of what three views say.</summary>
/// <remarks>
/// Every voxel by itself, so that no block can matter. Results have the size of sums, of two views for a flow and of three for
/// the logit, whatever the weights: thresholds and step lengths then mean the same for every fusion.
/// </remarks>
public interface IFlowFusion
{
    /// <summary>What the fusion is, with its weights, for reports.</summary>
    public string Name { get; }

    /// <summary>Fuses voxels.</summary>
    /// <param name="views">What the views say; borrowed.</param>
    /// <param name="flowZ">float32 [voxels], overwritten: 5 times the flow along Z, summed over two views.</param>
    /// <param name="flowY">float32 [voxels], overwritten, along Y.</param>
    /// <param name="flowX">float32 [voxels], overwritten, along X.</param>
    /// <param name="logit">float32 [voxels], overwritten: probability logit, summed over three views.</param>
    public void Fuse(ViewMaps views, Span<float> flowZ, Span<float> flowY, Span<float> flowX, Span<float> logit);
}
