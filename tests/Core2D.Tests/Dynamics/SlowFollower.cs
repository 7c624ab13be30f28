using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Tests.Dynamics;

/// <summary>The obvious follower: one point, one step, one corner at a time, never stopping early.</summary>
internal static class SlowFollower
{
    public static NdArray<float> Follow(NdArray<float> flows, NdArray<float> cellProb, float threshold, int niter, FlowSampler sampler)
    {
        int[] size = cellProb.Shape;
        int rank = size.Length;
        int[] starts = [.. Enumerable.Range(0, cellProb.Length).Where(i => cellProb.Data[i] > threshold)];
        var ends = new NdArray<float>(rank, starts.Length);
        for (int n = 0; n < starts.Length; n++)
        {
            float[] p = [.. Coordinates(starts[n], size)];
            for (int t = 0; t < niter; t++)
            {
                float[] step = [.. Enumerable.Range(0, rank).Select(k => Sample(k, p))];
                for (int k = 0; k < rank; k++)
                    p[k] = Math.Min(Math.Max(p[k] + step[k], 0), size[k] - 1);
            }
            for (int k = 0; k < rank; k++)
                ends.Plane(k)[n] = p[k];
        }
        return ends;

        float Sample(int component, float[] p) => Corner(component, rank - 1, p, new int[rank]);

        float Corner(int component, int axis, float[] p, int[] voxel)
        {
            if (axis < 0)
                return Value(component, voxel);
            int floor = (int)p[axis];
            voxel[axis] = floor;
            float low = Corner(component, axis - 1, p, voxel);
            if (sampler == FlowSampler.Nearest)
                return low;
            voxel[axis] = Math.Min(floor + 1, size[axis] - 1);
            float high = Corner(component, axis - 1, p, voxel);
            return low + (high - low) * (p[axis] - floor);
        }

        float Value(int component, int[] voxel)
        {
            int at = 0;
            for (int k = 0; k < rank; k++)
                at = at * size[k] + voxel[k];
            float v = flows.Plane(component)[at] / 5;
            return cellProb.Data[at] > threshold && float.IsFinite(v) ? v : 0;
        }
    }

    private static IEnumerable<float> Coordinates(int at, int[] size)
    {
        var reversed = new List<float>();
        foreach (int length in size.Reverse())
        {
            reversed.Add(at % length);
            at /= length;
        }
        return Enumerable.Reverse(reversed);
    }
}
