using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Core2D.Tests.Dynamics;

/// <summary>Seeded inputs for the tests of the dynamics.</summary>
internal static class DynamicsData
{
    /// <summary>Smooth random flows of a few voxels a step with a random foreground.</summary>
    public static (NdArray<float> Flows, NdArray<float> CellProb) Random(int seed, params int[] shape)
    {
        var random = new Random(seed);
        var flows = new NdArray<float>([shape.Length, .. shape]);
        var cellProb = new NdArray<float>(shape);
        foreach (ref float v in flows.Span)
            v = (float)(10 * (random.NextDouble() - 0.5));
        foreach (ref float v in cellProb.Span)
            v = (float)(random.NextDouble() - 0.2);
        return (flows, cellProb);
    }

    /// <summary>Discs of a radius on a grid, labelled 1, 2, ... in raster order of their centres.</summary>
    public static NdArray<int> Discs(int perSide, int pitch, double radius)
    {
        int side = perSide * pitch;
        var labels = new NdArray<int>(side, side);
        for (int i = 0; i < labels.Length; i++)
        {
            (int y, int x) = (i / side, i % side);
            double dy = y % pitch - (pitch - 1) / 2.0, dx = x % pitch - (pitch - 1) / 2.0;
            if (dy * dy + dx * dx <= radius * radius)
                labels.Data[i] = y / pitch * perSide + x / pitch + 1;
        }
        return labels;
    }

    /// <summary>What a perfect network says about labels: their flows times 5 and a logit of +-5.</summary>
    public static (NdArray<float> Flows, NdArray<float> CellProb) Perfect(NdArray<int> labels)
    {
        NdArray<float> flows = MasksToFlows.Compute(labels);
        foreach (ref float v in flows.Span)
            v *= 5;
        return (flows, new NdArray<float>(Array.ConvertAll(labels.Data, label => label > 0 ? 5f : -5f), labels.Shape));
    }
}
