using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Makes masks as the reference does, which is defined on a whole volume in memory only.</summary>
/// <remarks>Its sampler depends on the size of the whole array, and its removal of small masks on gaps in the whole volume's labels.</remarks>
internal static class DenseDynamics
{
    private const string Record = "dynamics/0";
    private const int BytesPerVoxel = 40;         // flows, logits, field, end points, histogram

    /// <summary>Makes masks.</summary>
    /// <param name="flows">Flow along Z, Y and X, and probability logit; borrowed.</param>
    /// <param name="options">How.</param>
    /// <param name="maxMemoryBytes">Bytes that may be used.</param>
    /// <param name="workspace">Receives the labels under <see cref="BlockDynamics.LabelsName"/>.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <exception cref="NotSupportedException">The volume does not fit.</exception>
    /// <returns>1 where it had not been done before, else 0.</returns>
    public static int Run(
        IVolumeStore<float> flows, DynamicsOptions options, long maxMemoryBytes, IVolumeWorkspace workspace,
        IProgress<float>? progress, CancellationToken cancellationToken)
    {
        if (workspace.Has(Record))
            return 0;
        VolumeShape shape = flows.Shape;
        long bytes = shape.Count * BytesPerVoxel;
        if (bytes > maxMemoryBytes || shape.Count * 3 > Array.MaxLength - 1000L)
            throw new NotSupportedException(
                $"--compat cellpose3 follows flows in the whole volume at once, which takes {bytes >> 20} MB here; the cap is {maxMemoryBytes >> 20} MB. "
                + "Raise --max-memory or leave --compat out.");
        var field = new NdArray<float>(3, shape.Z, shape.Y, shape.X);
        var logits = new NdArray<float>(shape.Z, shape.Y, shape.X);
        for (int k = 0; k < 3; k++)
            flows.Read(k, shape.All, field.Plane(k));
        flows.Read(3, shape.All, logits.Span);
        MaskResult masks = MaskMaker.Make(field, logits, options, PartialProgress.Of(progress, 0, 0.9f), cancellationToken);
        IReadOnlyList<CellQuality> cells = Keep(masks.Labels, flows, masks.FlowErrors, workspace, cancellationToken);
        new FinishedRun(new VolumeMasks(masks.Filtered, cells), 0).Save(workspace, Record);
        return 1;
    }

    /// <summary>What <see cref="Run"/> has found.</summary>
    public static VolumeMasks Load(IVolumeWorkspace workspace) => FinishedRun.Load(workspace, Record)!.Masks;

    /// <summary>Writes finished labels and measures their cells.</summary>
    /// <param name="labels">int32 [Z, Y, X], numbered; borrowed.</param>
    /// <param name="flows">Its last component is the probability logit, at any size; borrowed.</param>
    /// <param name="errors">Flow error by label from 1; empty where none was measured.</param>
    /// <param name="workspace">Receives the labels.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    public static IReadOnlyList<CellQuality> Keep(
        NdArray<int> labels, IVolumeStore<float> flows, IReadOnlyList<double> errors, IVolumeWorkspace workspace, CancellationToken cancellationToken)
    {
        var shape = new VolumeShape(labels.Shape[0], labels.Shape[1], labels.Shape[2]);
        var blocks = new BlockGrid(shape, shape with { Z = Math.Max(1, (1 << 24) / Math.Max(1, shape.Y * shape.X)) });
        IVolumeStore<int> result = workspace.Open<int>(BlockDynamics.LabelsName, shape, 1, blocks.Chunk);
        var numbering = new NumberingPass(flows, result);
        var records = new List<byte[]>();
        for (int n = 0; n < blocks.Count; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            VolumeBox box = blocks[n];                                   // whole planes
            StepResult part = numbering.RunBlock(box, labels.Span.Slice(checked((int)((long)box.Z * box.Height * box.Width)), (int)box.Count).ToArray());
            part.Write!();
            records.Add(part.Record);
        }
        return [.. numbering.Merge(records).Select(c => CellCompletion.Quality(c.Extent, c.Probability, errors.Count == 0 ? double.NaN : errors[c.Extent.Label - 1], shape))];
    }
}
