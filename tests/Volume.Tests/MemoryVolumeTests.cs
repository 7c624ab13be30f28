using Cellpose3D.Core2D;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests;

/// <summary>Sources and stores in memory.</summary>
public sealed class MemoryVolumeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Read_BoxOfSecondChannel_IsThatPartOfTheArray()
    {
        NdArray<float> array = Ramp(2, 3, 4, 5);
        using var source = new MemoryVolumeSource(array, new VoxelSize(2, 1, 1));
        float[] voxels = new float[2 * 2 * 3];

        source.Read(1, new VolumeBox(1, 2, 1, 2, 2, 3), voxels, Token);

        int at = 0;
        for (int z = 1; z < 3; z++)
        {
            for (int y = 2; y < 4; y++)
            {
                for (int x = 1; x < 4; x++)
                    Assert.Equal(array.Data[((3 + z) * 4 + y) * 5 + x], voxels[at++]);
            }
        }
        Assert.Equal(2, source.SpacingUm.Anisotropy);
    }

    [Fact]
    public void Write_BoxesInAnyOrder_AreReadAsOneVolume()
    {
        var shape = new VolumeShape(3, 5, 7);
        NdArray<float> array = Ramp(2, 3, 5, 7);
        using var store = new MemoryVolumeStore<float>(shape, 2);
        float[] buffer = new float[4 * 4 * 4];

        for (int z = 2; z >= 0; z -= 2)
        {
            for (int y = 4; y >= 0; y -= 2)
            {
                for (int x = 4; x >= 0; x -= 4)
                {
                    VolumeBox box = new VolumeBox(z, y, x, 2, 2, 4).Intersect(shape.All);
                    using var source = new MemoryVolumeSource(array);
                    for (int c = 0; c < 2; c++)
                    {
                        source.Read(c, box, buffer.AsSpan(0, (int)box.Count), Token);
                        store.Write(c, box, buffer.AsSpan(0, (int)box.Count));
                    }
                }
            }
        }

        Assert.Equal(array.Data[..105], store.ToArray(0).Data);
        Assert.Equal(array.Data[105..], store.ToArray(1).Data);
    }

    [Fact]
    public void Read_NeverWritten_IsZero()
    {
        using var store = new MemoryVolumeStore<int>(new VolumeShape(1, 1, 1));
        int[] value = [7];

        store.Read(0, store.Shape.All, value);

        Assert.Equal(0, value[0]);
    }

    [Fact]
    public void Read_OutsideTheVolume_NamesBoth()
    {
        using var store = new MemoryVolumeStore<int>(new VolumeShape(2, 3, 4));

        var error = Assert.Throws<ArgumentException>(() => store.Read(0, new VolumeBox(1, 0, 0, 2, 3, 4), new int[24]));

        Assert.Contains("2 x 3 x 4", error.Message, StringComparison.Ordinal);
        Assert.Contains("[1:3, 0:3, 0:4]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SpanOfAnotherLength_Throws()
    {
        using var source = new MemoryVolumeSource(Ramp(2, 3, 4));

        Assert.Throws<ArgumentException>(() => source.Read(0, source.Shape.All, new float[23], Token));
    }

    [Fact]
    public void Read_ComponentThatIsNot_Throws()
    {
        using var store = new MemoryVolumeStore<float>(new VolumeShape(2, 3, 4), 4);

        Assert.Throws<ArgumentOutOfRangeException>(() => store.Read(4, store.Shape.All, new float[24]));
    }

    private static NdArray<float> Ramp(params int[] shape)
    {
        var array = new NdArray<float>(shape);
        for (int i = 0; i < array.Length; i++)
            array.Data[i] = i + 1;
        return array;
    }
}
