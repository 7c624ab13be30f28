using Cellpose3D.Core2D;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Tests.Volumes;

/// <summary>Stores that other programs wrote; the committed ones are described in Fixtures/README.md.</summary>
public sealed class ZarrReadingTests : IDisposable
{
    private static readonly string Fixtures = Ramp.Fixture("zarr");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Arrays => [.. Directory.GetDirectories(Fixtures).Select(f => Path.GetFileName(f)!)
        .Where(n => !n.EndsWith(".ome.zarr", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Every codec, shuffle, byte order, layout and version: voxel i is 3 i mod 251.</summary>
    [Theory]
    [MemberData(nameof(Arrays))]
    public void Open_Fixture_HoldsTheFormula(string name)
    {
        using VolumeReader volume = VolumeFile.Open(Path.Combine(Fixtures, name));

        Assert.Equal(new VolumeShape(5, 18, 22), volume.Shape);
        Assert.Equal(Enumerable.Range(0, 5 * 18 * 22).Select(i => (float)(3 * i % 251)), TestVolumes.All(volume));
        TestVolumes.BoxesAreOfTheWhole(volume, 1);
    }

    [Fact]
    public void Open_EveryCodecOfNumcodecs_ReadsWhatItWrote()
    {
        DebianPython.Run(["zarr", "numcodecs"], _folder.Path, """
            import zarr, itertools
            from numcodecs import Blosc, GZip, Zlib, Zstd, LZ4, Shuffle
            rng = np.random.default_rng(3)
            n = 0
            def put(values, chunks, **kw):
                global n
                z = zarr.open(f'{folder}/{n:03d}.zarr', mode='w', shape=values.shape, chunks=chunks, dtype=values.dtype, **kw)
                z[:] = values
                np.save(f'{folder}/{n:03d}.npy', np.ascontiguousarray(values).astype(values.dtype.newbyteorder('<')))
                n += 1
            def smooth(shape, dtype):
                v = np.cumsum(rng.integers(0, 3, shape), axis=-1) + rng.integers(0, 2, shape) * 50
                return v.astype(dtype)
            for cname, shuffle, dtype in itertools.product(['blosclz', 'lz4', 'lz4hc', 'zlib', 'zstd'], [0, 1, 2], ['u1', '<u2', '<f4', '<f8']):
                put(smooth((9, 40, 70), dtype), (8, 32, 64), compressor=Blosc(cname, 5, shuffle, blocksize=int(rng.choice([0, 4096, 3000]))))
            for cname in ['blosclz', 'zstd']:                           # long repeats, far matches, and noise that does not shrink
                put(np.zeros((4, 100, 300), '<u2'), (4, 64, 300), compressor=Blosc(cname, 9, 1), fill_value=None)
                put(np.tile(rng.integers(0, 60000, (1, 100, 100)), (3, 1, 1)).astype('<u2'), (3, 100, 100), compressor=Blosc(cname, 9, 0))
                put(rng.integers(0, 255, (3, 50, 50)).astype('u1'), (2, 50, 50), compressor=Blosc(cname, 1, 0))
                put(np.tile(rng.integers(0, 9, (1, 1, 257)), (2, 90, 1)).astype('u1'), (2, 90, 257), compressor=Blosc(cname, 9, 0))
            for codec in [None, GZip(1), Zlib(9), Zstd(1), LZ4()]:
                for dtype in ['|b1', 'i1', '>u2', '>i4', '<i8', '>f8', '<f2', '>f4']:
                    put(smooth((5, 13, 17), dtype), (2, 8, 16), compressor=codec, order=str(rng.choice(['C', 'F'])), dimension_separator=str(rng.choice(['.', '/'])))
            put(smooth((5, 13, 17), '<u4'), (5, 5, 5), compressor=Zstd(3), filters=[Shuffle(4)])
            """);
        string[] stores = Directory.GetDirectories(_folder.Path);
        Assert.Equal(109, stores.Length);

        foreach (string store in stores)
        {
            using VolumeReader volume = VolumeFile.Open(store);
            using VolumeReader truth = VolumeFile.Open(Path.ChangeExtension(store, ".npy"));
            Assert.True(TestVolumes.All(truth).SequenceEqual(TestVolumes.All(volume)), $"{store}: {volume.Description.Image.Compression}, {volume.Description.Image.PixelType}");
        }
    }

    [Fact]
    public void Open_MissingChunks_HoldTheFillValue()
    {
        string store = Copy("gzip_slash");
        string metadata = Path.Combine(store, ".zarray");
        File.WriteAllText(metadata, File.ReadAllText(metadata).Replace("\"fill_value\": 0", "\"fill_value\": 7", StringComparison.Ordinal));
        File.Delete(Path.Combine(store, "1", "0", "1"));

        using VolumeReader volume = VolumeFile.Open(store);

        float[] all = TestVolumes.All(volume);
        VolumeShape chunk = volume.Chunk;
        Assert.Equal((7, 8), volume.CountChunks());
        for (int z = 0; z < 5; z++)
        {
            for (int y = 0; y < 18; y++)
            {
                for (int x = 0; x < 22; x++)
                {
                    int i = (((z * 18) + y) * 22) + x;
                    bool isMissing = z / chunk.Z == 1 && y / chunk.Y == 0 && x / chunk.X == 1;
                    Assert.Equal(isMissing ? 7 : 3 * i % 251, all[i]);
                }
            }
        }
    }

    [Theory]
    [InlineData("gzip_slash", "1/0/1")]
    [InlineData("zstd_big_endian_f", "1.0.1")]
    [InlineData("blosc_zstd_bit", "1.0.1")]
    [InlineData("blosc_blosclz", "1.0.1")]
    [InlineData("plain", "1.0.1")]
    [InlineData("v3_gzip", "c/1/0/1")]
    [InlineData("v3_crc32c", "c/1/0/1")]
    [InlineData("v3_sharded", "c/0/0/0")]
    public void Read_ChunkCutShort_NamesIt(string name, string file)
    {
        string store = Copy(name), chunk = Path.Combine(store, file);
        byte[] bytes = File.ReadAllBytes(chunk);

        foreach (int kept in (int[])[0, 1, 5, 17, bytes.Length / 2, bytes.Length - 12])
        {
            File.WriteAllBytes(chunk, bytes[..kept]);
            using VolumeReader volume = VolumeFile.Open(store);
            var e = Assert.Throws<InvalidDataException>(() => TestVolumes.All(volume));
            Assert.Contains(name, e.Message);
        }
        File.WriteAllBytes(chunk, bytes);
        using VolumeReader whole = VolumeFile.Open(store);
        TestVolumes.All(whole);
    }

    [Theory]
    [InlineData("blosc_blosclz", "1.0.1")]
    [InlineData("blosc_lz4", "1.0.1")]
    [InlineData("blosc_zstd_bit", "1.0.1")]
    [InlineData("lz4", "1.0.1")]
    [InlineData("v3_sharded", "c/0/0/0")]
    public void Read_DamagedBytes_NeverCrash(string name, string file)
    {
        string store = Copy(name), chunk = Path.Combine(store, file);
        byte[] bytes = File.ReadAllBytes(chunk);
        var random = new Random(9);

        for (int n = 0; n < 300; n++)
        {
            byte[] damaged = [.. bytes];
            for (int k = 0; k < 1 + (n % 3); k++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(chunk, damaged);
            using VolumeReader volume = VolumeFile.Open(store);
            Exception? e = Record.Exception(() => TestVolumes.All(volume));
            Assert.True(e is null or InvalidDataException or NotSupportedException, $"{e}");
        }
    }

    [Theory]
    [InlineData("v2.ome.zarr", "OME-Zarr 0.4")]
    [InlineData("v3.ome.zarr", "OME-Zarr 0.5")]
    public void Open_OmeImage_KnowsAxesMicrometresLevelsAndLabels(string name, string format)
    {
        string store = Path.Combine(Fixtures, name);
        using VolumeReader volume = VolumeFile.Open(store);
        VolumeDescription d = volume.Description;

        Assert.Equal((format, "TCZYX", PixelType.UInt16), (d.Image.Format, d.Image.Axes, d.Image.PixelType));
        Assert.Equal([2, 2, 3, 8, 10], d.Image.Shape);
        Assert.Equal(new VoxelSize(2, 0.5, 0.25), volume.SpacingUm);
        Assert.Equal(30, d.Image.FrameIntervalS);
        Assert.Equal(["DAPI", "membrane"], d.Image.ChannelNames);
        Assert.Equal([new VolumeLevel("0", new VolumeShape(3, 8, 10), new VoxelSize(2, 0.5, 0.25)), new VolumeLevel("1", new VolumeShape(3, 4, 5), new VoxelSize(2, 1, 0.5))], d.Levels);
        Assert.Equal(Enumerable.Range(0, 960).Select(i => (float)i), TestVolumes.All(volume));
        Assert.False(d.IsLabels);

        using VolumeReader coarse = VolumeFile.Open(store, new VolumeOpenOptions { Level = 1 });
        Assert.Equal((new VolumeShape(3, 4, 5), new VoxelSize(2, 1, 0.5)), (coarse.Shape, coarse.SpacingUm));
        using VolumeReader byFolder = VolumeFile.Open(Path.Combine(store, "1"));
        Assert.Equal(new VoxelSize(2, 1, 0.5), byFolder.SpacingUm);
        using VolumeReader second = VolumeFile.Open(store, new VolumeOpenOptions { Time = 1 });
        float[] one = new float[1];
        second.Read(1, new VolumeBox(2, 7, 9, 1, 1, 1), one);
        Assert.Equal(959, one[0]);

        foreach (string labels in (string[])[$"{store}/labels/cells", $"{store}:/labels/cells"])
        {
            using VolumeReader named = VolumeFile.Open(labels);
            Assert.True(named.Description.IsLabels);
            Assert.Equal(Enumerable.Range(70_000, 240), TestVolumes.AllLabels(named));
        }
        using VolumeReader found = VolumeFile.Open(store, new VolumeOpenOptions { AsLabels = true });
        Assert.True(found.Description.IsLabels);
        Assert.Equal(Enumerable.Range(70_000, 240), LabelReader.Read(store).Data);
        Assert.Equal(Enumerable.Range(0, 960).Select(i => (float)i), ImageReader.Read(store).Pixels.Data);
    }

    [Fact]
    public void Open_WhatTheStoreHasNot_SaysSo()
    {
        string store = Path.Combine(Fixtures, "v2.ome.zarr");

        Assert.Contains("level must be 0 to 1", Assert.Throws<ArgumentException>(() => VolumeFile.Open(store, new VolumeOpenOptions { Level = 2 })).Message);
        Assert.Contains("time point must be 0 to 1", Assert.Throws<ArgumentException>(() => VolumeFile.Open(store, new VolumeOpenOptions { Time = 2 })).Message);
        Assert.Contains("has no array or group 'nothing'", Assert.Throws<InvalidDataException>(() => VolumeFile.Open($"{store}:/nothing")).Message);
        Assert.Contains("is a folder without Zarr metadata", Assert.Throws<InvalidDataException>(() => VolumeFile.Open(_folder.Path)).Message);
    }

    [Theory]
    [InlineData("\"compressor\": null", "\"compressor\": {\"id\": \"bz2\"}", "packed by 'bz2'")]
    [InlineData("\"dtype\": \"|u1\"", "\"dtype\": \"<c8\"", "type '<c8'")]
    [InlineData("\"dtype\": \"|u1\"", "\"dtype\": [[\"a\", \"<u2\"]]", "plain integers, floats")]
    [InlineData("\"zarr_format\": 2", "\"zarr_format\": 1", "zarr_format")]
    [InlineData("        5,\n", "        -5,\n", "whole numbers from 0")]
    [InlineData("        3,\n", "        0,\n", "whole numbers from 1")]
    [InlineData("        5,\n", "        5, 4,\n", "as many axes")]
    [InlineData("{", "", "not readable as JSON")]
    public void Open_MetadataThatAreNotRead_SaysWhy(string old, string replacement, string text)
    {
        string store = Copy("plain"), metadata = Path.Combine(store, ".zarray"), json = File.ReadAllText(metadata);
        Assert.Contains(old, json);
        File.WriteAllText(metadata, json.Replace(old, replacement, StringComparison.Ordinal));

        Exception e = Assert.ThrowsAny<Exception>(() => VolumeFile.Open(store));

        Assert.True(e is InvalidDataException or NotSupportedException, e.ToString());
        Assert.Contains(text, e.Message);
        Assert.Contains("plain", e.Message);
    }

    [Fact]
    public void Open_LevelIsMissing_SaysThatAPartIsGone()
    {
        string store = Copy("v2.ome.zarr");
        Directory.Delete(Path.Combine(store, "1"), recursive: true);

        Assert.Contains("name the array '1', which is not there", Assert.Throws<InvalidDataException>(() => VolumeFile.Open(store)).Message);
    }

    [Fact]
    public void Open_NoMicrometres_AreUnknown()
    {
        string store = Copy("v2.ome.zarr"), metadata = Path.Combine(store, ".zattrs");
        string json = File.ReadAllText(metadata);
        File.WriteAllText(metadata, json.Replace("coordinateTransformations", "other", StringComparison.Ordinal));
        using (VolumeReader volume = VolumeFile.Open(store))
            Assert.Equal((default, null), (volume.SpacingUm, volume.Description.Image.FrameIntervalS));

        File.WriteAllText(metadata, json.Replace("\"unit\": \"micrometer\"", "\"unit\": null", StringComparison.Ordinal));
        using VolumeReader unitless = VolumeFile.Open(store);
        Assert.Equal(new VoxelSize(2, 0.5, 0.25), unitless.SpacingUm);
        Assert.Contains("taken as micrometres", unitless.Description.Image.AxesSource);
    }

    [Fact]
    public void Read_ManyThreads_GiveTheSame()
    {
        using VolumeReader volume = VolumeFile.Open(Path.Combine(Fixtures, "v3_sharded"));
        float[] all = TestVolumes.All(volume);

        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 7 }, n =>
        {
            VolumeBox box = ChunkFolderStoreTests.RandomBox(new Random(n), volume.Shape);
            float[] part = new float[box.Count], expected = new float[box.Count];
            volume.Read(0, box, part);
            Boxes.Copy<float>(all, volume.Shape.All, expected, box);
            Assert.Equal(expected, part);
        });
    }

    private string Copy(string name)
    {
        string target = _folder.File(name);
        foreach (string file in Directory.GetFiles(Path.Combine(Fixtures, name), "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(target, Path.GetRelativePath(Path.Combine(Fixtures, name), file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        return target;
    }
}
