using Cellpose3D.Core2D;
using Cellpose3D.Viewer.Editing;

namespace Cellpose3D.Viewer.Segmenting;

/// <summary>What the network said of the image, kept in memory. Every failure is a <see cref="SegmentationException"/>.</summary>
public interface INetworkOutput
{
    /// <summary>The diameter it ran at, in pixels; of several time points the mean.</summary>
    public double Diameter { get; }

    /// <summary>Makes masks.</summary>
    /// <param name="thresholds">Which.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <returns>The cells of each time point that the network saw.</returns>
    public IReadOnlyList<FoundCells> MakeMasks(MaskThresholds thresholds, IProgress<SegmentationProgress> progress, CancellationToken cancellationToken);

    /// <summary>One plane of what the network said; may be called by several threads.</summary>
    /// <param name="time">Time point.</param>
    /// <param name="z">Plane.</param>
    /// <returns>Flows: float32 [2, Y, X], along y and x. CellProb: float32 [Y, X], logit. Of the request's box, where it has one. Borrowed. Null where the network saw nothing.</returns>
    public (NdArray<float> Flows, NdArray<float> CellProb)? PlaneAt(int time, int z);
}
