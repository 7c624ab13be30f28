using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Segmenting;
using Cellpose3D.Volume;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Cli.Viewing;

/// <summary>What the network said of a volume, at one time point or several, or of a part of it.</summary>
internal sealed class VolumesOutput(CellposeModel model, VolumeOptions options, SegmentationRequest request, IReadOnlyList<(int Time, VolumeFlows Flows)> volumes) : INetworkOutput
{
    /// <inheritdoc/>
    public double Diameter => volumes.Average(v => v.Flows.Plan.Diameter);

    /// <inheritdoc/>
    public IReadOnlyList<FoundCells> MakeMasks(MaskThresholds thresholds, IProgress<SegmentationProgress> progress, CancellationToken cancellationToken) => PageSegmenter.InOneLine(() =>
    {
        var segmenter = new VolumeSegmenter(model, options with
        {
            Segmentation = options.Segmentation with { CellProbThreshold = thresholds.CellProb, MinSize = thresholds.MinSize }, FlowThreshold = thresholds.Flow,
        });
        var found = new List<FoundCells>();
        foreach ((int time, VolumeFlows flows) in volumes)
        {
            var part = new StepProgress(progress, _ => "masks", (float)found.Count / volumes.Count, (found.Count + 1f) / volumes.Count);
            using var workspace = new MemoryWorkspace();
            VolumeSegmentation result = segmenter.MakeMasks(flows, workspace, part, cancellationToken);
            int[] labels = new int[result.Labels.Shape.Count];
            result.Labels.Read(0, result.Labels.Shape.All, labels);
            found.Add(new FoundCells(time, request.Box ?? result.Labels.Shape.All, labels, result.Cells.Count));
        }
        return found;
    });

    /// <inheritdoc/>
    public (NdArray<float> Flows, NdArray<float> CellProb)? PlaneAt(int time, int z)
    {
        foreach ((int known, VolumeFlows volume) in volumes)
        {
            VolumeShape shape = volume.Flows.Shape;
            int plane = z - (request.Box?.Z ?? 0);
            if (known != time || plane < 0 || plane >= shape.Z)
                continue;
            var box = new VolumeBox(plane, 0, 0, 1, shape.Y, shape.X);
            var flows = new NdArray<float>(2, shape.Y, shape.X);
            var cellProb = new NdArray<float>(shape.Y, shape.X);
            volume.Flows.Read(1, box, flows.Plane(0));                   // those along z are not in the plane
            volume.Flows.Read(2, box, flows.Plane(1));
            volume.Flows.Read(3, box, cellProb.Span);
            return (flows, cellProb);
        }
        return null;
    }
}
