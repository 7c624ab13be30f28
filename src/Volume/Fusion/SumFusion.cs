namespace Cellpose3D.Volume.Fusion;

/// <summary>The reference's fusion: plain sums, in the order of the views.</summary>
/// <remarks><c>run_3D</c>: each flow is the sum of the two views that see its axis, the logit the sum of all three; nothing is divided.</remarks>
public sealed class SumFusion : IFlowFusion
{
    /// <inheritdoc/>
    public string Name => "sum";

    /// <inheritdoc/>
    public void Fuse(ViewMaps views, Span<float> flowZ, Span<float> flowY, Span<float> flowX, Span<float> logit)
    {
        for (int i = 0; i < logit.Length; i++)
        {
            flowZ[i] = views.ZxFlowZ[i] + views.ZyFlowZ[i];
            flowY[i] = views.YxFlowY[i] + views.ZyFlowY[i];
            flowX[i] = views.YxFlowX[i] + views.ZxFlowX[i];
            logit[i] = views.YxLogit[i] + views.ZxLogit[i] + views.ZyLogit[i];
        }
    }
}
