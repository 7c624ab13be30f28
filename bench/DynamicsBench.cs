using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Bench;

/// <summary>Following, masks and flows against the times of the reference (v3.1.1.3, CPU, 2 quiet cores of this kind).</summary>
internal static class DynamicsBench
{
    public static void Run()
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}");
        Console.WriteLine("| stage | reference s | best s | median s | processor s | times faster | per core |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        Image();
        Volume();
    }

    /// <summary>One image of 10,000 x 10,000 pixels and some 30,000 cells: time and peak memory of mask making.</summary>
    public static void Large()
    {
        (NdArray<float> flows, NdArray<float> cellProb) = SyntheticCells.Network(SyntheticCells.Image(10_000, 173, 22, seed: 5), 0.5, seed: 6);
        int foreground = cellProb.Data.Count(v => v > 0);
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        Console.WriteLine($"10,000 x 10,000, {foreground / 1_000_000} M px of cells; inputs 1.2 GB; resident before {process.WorkingSet64 / 1e9:f2} GB");
        long peak = 0;
        using var sampler = new Timer(_ => peak = Math.Max(peak, Environment.WorkingSet), null, 0, 20);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        MaskResult result = MaskMaker.Make(flows, cellProb, new DynamicsOptions());
        TimeSpan wall = System.Diagnostics.Stopwatch.GetElapsedTime(start);
        Console.WriteLine($"mask making {wall.TotalSeconds:f1} s ({(Environment.CpuUsage.TotalTime - processor).TotalSeconds:f1} s of processors), resident at most {peak / 1e9:f2} GB, {result.Filtered}");
    }

    private static void Image()
    {
        NdArray<int> labels = SyntheticCells.Image(1024, 20, 19, seed: 1);
        (NdArray<float> flows, NdArray<float> cellProb) = SyntheticCells.Network(labels, 0.5, seed: 2);
        int foreground = cellProb.Data.Count(v => v > 0);
        string size = $"1024 x 1024, {CellBoxes.Find(labels).Length} cells, {foreground / 1000} k px";
        Stage.Time($"masks to flows, {size}", 1.43, 9, () => MasksToFlows.Compute(labels));
        Stage.Time("follow 200 steps, linear", 1.12, 9, () => EndPoints(flows, cellProb, FlowSampler.Linear));
        NdArray<int> ends = EndPoints(flows, cellProb, FlowSampler.Linear);
        Stage.Time("masks from end points", 0.073, 9, () => EndpointLabels.Paint(ends.Clone()));
        Stage.Time("flow error", 1.56, 9, () => FlowError.PerCell(labels, flows));
        MaskResult result = Stage.Time("all of mask making", 3.1, 9, () => MaskMaker.Make(flows, cellProb, new DynamicsOptions()));
        Console.WriteLine($"(masks: {result.Filtered})");
        Stage.Time("follow 200 steps, nearest", 1.12, 5, () => EndPoints(flows, cellProb, FlowSampler.Nearest));
        Stage.Time("follow 200 steps, grid_sample", 1.12, 5, () => EndPoints(flows, cellProb, FlowSampler.GridSample));
    }

    private static void Volume()
    {
        NdArray<int> labels = SyntheticCells.Volume(64, 256, 3, 8, 8.5, 12.7, seed: 3);
        (NdArray<float> flows, NdArray<float> cellProb) = SyntheticCells.Network(labels, 0.5, seed: 4);
        int foreground = cellProb.Data.Count(v => v > 0);
        string size = $"64 x 256 x 256, {CellBoxes.Find(labels).Length} cells, {foreground / 1000} k voxels";
        Stage.Time($"3D masks to flows, {size}", 12.7, 3, () => MasksToFlows.Compute(labels));
        Stage.Time("3D follow 200 steps, linear", 21.7, 3, () => EndPoints(flows, cellProb, FlowSampler.Linear));
        Stage.Time("3D follow 200 half steps, linear (ours)", 21.7, 3, () => EndPoints(flows, cellProb, FlowSampler.Linear, 0.5));
        Stage.Time("3D follow 200 steps, grid_sample", 21.7, 3, () => EndPoints(flows, cellProb, FlowSampler.GridSample));
        NdArray<int> ends = EndPoints(flows, cellProb, FlowSampler.Linear);
        Stage.Time("3D masks from end points", 0.49, 5, () => EndpointLabels.Paint(ends.Clone()));
        MaskResult result = Stage.Time("3D all of mask making, no check", 22.5, 3, () => MaskMaker.Make(flows, cellProb, new DynamicsOptions { FlowThreshold = 0 }));
        Console.WriteLine($"(masks: {result.Filtered})");
    }

    private static NdArray<int> EndPoints(NdArray<float> flows, NdArray<float> cellProb, FlowSampler sampler, double step = 1) =>
        FlowFollower.EndPoints(FlowField.Build(flows, cellProb, 0, sampler, step), cellProb, 0, 200);
}
