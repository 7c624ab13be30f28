using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Fusion;

/// <summary>Block by block: the views' maps become one flow field with a probability, at the size the dynamics run at.</summary>
internal sealed class FusionPass
{
    /// <summary>Components of the result: flow along Z, Y and X, probability logit.</summary>
    public const int Components = 4;

    /// <summary>Name of the volume of the result.</summary>
    public const string StoreName = "flows";

    /// <summary>Name of the step.</summary>
    public const string StepName = "fuse";

    private const int Views = 9;

    private readonly IFlowFusion _fusion;
    private readonly BoxResizer _resizer;
    private readonly FlowSmoother? _smoother;
    private readonly int _threads;

    /// <summary>Prepares the pass.</summary>
    /// <param name="fusion">How views are weighed.</param>
    /// <param name="network">Lengths of the views' maps.</param>
    /// <param name="result">Lengths of the result.</param>
    /// <param name="smooth">Standard deviation in voxels of the smoothing of flows; 0 for none.</param>
    /// <param name="threads">Number of threads; 0 takes all processors.</param>
    public FusionPass(IFlowFusion fusion, VolumeShape network, VolumeShape result, double smooth, int threads)
    {
        (_fusion, _threads) = (fusion, threads);
        _resizer = new BoxResizer(network, result);
        _smoother = smooth > 0 ? new FlowSmoother(smooth, result) : null;
    }

    /// <summary>Computes a block.</summary>
    /// <param name="views">The maps of YX, ZX and ZY; borrowed.</param>
    /// <param name="flows">Receives the result.</param>
    /// <param name="box">The block, along borders of the result's chunks.</param>
    public StepResult RunBlock(IReadOnlyList<IVolumeStore<float>> views, IVolumeStore<float> flows, VolumeBox box)
    {
        VolumeBox wide = _smoother?.SourceOf(box) ?? box, from = _resizer.SourceOf(wide);
        float[][] fused = Fuse(views, from);
        for (int k = 0; k < Components; k++)
        {
            VolumeBox target = k < 3 ? wide : box;                       // the logit is not smoothed
            float[] resized = GC.AllocateUninitializedArray<float>(checked((int)target.Count));
            _resizer.Resize(Part(fused[k], from, _resizer.SourceOf(target)), target, resized, _threads);
            fused[k] = resized;
            if (_smoother is not null && k < 3)
            {
                float[] smooth = GC.AllocateUninitializedArray<float>(checked((int)box.Count));
                _smoother.Smooth(resized, box, smooth, _threads);
                fused[k] = smooth;
            }
        }
        return new StepResult([], () =>
        {
            for (int k = 0; k < Components; k++)
                flows.Write(k, box, fused[k]);
            flows.Flush();
        });
    }

    private float[][] Fuse(IReadOnlyList<IVolumeStore<float>> views, VolumeBox from)
    {
        int count = checked((int)from.Count);
        var maps = new float[Views][];
        for (int n = 0; n < Views; n++)
        {
            maps[n] = GC.AllocateUninitializedArray<float>(count);
            views[n / 3].Read(n % 3, from, maps[n]);
        }
        float[][] fused = [.. Enumerable.Range(0, Components).Select(_ => GC.AllocateUninitializedArray<float>(count))];
        ParallelWork.Ranges(count, 1 << 15, _threads, (first, end) =>
        {
            Range part = first..end;
            var voxels = new ViewMaps
            {
                YxFlowY = maps[0].AsSpan(part), YxFlowX = maps[1].AsSpan(part), YxLogit = maps[2].AsSpan(part),
                ZxFlowZ = maps[3].AsSpan(part), ZxFlowX = maps[4].AsSpan(part), ZxLogit = maps[5].AsSpan(part),
                ZyFlowZ = maps[6].AsSpan(part), ZyFlowY = maps[7].AsSpan(part), ZyLogit = maps[8].AsSpan(part),
            };
            _fusion.Fuse(voxels, fused[0].AsSpan(part), fused[1].AsSpan(part), fused[2].AsSpan(part), fused[3].AsSpan(part));
        });
        return fused;
    }

    /// <summary>A box out of a larger one.</summary>
    private static float[] Part(float[] values, VolumeBox from, VolumeBox part)
    {
        if (part == from)
            return values;
        float[] result = GC.AllocateUninitializedArray<float>((int)part.Count);
        Span<float> target = result;
        for (int z = part.Z; z < part.EndZ; z++)
        {
            for (int y = part.Y; y < part.EndY; y++, target = target[part.Width..])
                values.AsSpan(((z - from.Z) * from.Height + y - from.Y) * from.Width + part.X - from.X, part.Width).CopyTo(target);
        }
        return result;
    }
}
