using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Flows;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests;

/// <summary>Seeded volumes for tests.</summary>
internal static class TestVolumes
{
    /// <summary>Packed cells: each voxel belongs to the nearest of some random centres, if that is near enough.</summary>
    public static NdArray<int> Packed(int seed, int depth, int height, int width, int count, double radius)
    {
        var random = new Random(seed);
        (double Z, double Y, double X)[] centres = [.. Enumerable.Range(0, count)
            .Select(_ => (random.NextDouble() * depth, random.NextDouble() * height, random.NextDouble() * width))];
        var labels = new NdArray<int>(depth, height, width);
        for (int i = 0; i < labels.Length; i++)
        {
            (int z, int y, int x) = (i / width / height, i / width % height, i % width);
            double best = radius * radius;
            for (int n = 0; n < centres.Length; n++)
            {
                (double dz, double dy, double dx) = (z - centres[n].Z, y - centres[n].Y, x - centres[n].X);
                double distance = dz * dz + dy * dy + dx * dx;
                if (distance < best)
                    (best, labels.Data[i]) = (distance, n + 1);
            }
        }
        return labels;
    }

    /// <summary>What perfect networks would say about labels: 5 times their flows, and a logit of +-5.</summary>
    public static (NdArray<float> Flows, NdArray<float> Logits) Perfect(NdArray<int> labels)
    {
        NdArray<float> flows = MasksToFlows.Compute(labels);
        foreach (ref float v in flows.Span)
            v *= 5;
        return (flows, new NdArray<float>(Array.ConvertAll(labels.Data, label => label > 0 ? 5f : -5f), labels.Shape));
    }

    /// <summary>A perfect network's flows with noise, so that points stray and masks have holes and crumbs.</summary>
    public static (NdArray<float> Flows, NdArray<float> Logits) Noisy(NdArray<int> labels, int seed, double noise)
    {
        (NdArray<float> flows, NdArray<float> logits) = Perfect(labels);
        var random = new Random(seed);
        foreach (ref float v in flows.Span)
            v += (float)(noise * (random.NextDouble() - 0.5));
        foreach (ref float v in logits.Span)
            v += (float)(6 * noise * (random.NextDouble() - 0.5));
        return (flows, logits);
    }

    /// <summary>Flows and logits as a store of four components.</summary>
    public static MemoryVolumeStore<float> Store(NdArray<float> flows, NdArray<float> logits)
    {
        var shape = new VolumeShape(logits.Shape[0], logits.Shape[1], logits.Shape[2]);
        var store = new MemoryVolumeStore<float>(shape, 4);
        for (int k = 0; k < 3; k++)
            store.Write(k, shape.All, flows.Plane(k));
        store.Write(3, shape.All, logits.Span);
        return store;
    }

    /// <summary>A volume of labels as a store.</summary>
    public static MemoryVolumeStore<int> Store(NdArray<int> labels)
    {
        var store = new MemoryVolumeStore<int>(new VolumeShape(labels.Shape[0], labels.Shape[1], labels.Shape[2]));
        store.Write(0, store.Shape.All, labels.Span);
        return store;
    }

    /// <summary>Uniform noise.</summary>
    public static NdArray<float> Random(int seed, float from, float to, params int[] shape)
    {
        var random = new Random(seed);
        var array = new NdArray<float>(shape);
        foreach (ref float v in array.Span)
            v = from + (to - from) * random.NextSingle();
        return array;
    }

    /// <summary>All voxels of one component.</summary>
    public static T[] All<T>(this IVolumeStore<T> store, int component = 0)
        where T : unmanaged
    {
        var values = new T[store.Shape.Count];
        store.Read(component, store.Shape.All, values);
        return values;
    }
}
