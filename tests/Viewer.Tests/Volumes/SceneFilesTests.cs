using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Volumes;

public sealed class SceneFilesTests : IDisposable
{
    private static readonly VolumeShape Shape = new(4, 32, 32);
    private readonly string _folder = Directory.CreateTempSubdirectory("cellpose3d-test-").FullName;

    // each label fills 8 x 8 columns, so that every resolution holds them all
    private static readonly NdArray<int> Labels = new([.. Enumerable.Range(0, 4 * 32 * 32).Select(i => 1 + (i / 32 % 32 / 8 * 4 + i % 32 / 8) * 100_000)], 4, 32, 32);

    [Fact]
    public void Open_TiffsThatFit_AreReadInFull()
    {
        TiffWriter.WriteLabels(At("l.tif"), Labels, "ZYX", new TiffWriterOptions { VoxelSizeUm = new VoxelSize(3, 0.5, 0.5) });

        using SceneFiles files = SceneFiles.Open(null, At("l.tif"), new SceneFileOptions());

        Assert.Empty(files.Reductions);
        Assert.Equal((Shape, new PointUm(3, 0.5, 0.5), true), (files.Grid.Shape, files.Grid.VoxelUm, files.HasVoxelSize));
        Assert.Equal(Labels.Data, files.ReadLabels(0).Voxels.Select(v => (int)v));
    }

    [Theory]
    [InlineData(4 * 16 * 16, "resolution 1 of the file")]
    [InlineData(1000, "resolution 2 of the file")]
    public void Open_PyramidThatDoesNotFit_IsReadFromACoarserResolutionAndSaysSo(int voxels, string expected)
    {
        using (IVolumeOutput<int> output = VolumeFile.CreateLabels(At("l.zarr"), Shape, new VolumeWriteOptions { Levels = 3, Chunk = new VolumeShape(2, 16, 16), VoxelSizeUm = new VoxelSize(3, 0.5, 0.5) }))
        {
            output.Write(0, Shape.All, Labels.Data);
            output.Complete(cancellationToken: TestContext.Current.CancellationToken);
        }

        using SceneFiles files = SceneFiles.Open(null, At("l.zarr"), new SceneFileOptions { MaxMemoryBytes = 12 * voxels });
        LabelVolume read = files.ReadLabels(0, TestContext.Current.CancellationToken);

        Assert.Contains(expected, Assert.Single(files.Reductions));
        Assert.Equal(Shape, files.Grid.Shape);
        Assert.True(read.Shape.Count <= voxels);
        Assert.Equal((read.Shape.X * read.Stride.X, read.Shape.Y * read.Stride.Y), (32, 32));
        Assert.Equal(Labels.Data.Select(v => (uint)v).Distinct().Order(), read.Ids());
        for (int y = 0; y < read.Shape.Y; y++)
        {
            for (int x = 0; x < read.Shape.X; x++)
                Assert.Equal((uint)Labels.Data[(y * read.Stride.Y * 32) + x * read.Stride.X], read.Voxels[y * read.Shape.X + x]);
        }
    }

    [Fact]
    public void Open_TooLongForATexture_IsThinned()
    {
        TiffWriter.WriteLabels(At("l.tif"), Labels, "ZYX");

        using SceneFiles files = SceneFiles.Open(null, At("l.tif"), new SceneFileOptions { LongestSide = 8 });

        Assert.Equal(new VolumeShape(4, 8, 8), files.ReadLabels(0, TestContext.Current.CancellationToken).Shape);
        Assert.Contains("1 x 4 x 4", Assert.Single(files.Reductions));
        Assert.False(files.HasVoxelSize);
    }

    [Fact]
    public void Open_ImageOfAnotherSize_NamesBoth()
    {
        TiffWriter.WriteLabels(At("l.tif"), Labels, "ZYX");
        TiffWriter.WriteFloats(At("i.tif"), new NdArray<float>(4, 32, 31), "ZYX");

        string message = Assert.Throws<InvalidDataException>(() => SceneFiles.Open(At("i.tif"), At("l.tif"), new SceneFileOptions())).Message;

        Assert.Contains("4 x 32 x 31", message);
        Assert.Contains("4 x 32 x 32", message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);
}
