using System.Diagnostics;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Stitching;

/// <summary>Segments every plane along Z by itself and joins the masks from plane to plane.</summary>
internal sealed class StitchedPlanes
{
    private const string PlanesName = "planes", StitchedName = "stitched", LogitsName = "logits";

    private readonly Segmenter2D _segmenter;
    private readonly VolumeOptions _options;
    private readonly VolumePlan _plan;

    /// <summary>Prepares to segment.</summary>
    /// <param name="model">Borrowed.</param>
    /// <param name="options">Checked before.</param>
    /// <param name="plan">The plan of the volume.</param>
    public StitchedPlanes(CellposeModel model, VolumeOptions options, VolumePlan plan)
    {
        (_options, _plan) = (options, plan);
        // intensities are normalised over the volume, small masks are removed when they are whole
        var normalize = new NormalizeOptions { Normalize = false, Threads = options.Segmentation.Threads };
        _segmenter = new Segmenter2D(model, options.Segmentation with { Normalize = normalize, MinSize = 0, KeepMaps = true });
    }

    /// <summary>Segments a volume.</summary>
    /// <param name="source">Borrowed.</param>
    /// <param name="workspace">Keeps what is finished.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    public VolumeSegmentation Segment(IVolumeSource source, IVolumeWorkspace workspace, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        SegmentationOptions s = _options.Segmentation;
        float normalizing = _plan.Passes[0].Share, planes = normalizing + _plan.Passes[1].Share;
        var normalize = s.Normalize with { ReferenceOddities = s.Compatible, Threads = s.Threads };
        (IVolumeSource normalized, long nonFinite) = VolumeNormalizer.Normalize(
            source, normalize, _plan.PassBytes, PartialProgress.Of(progress, 0, normalizing), cancellationToken);
        double normalizeSeconds = watch.Elapsed.TotalSeconds;

        VolumeShape plane = source.Shape with { Z = 1 };
        IVolumeStore<int> own = workspace.Open<int>(PlanesName, source.Shape, 1, plane);
        IVolumeStore<float> logits = workspace.Open<float>(LogitsName, source.Shape, 1, plane);
        SegmentPlanes(normalized, own, logits, workspace, PartialProgress.Of(progress, normalizing, planes), cancellationToken);
        double planeSeconds = watch.Elapsed.TotalSeconds - normalizeSeconds;

        IVolumeStore<int> stitched = workspace.Open<int>(StitchedName, source.Shape, 1, plane);
        CellExtent[] cells = Stitch(own, stitched, cancellationToken);
        VolumeMasks masks = Complete(cells, stitched, logits, workspace, PartialProgress.Of(progress, planes, 1), cancellationToken);
        return new VolumeSegmentation(
            workspace.Open<int>(BlockDynamics.LabelsName, source.Shape, 1, plane), null, masks.Filtered, masks.Cells, _plan,
            new StageTimings(normalizeSeconds, planeSeconds, watch.Elapsed.TotalSeconds - normalizeSeconds - planeSeconds), nonFinite);
    }

    private void SegmentPlanes(
        IVolumeSource source, IVolumeStore<int> labels, IVolumeStore<float> logits, IVolumeWorkspace workspace,
        PartialProgress? progress, CancellationToken cancellationToken)
    {
        (int height, int width) = (source.Shape.Y, source.Shape.X);
        for (int z = 0; z < source.Shape.Z; z++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string record = FormattableString.Invariant($"planes/{z}");
            if (workspace.Load(record) is null)
            {
                var box = new VolumeBox(z, 0, 0, 1, height, width);
                var image = new NdArray<float>(source.Channels, height, width);
                for (int c = 0; c < source.Channels; c++)
                    source.Read(c, box, image.Plane(c), cancellationToken);
                Segmentation2D plane = _segmenter.Segment(image, null, cancellationToken);
                labels.Write(0, box, plane.Labels.Span);
                NdArray<float> prob = plane.CellProb!;                   // at the network's scale without resampling
                logits.Write(0, box, (prob.Length == image.Length / source.Channels ? prob : Resizer.Bilinear(prob, height, width)).Span);
                labels.Flush();
                logits.Flush();
                workspace.Save(record, []);
            }
            progress?.Report((z + 1f) / source.Shape.Z);
        }
    }

    private CellExtent[] Stitch(IVolumeStore<int> own, IVolumeStore<int> stitched, CancellationToken cancellationToken)
    {
        var stitcher = new PlaneStitcher(_options.StitchThreshold, _options.Segmentation.Compatible);
        var parts = new List<byte[]>();
        for (int z = 0; z < own.Shape.Z; z++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var box = new VolumeBox(z, 0, 0, 1, own.Shape.Y, own.Shape.X);
            var plane = new NdArray<int>(own.Shape.Y, own.Shape.X);
            own.Read(0, box, plane.Span);
            NdArray<int> joined = stitcher.Add(plane);
            stitched.Write(0, box, joined.Span);
            parts.Add(CellExtent.ToBytes(CellExtent.Find(joined.Span, box, own.Shape)));
        }
        stitched.Flush();
        return CellExtent.Merge(parts);
    }

    private VolumeMasks Complete(
        CellExtent[] cells, IVolumeStore<int> stitched, IVolumeStore<float> logits, IVolumeWorkspace workspace,
        PartialProgress? progress, CancellationToken cancellationToken)
    {
        SegmentationOptions s = _options.Segmentation;
        if (!s.Compatible)
        {
            var blocks = new BlockGrid(stitched.Shape, _plan.Block);
            IVolumeStore<int> result = workspace.Open<int>(BlockDynamics.LabelsName, stitched.Shape, 1, stitched.Shape with { Z = 1 });
            return CellCompletion.Run(workspace, cells, stitched, logits, result, blocks, s.MinSize, _plan.PassBytes, s.Threads, progress, cancellationToken);
        }
        long bytes = stitched.Shape.Count * 3 * sizeof(int);
        if (bytes > _options.MaxMemoryBytes)
            throw new NotSupportedException(
                $"--compat cellpose3 cleans the whole volume at once, which takes {bytes >> 20} MB here; the cap is {_options.MaxMemoryBytes >> 20} MB. "
                + "Raise --max-memory or leave --compat out.");
        var labels = new NdArray<int>(stitched.Shape.Z, stitched.Shape.Y, stitched.Shape.X);
        stitched.Read(0, stitched.Shape.All, labels.Span);
        CleanupResult cleaned = MaskCleanup.FillHolesAndRemoveSmall(labels, s.MinSize, referenceRemoval: true, s.Threads, cancellationToken);
        return new VolumeMasks(
            new FilterCounts(cells.Length, 0, 0, 0, cleaned.TooSmall, cleaned.Enclosed),
            DenseDynamics.Keep(labels, logits, [], workspace, cancellationToken));
    }
}
