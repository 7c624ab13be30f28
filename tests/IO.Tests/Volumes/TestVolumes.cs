using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Tests.Volumes;

/// <summary>Volumes by formula, and what a reader says of them.</summary>
internal static class TestVolumes
{
    /// <summary>Voxel i (raster order, from 0) of component c is (7 i + 31 c) mod <paramref name="modulus"/>.</summary>
    public static int Value(long i, int component, int modulus) => (int)(((7 * i) + (31 * component)) % modulus);

    public static int[] Labels(VolumeShape shape, int component, int modulus) => [.. Enumerable.Range(0, (int)shape.Count).Select(i => Value(i, component, modulus))];

    /// <summary>Everything a volume holds, [T, C, Z, Y, X].</summary>
    public static float[] All(VolumeReader volume)
    {
        float[] all = new float[volume.Description.Times * volume.Channels * volume.Shape.Count];
        int size = (int)volume.Shape.Count;
        for (int t = 0; t < volume.Description.Times; t++)
        {
            for (int c = 0; c < volume.Channels; c++)
                volume.Read(t, c, volume.Shape.All, all.AsSpan(((t * volume.Channels) + c) * size, size));
        }
        return all;
    }

    public static int[] AllLabels(VolumeReader volume, int time = 0, int channel = 0)
    {
        int[] all = new int[volume.Shape.Count];
        volume.ReadLabels(time, channel, volume.Shape.All, all);
        return all;
    }

    /// <summary>Asserts that random boxes are those of the whole.</summary>
    public static void BoxesAreOfTheWhole(VolumeReader volume, int seed)
    {
        var random = new Random(seed);
        float[] all = All(volume);
        int size = (int)volume.Shape.Count;
        for (int n = 0; n < 15; n++)
        {
            int t = random.Next(volume.Description.Times), c = random.Next(volume.Channels);
            VolumeBox box = ChunkFolderStoreTests.RandomBox(random, volume.Shape);
            float[] part = new float[box.Count], expected = new float[box.Count];
            volume.Read(t, c, box, part);
            Boxes.Copy<float>(all.AsSpan(((t * volume.Channels) + c) * size, size), volume.Shape.All, expected, box);
            Assert.Equal(expected, part);
        }
    }
}
