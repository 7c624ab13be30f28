using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Tests.Volumes;

public sealed class VolumeConverterTests : IDisposable
{
    private static readonly string[] Formats = ["a.tif", "a.ome.tif", "a.h5", "a.zarr", "a.v5.zarr"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Pairs => [.. from a in Formats from b in Formats select (a, b)];

    /// <summary>From a TIFF to one format and on to another: voxels, axes, micrometres and seconds stay.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void Run_FormatToFormat_KeepsEverything(string first, string second)
    {
        foreach ((string axes, int[] shape) in ((string, int[])[])[("TCZYX", [2, 3, 4, 9, 11]), ("CZYX", [2, 3, 6, 5]), ("ZYX", [3, 1, 7])])
        {
            var image = new NdArray<float>(shape);
            for (int i = 0; i < image.Length; i++)
                image.Data[i] = i * 3 % 60_000;
            var size = new VoxelSize(2, 0.5, 0.25);
            double? interval = axes[0] == 'T' ? 30 : null;
            TiffWriter.WriteFloats(At("source.tif"), image, axes, new TiffWriterOptions { VoxelSizeUm = size, FrameIntervalS = interval });

            Convert("source.tif", first, PixelType.UInt16);
            Convert(first, $"2{second}", null);

            using VolumeReader volume = VolumeFile.Open(At($"2{second}"));
            string shown = volume.Description.Image.CanonicalAxes;
            Assert.Equal(axes, shown);
            Assert.Equal(shape, shown.Select(volume.Description.Image.Length));
            Assert.Equal(PixelType.UInt16, volume.Description.Image.PixelType);
            Assert.Equal(size, volume.SpacingUm);
            if (!first.EndsWith(".h5", StringComparison.Ordinal) && !second.EndsWith(".h5", StringComparison.Ordinal))
                Assert.Equal(interval, volume.Description.Image.FrameIntervalS);       // element_size_um has no seconds
            Assert.Equal(image.Data, TestVolumes.All(volume));
            TestVolumes.BoxesAreOfTheWhole(volume, 5);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Run_Labels_AreExact(string first, string second)
    {
        int[] labels = [0, 65_535, 65_536, 16_777_217, 2_000_000_001, int.MaxValue, 1, 2, 3, 0, 0, 5];
        TiffWriter.WriteLabels(At("source.tif"), new NdArray<int>(labels, 2, 2, 3));

        Convert("source.tif", first, null);
        Convert(first, $"2{second}", null);

        using VolumeReader volume = VolumeFile.Open(At($"2{second}"));
        Assert.Equal(labels, TestVolumes.AllLabels(volume));
        Assert.Equal(PixelType.UInt32, volume.Description.Image.PixelType);
        Assert.Equal(labels, LabelReader.Read(At($"2{second}")).Data);
    }

    [Fact]
    public void Run_LabelsThatAreShort_AreStoredShort()
    {
        TiffWriter.WriteLabels(At("source.tif"), new NdArray<int>([0, 65_535, 7, 8], 1, 2, 2));
        using VolumeReader source = VolumeFile.Open(At("source.tif"));

        Assert.Equal(PixelType.UInt16, VolumeConverter.Run(source, At("a.h5"), new VolumeConvertOptions { IsLabels = true }));
        Assert.Equal(PixelType.UInt16, VolumeConverter.Run(source, At("a.tif"), new VolumeConvertOptions { IsLabels = true }));
        using VolumeReader volume = VolumeFile.Open(At("a.h5"));
        Assert.Equal(("label", true), (volume.Description.Dataset, volume.Description.IsLabels));
    }

    [Fact]
    public void Run_OneChannelAndTime_TakesThese()
    {
        using VolumeReader source = VolumeFile.Open(Ramp.Fixture("zarr/v2.ome.zarr"));

        VolumeConverter.Run(source, At("a.zarr"), new VolumeConvertOptions { Channel = 1, Time = 1 });

        using VolumeReader volume = VolumeFile.Open(At("a.zarr"));
        Assert.Equal(("ZYX", "membrane"), (volume.Description.Image.Axes, Assert.Single(volume.Description.Image.ChannelNames)));
        Assert.Equal(Enumerable.Range(720, 240).Select(i => (float)i), TestVolumes.All(volume));
        Assert.Throws<ArgumentOutOfRangeException>(() => VolumeConverter.Run(source, At("b.zarr"), new VolumeConvertOptions { Channel = 2 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => VolumeConverter.Run(source, At("b.zarr"), new VolumeConvertOptions { Time = -1 }));
    }

    [Fact]
    public void Run_Types_RoundAndClamp()
    {
        TiffWriter.WriteFloats(At("source.tif"), new NdArray<float>([-5, 0.4f, 254.6f, 300, float.NaN, 70_000], 1, 2, 3), "ZYX");
        using VolumeReader source = VolumeFile.Open(At("source.tif"));

        foreach ((PixelType type, float[] expected) in ((PixelType, float[])[])[(PixelType.UInt8, [0, 0, 255, 255, 0, 255]), (PixelType.UInt16, [0, 0, 255, 300, 0, 65_535]), (PixelType.Float32, [-5, 0.4f, 254.6f, 300, float.NaN, 70_000])])
        {
            VolumeConverter.Run(source, At("a.h5"), new VolumeConvertOptions { Write = new VolumeWriteOptions { Type = type } });
            using VolumeReader volume = VolumeFile.Open(At("a.h5"));
            Assert.Equal(expected, TestVolumes.All(volume));
        }
    }

    [Theory]
    [InlineData("a.tif")]
    [InlineData("a.ome.tif")]
    public void Run_Tiff_IsReadByTifffile(string name)
    {
        using (VolumeReader source = VolumeFile.Open(Ramp.Fixture("zarr/v2.ome.zarr")))
            VolumeConverter.Run(source, At(name));

        DebianPython.Run(["tifffile"], _folder.Path, $$"""
            import tifffile
            with tifffile.TiffFile(f'{folder}/{{name}}') as t:
                s = t.series[0]
                assert t.is_ome == {{(name == "a.ome.tif" ? "True" : "False")}} and t.is_imagej == {{(name == "a.tif" ? "True" : "False")}}
                truth = np.arange(960, dtype='u2').reshape(2, 2, 3, 8, 10)
                assert s.axes == ('TCZYX' if t.is_ome else 'TZCYX'), s.axes
                assert (s.asarray() == (truth if t.is_ome else truth.swapaxes(1, 2))).all()
                if t.is_ome:
                    assert 'PhysicalSizeZ="2"' in t.ome_metadata and 'PhysicalSizeX="0.25"' in t.ome_metadata and 'Name="membrane"' in t.ome_metadata
                else:
                    assert t.imagej_metadata['spacing'] == 2 and t.imagej_metadata['unit'] == 'micron'
            """);
    }

    [Theory]
    [InlineData("a.tif")]
    [InlineData("a.h5")]
    [InlineData("a.zarr")]
    public void Run_Cancelled_LeavesTheOldFile(string name)
    {
        using VolumeReader source = VolumeFile.Open(Ramp.Fixture("zarr/v2.ome.zarr"));
        VolumeConverter.Run(source, At(name), new VolumeConvertOptions { Channel = 0, Time = 0 });
        using var cancel = new CancellationTokenSource();
        var progress = new CancelAfter(cancel, reports: 3);

        Assert.Throws<OperationCanceledException>(() => VolumeConverter.Run(source, At(name), null, progress, cancel.Token));

        Assert.Equal([name], _folder.Names);
        using VolumeReader old = VolumeFile.Open(At(name));
        Assert.Equal(240, TestVolumes.All(old).Length);
    }

    [Fact]
    public void Run_Progress_RisesToOne()
    {
        using VolumeReader source = VolumeFile.Open(Ramp.Fixture("zarr/v2.ome.zarr"));
        foreach (string name in Formats)
        {
            var seen = new List<float>();
            VolumeConverter.Run(source, At(name), new VolumeConvertOptions { IsLabels = true }, new Collect(seen));
            Assert.Equal(seen.Order(), seen);
            Assert.Equal(1, seen[^1]);
        }
    }

    [Fact]
    public void Run_OptionsThatAreNotWritten_AreRefused()
    {
        using VolumeReader source = VolumeFile.Open(Ramp.Fixture("zarr/v2.ome.zarr"));

        Refuses<ArgumentException>("a.xyz", new VolumeWriteOptions(), ".tif, .ome.tif, .h5 or .zarr");
        Refuses<ArgumentException>("a.tif", new VolumeWriteOptions { Compression = VolumeCompression.Zstd }, "zstd is written in OME-Zarr only");
        Refuses<ArgumentException>("a.h5", new VolumeWriteOptions { Compression = VolumeCompression.Zstd }, "zstd is written in OME-Zarr only");
        Refuses<ArgumentException>("a.zarr", new VolumeWriteOptions { Type = PixelType.Int16 }, "got int16");
        Refuses<ArgumentException>("a.zarr", new VolumeWriteOptions { Chunk = new VolumeShape(0, 1, 1) }, "chunk must be");
        Refuses<ArgumentException>("a.zarr", new VolumeWriteOptions { Levels = 0 }, "levels must be");
        Refuses<DirectoryNotFoundException>("missing/a.tif", new VolumeWriteOptions(), "does not exist");
        Refuses<DirectoryNotFoundException>("missing/a.zarr", new VolumeWriteOptions(), "does not exist");
        Refuses<DirectoryNotFoundException>("missing/a.h5", new VolumeWriteOptions(), "does not exist");
        Assert.Empty(_folder.Names);

        void Refuses<TError>(string name, VolumeWriteOptions write, string text)
            where TError : Exception =>
            Assert.Contains(text, Assert.Throws<TError>(() => VolumeConverter.Run(source, At(name), new VolumeConvertOptions { Write = write })).Message);
    }

    [Fact]
    public void Run_LabelsThatAreNone_SaysWhere()
    {
        TiffWriter.WriteFloats(At("source.tif"), new NdArray<float>([1, 2.5f], 1, 2), "YX");
        using VolumeReader source = VolumeFile.Open(At("source.tif"));

        var e = Assert.Throws<InvalidDataException>(() => VolumeConverter.Run(source, At("a.zarr"), new VolumeConvertOptions { IsLabels = true }));

        Assert.Contains("holds 2.5", e.Message);
        Assert.Equal(["source.tif"], _folder.Names);
    }

    [Theory]
    [InlineData("a.tif")]
    [InlineData("a.h5")]
    [InlineData("a.zarr")]
    public void Run_FullDisk_SaysSoAndLeavesNothing(string name)
    {
        var image = new NdArray<float>(20, 256, 256);
        new Random(3).NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(image.Span));
        TiffWriter.WriteFloats(At("source.tif"), image, "ZYX", new TiffWriterOptions { Compress = false });
        using VolumeReader source = VolumeFile.Open(At("source.tif"));
        using SmallDisk disk = SmallDisk.Mount(megabytes: 2);

        var e = Assert.ThrowsAny<IOException>(() => VolumeConverter.Run(source, Path.Combine(disk.Path, name), new VolumeConvertOptions { Write = new VolumeWriteOptions { Chunk = new VolumeShape(2, 128, 128) } }));

        Assert.Contains("No space left", e.Message);
        Assert.Empty(disk.Names);
    }

    [Theory]
    [InlineData("a.tif")]
    [InlineData("a.h5")]
    [InlineData("a.zarr")]
    public void Run_ReadOnlyDisk_SaysSo(string name)
    {
        using SmallDisk disk = SmallDisk.Mount(megabytes: 2);
        using VolumeReader source = VolumeFile.Open(Ramp.Fixture("zarr/v2.ome.zarr"));
        disk.MakeReadOnly();

        var e = Assert.ThrowsAny<IOException>(() => VolumeConverter.Run(source, Path.Combine(disk.Path, name)));

        Assert.Contains("Read-only", e.Message);
    }

    [Theory]
    [InlineData(1L << 20)]
    [InlineData(64L << 20)]
    [InlineData(1)]
    public void BoxShape_AnySizes_KeepsWithinMemoryAndOnChunks(long bytes)
    {
        var random = new Random(7);
        for (int n = 0; n < 500; n++)
        {
            var whole = new VolumeShape(random.Next(1, 2000), random.Next(1, 5000), random.Next(1, 5000));
            VolumeShape source = ChunkGrid.Clip(new VolumeShape(random.Next(1, 200), random.Next(1, 300), random.Next(1, 300)), whole);
            VolumeShape target = ChunkGrid.Clip(new VolumeShape(random.Next(1, 100), random.Next(1, 200), random.Next(1, 200)), whole);

            VolumeShape box = VolumeCopy.BoxShape(whole, source, target, bytes);

            Assert.True(box.Z % target.Z == 0 || box.Z == whole.Z, $"{box} of {whole} in {target}");
            Assert.True(box.Y % target.Y == 0 || box.Y == whole.Y, $"{box} of {whole} in {target}");
            Assert.True(box.X % target.X == 0 || box.X == whole.X, $"{box} of {whole} in {target}");
            Assert.True(box.Count <= Math.Max(bytes / 4, target.Count), $"{box} for {bytes} bytes, {target}");
        }
    }

    private void Convert(string from, string to, PixelType? type)
    {
        using VolumeReader source = VolumeFile.Open(At(from));
        VolumeConverter.Run(source, At(to), new VolumeConvertOptions
        {
            Write = new VolumeWriteOptions
            {
                Type = type,
                Chunk = new VolumeShape(2, 4, 8),
                ZarrVersion = to.Contains(".v5", StringComparison.Ordinal) ? OmeZarrVersion.V05 : OmeZarrVersion.V04,
            },
        });
    }

    private string At(string name) => _folder.File(name);

    private sealed class CancelAfter(CancellationTokenSource source, int reports) : IProgress<float>
    {
        private int _seen;

        public void Report(float value)
        {
            if (++_seen == reports)
                source.Cancel();
        }
    }

    private sealed class Collect(List<float> seen) : IProgress<float>
    {
        public void Report(float value) => seen.Add(value);
    }
}
