using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Segmenting;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Cli.Viewing;

/// <summary>What the network said of one plane, at one time point or several, or of a part of it.</summary>
internal sealed class PlanesOutput(CellposeModel model, SegmentationOptions options, SegmentationRequest request, IReadOnlyList<(int Time, NetworkMaps Maps)> planes) : INetworkOutput
{
    /// <inheritdoc/>
    public double Diameter => planes.Average(p => p.Maps.Diameter);

    /// <inheritdoc/>
    public IReadOnlyList<FoundCells> MakeMasks(MaskThresholds thresholds, IProgress<SegmentationProgress> progress, CancellationToken cancellationToken) => PageSegmenter.InOneLine(() =>
    {
        var segmenter = new Segmenter2D(model, options with
        {
            CellProbThreshold = thresholds.CellProb, FlowThreshold = thresholds.Flow ?? new SegmentationOptions().FlowThreshold, MinSize = thresholds.MinSize,
        });
        var found = new List<FoundCells>();
        foreach ((int time, NetworkMaps maps) in planes)
        {
            var part = new StepProgress(progress, _ => "masks", (float)found.Count / planes.Count, (found.Count + 1f) / planes.Count);
            Segmentation2D result = segmenter.MakeMasks(maps, part, cancellationToken);
            found.Add(new FoundCells(time, new VolumeBox(request.Plane, request.Box?.Y ?? 0, request.Box?.X ?? 0, 1, maps.Height, maps.Width), result.Labels.Data, result.Cells.Count));
        }
        return found;
    });

    /// <inheritdoc/>
    public (NdArray<float> Flows, NdArray<float> CellProb)? PlaneAt(int time, int z)
    {
        foreach ((int known, NetworkMaps maps) in planes)
        {
            if (known == time && z == request.Plane)
                return (maps.Flows, maps.CellProb);
        }
        return null;
    }
}
