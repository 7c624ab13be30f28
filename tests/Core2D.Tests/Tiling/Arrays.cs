namespace Cellpose3D.Core2D.Tests.Tiling;

/// <summary>Seeded inputs.</summary>
internal static class Arrays
{
    /// <summary>Values in [-1, 1).</summary>
    public static NdArray<float> Random(int seed, params int[] shape)
    {
        var random = new Random(seed);
        var array = new NdArray<float>(shape);
        for (int i = 0; i < array.Length; i++)
            array.Data[i] = 2 * random.NextSingle() - 1;
        return array;
    }
}
