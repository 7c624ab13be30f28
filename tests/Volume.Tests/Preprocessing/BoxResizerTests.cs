using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests.Preprocessing;

public sealed class BoxResizerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(7, 12, 15)]
    [InlineData(7, 20, 31)]
    [InlineData(16, 12, 15)]
    [InlineData(11, 5, 8)]
    [InlineData(3, 30, 9)]
    [InlineData(1, 1, 1)]
    [InlineData(14, 24, 30)]
    public void Resize_AnyBox_HasTheBitsOfResizingTheWhole(int z, int y, int x)
    {
        NdArray<float> volume = TestVolumes.Random(3, -5, 300, 7, 12, 15);
        NdArray<float> planes = Resizer.Bilinear(volume, y, x);          // [7, y, x]
        NdArray<float> expected = Resizer.Bilinear(planes.Reshape(7, y * x), z, y * x).Reshape(z, y, x);
        var to = new VolumeShape(z, y, x);
        var resizer = new BoxResizer(new VolumeShape(7, 12, 15), to);
        using var source = new MemoryVolumeSource(volume);
        var random = new Random(5);

        for (int n = 0; n < 20; n++)
        {
            VolumeBox box = n == 0 ? to.All : RandomBox(random, to);
            VolumeBox from = resizer.SourceOf(box);
            float[] part = new float[from.Count], values = new float[box.Count];
            source.Read(0, from, part, Token);
            resizer.Resize(part, box, values, threads: 1 + n % 3);

            using var whole = new MemoryVolumeSource(expected);
            float[] wanted = new float[box.Count];
            whole.Read(0, box, wanted, Token);
            Assert.Equal(wanted, values);
        }
    }

    [Fact]
    public void Read_ManyPlanesOfALargeVolume_AsksForSmallParts()
    {
        const int most = (1 << 22) + 2 * 700 * 700;                      // and the planes on both sides of a piece
        NdArray<float> volume = TestVolumes.Random(6, 0, 1, 30, 700, 700);
        using var inner = new MemoryVolumeSource(volume);
        using var watched = new WatchedSource(inner);
        using var source = new ResizedSource(watched, VolumeScale.Of(inner.Shape, 0.25, 1));
        float[] values = new float[source.Shape.Count];

        source.Read(0, source.Shape.All, values, Token);

        VolumeShape to = source.Shape;
        NdArray<float> planes = Resizer.Bilinear(volume, to.Y, to.X);
        Assert.Equal(Resizer.Bilinear(planes.Reshape(30, to.Y * to.X), to.Z, to.Y * to.X).Data, values);
        Assert.InRange(watched.Largest, 1, most);
        Assert.True(inner.Shape.Count > 3 * watched.Largest);
    }

    [Fact]
    public void Read_ResizedSource_IsTheResizedVolumeWithItsVoxelSize()
    {
        NdArray<float> volume = TestVolumes.Random(3, 0, 1, 4, 10, 10);
        using var inner = new MemoryVolumeSource(volume, new VoxelSize(2, 0.5, 0.5));
        using var source = new ResizedSource(inner, VolumeScale.Of(inner.Shape, 0.5, 4));

        Assert.Equal(new VolumeShape(8, 5, 5), source.Shape);
        Assert.Equal(new VoxelSize(1, 1, 1), source.SpacingUm);
        float[] plane = new float[25], first = new float[25];
        source.Read(0, new VolumeBox(0, 0, 0, 1, 5, 5), plane, Token);
        Resizer.Bilinear(new NdArray<float>(volume.Plane(0).ToArray(), 10, 10), 5, 5).Span.CopyTo(first);
        Parity.Close<float>(first, plane, 1e-6);                         // the first plane's centre lies before that of the original
    }

    [Fact]
    public void Of_TinyVolume_KeepsOneVoxel()
    {
        VolumeScale scale = VolumeScale.Of(new VolumeShape(1, 3, 1), 0.1, 0.5);

        Assert.Equal(new VolumeShape(1, 1, 1), scale.Network);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Of_AnisotropyNotPositive_Throws(double anisotropy) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => VolumeScale.Of(new VolumeShape(2, 2, 2), 1, anisotropy));

    private static VolumeBox RandomBox(Random random, VolumeShape shape)
    {
        int z = random.Next(shape.Z), y = random.Next(shape.Y), x = random.Next(shape.X);
        return new VolumeBox(z, y, x, random.Next(1, shape.Z - z + 1), random.Next(1, shape.Y - y + 1), random.Next(1, shape.X - x + 1));
    }

    private sealed class WatchedSource(IVolumeSource inner) : IVolumeSource
    {
        public long Largest { get; private set; }

        public VolumeShape Shape => inner.Shape;

        public int Channels => inner.Channels;

        public VoxelSize SpacingUm => inner.SpacingUm;

        public VolumeShape Chunk => inner.Chunk;

        public void Read(int channel, VolumeBox box, Span<float> voxels, CancellationToken cancellationToken = default)
        {
            Largest = Math.Max(Largest, box.Count);
            inner.Read(channel, box, voxels, cancellationToken);
        }

        public void Dispose()
        {
        }
    }
}
