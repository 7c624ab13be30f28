using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Volumes;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Tests.Volumes;

public sealed class OmeZarrWritingTests : IDisposable
{
    private static readonly VolumeShape Shape = new(5, 18, 22);
    private static readonly VolumeWriteOptions Options = new() { VoxelSizeUm = new VoxelSize(2, 0.5, 0.25), Chunk = new VolumeShape(2, 8, 8), Levels = 3 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(OmeZarrVersion.V04, VolumeCompression.Default)]
    [InlineData(OmeZarrVersion.V04, VolumeCompression.Gzip)]
    [InlineData(OmeZarrVersion.V04, VolumeCompression.None)]
    [InlineData(OmeZarrVersion.V05, VolumeCompression.Zstd)]
    [InlineData(OmeZarrVersion.V05, VolumeCompression.Gzip)]
    [InlineData(OmeZarrVersion.V05, VolumeCompression.None)]
    public void CreateLabels_RandomBoxes_ReadsAsAnArrayWould(OmeZarrVersion version, VolumeCompression compression)
    {
        var random = new Random(2);
        int[] truth = new int[Shape.Count];
        using (IVolumeOutput<int> output = VolumeFile.CreateLabels(At("a.zarr"), Shape, Options with { ZarrVersion = version, Compression = compression }))
        {
            for (int n = 0; n < 60; n++)
            {
                VolumeBox box = ChunkFolderStoreTests.RandomBox(random, Shape);
                int[] values = [.. Enumerable.Range(0, (int)box.Count).Select(_ => random.Next(4) == 0 ? 0 : random.Next())];
                output.Write(0, box, values);
                Boxes.Copy<int>(values, box, truth, Shape.All);
                int[] read = new int[box.Count];
                output.Read(0, box, read);
                Assert.Equal(values, read);
            }
            Assert.Empty(_folder.Names.Where(n => n == "a.zarr"));
            output.Complete();
        }

        using VolumeReader volume = VolumeFile.Open(At("a.zarr"));
        Assert.Equal(truth, TestVolumes.AllLabels(volume));
        Assert.Equal((Shape, Options.VoxelSizeUm, PixelType.UInt32, true), (volume.Shape, volume.SpacingUm, volume.Description.Image.PixelType, volume.Description.IsLabels));
        Assert.Equal(["a.zarr"], _folder.Names);
        // anisotropy 8: Z is left alone until X has caught up
        Assert.Equal([new VolumeShape(5, 18, 22), new VolumeShape(5, 9, 11), new VolumeShape(5, 5, 6)], volume.Description.Levels.Select(l => l.Shape));
        Assert.Equal(new VoxelSize(2, 2, 1), volume.Description.Levels[2].VoxelSizeUm);
        using VolumeReader coarse = VolumeFile.Open(At("a.zarr"), new VolumeOpenOptions { Level = 2 });
        int[] last = TestVolumes.AllLabels(coarse);
        for (int z = 0; z < 5; z++)
        {
            for (int y = 0; y < 5; y++)
            {
                for (int x = 0; x < 6; x++)
                    Assert.Equal(truth[(((z * 18) + (4 * y)) * 22) + (4 * x)], last[(((z * 5) + y) * 6) + x]);
            }
        }
    }

    [Theory]
    [InlineData(PixelType.UInt8)]
    [InlineData(PixelType.UInt16)]
    [InlineData(PixelType.Float32)]
    public void Convert_Image_LevelsAreMeans(PixelType type)
    {
        NdArray<float> image = Image(Shape);
        using VolumeReader source = Source(image);

        VolumeConverter.Run(source, At("a.zarr"), new VolumeConvertOptions { Write = Options with { Type = type, VoxelSizeUm = new VoxelSize(1, 1, 1), Levels = 2 } });

        using VolumeReader fine = VolumeFile.Open(At("a.zarr")), coarse = VolumeFile.Open(At("a.zarr"), new VolumeOpenOptions { Level = 1 });
        Assert.False(fine.Description.IsLabels);
        Assert.Equal(image.Data, TestVolumes.All(fine));
        Assert.Equal(new VolumeShape(3, 9, 11), coarse.Shape);
        float[] all = TestVolumes.All(coarse);
        for (int z = 0; z < 3; z++)
        {
            for (int y = 0; y < 9; y++)
            {
                for (int x = 0; x < 11; x++)
                {
                    double mean = (from fz in new[] { 2 * z, (2 * z) + 1 } from fy in new[] { 2 * y, (2 * y) + 1 } from fx in new[] { 2 * x, (2 * x) + 1 }
                                   where fz < 5 && fy < 18 && fx < 22 select image.Data[(((fz * 18) + fy) * 22) + fx]).Average(v => (double)v);
                    Assert.Equal(type == PixelType.Float32 ? (float)mean : MathF.Round((float)mean), all[(((z * 9) + y) * 11) + x]);
                }
            }
        }
        JsonNode steps = Json("a.zarr/.zattrs")["multiscales"]![0]!["datasets"]![1]!["coordinateTransformations"]!;
        Assert.Equal([0.5, 0.5, 0.5], steps[1]!["translation"]!.AsArray().Select(n => (double)n!));
    }

    [Fact]
    public void CreateLabels_Version04_IsReadByPythonZarr()
    {
        int[] labels = TestVolumes.Labels(Shape, 0, 100_003);
        foreach (VolumeCompression compression in Enum.GetValues<VolumeCompression>())
            Write(At($"{compression}.zarr"), labels, Options with { Compression = compression });

        DebianPython.Run(["zarr", "numcodecs"], _folder.Path, """
            import zarr
            truth = (7 * np.arange(5 * 18 * 22) % 100003).reshape(5, 18, 22)
            for name in ['Default', 'Zstd', 'Gzip', 'None']:
                g = zarr.open_group(f'{folder}/{name}.zarr', mode='r')
                assert g['0'].dtype == np.dtype('<u4') and g['0'].chunks == (2, 8, 8), g['0'].info
                assert (g['0'][:] == truth).all()
                assert (g['1'][:] == truth[:, ::2, ::2]).all() and (g['2'][:] == truth[:, ::4, ::4]).all()
                m = g.attrs['multiscales'][0]
                assert m['version'] == '0.4' and [a['name'] for a in m['axes']] == ['z', 'y', 'x']
                assert all(a['unit'] == 'micrometer' and a['type'] == 'space' for a in m['axes'])
                assert [d['coordinateTransformations'][0]['scale'] for d in m['datasets']] == [[2, 0.5, 0.25], [2, 1, 0.5], [2, 2, 1]]
                assert g.attrs['image-label']['version'] == '0.4'
                assert (g['0'].compressor is None) == (name == 'None')
            """);
    }

    /// <summary>Debian has no reader of Zarr 3; the script follows the specification by hand.</summary>
    [Fact]
    public void CreateLabels_Version05_IsReadByItsSpecification()
    {
        Write(At("a.zarr"), TestVolumes.Labels(Shape, 0, 100_003), Options with { ZarrVersion = OmeZarrVersion.V05, Compression = VolumeCompression.Gzip });

        DebianPython.Run(["numpy"], _folder.Path, """
            import gzip, json, os
            root = f'{folder}/a.zarr'
            group = json.load(open(f'{root}/zarr.json'))
            assert group['zarr_format'] == 3 and group['node_type'] == 'group'
            ome = group['attributes']['ome']
            assert ome['version'] == '0.5' and 'version' not in ome['multiscales'][0] and ome['image-label'] == {}
            truth = (7 * np.arange(5 * 18 * 22) % 100003).reshape(5, 18, 22)
            for level, step in [('0', 1), ('1', 2), ('2', 4)]:
                a = json.load(open(f'{root}/{level}/zarr.json'))
                assert a['node_type'] == 'array' and a['data_type'] == 'uint32' and a['dimension_names'] == ['z', 'y', 'x']
                assert a['chunk_key_encoding'] == {'name': 'default', 'configuration': {'separator': '/'}}
                assert [c['name'] for c in a['codecs']] == ['bytes', 'gzip'] and a['codecs'][0]['configuration']['endian'] == 'little'
                chunk = a['chunk_grid']['configuration']['chunk_shape']
                whole = np.zeros([-(-s // c) * c for s, c in zip(a['shape'], chunk)], '<u4')
                for i in np.ndindex(*[-(-s // c) for s, c in zip(a['shape'], chunk)]):
                    path = f'{root}/{level}/c/' + '/'.join(map(str, i))
                    if os.path.exists(path):
                        whole[tuple(slice(n * c, (n + 1) * c) for n, c in zip(i, chunk))] = np.frombuffer(gzip.decompress(open(path, 'rb').read()), '<u4').reshape(chunk)
                expected = truth[:, ::step, ::step]
                assert list(expected.shape) == a['shape']
                assert (whole[tuple(slice(0, s) for s in a['shape'])] == expected).all()
            """);
    }

    [Theory]
    [InlineData(OmeZarrVersion.V04)]
    [InlineData(OmeZarrVersion.V05)]
    public void CreateLabels_InsideAnImage_AreListedThere(OmeZarrVersion version)
    {
        using (VolumeReader source = Source(Image(Shape)))
            VolumeConverter.Run(source, At("image.zarr"), new VolumeConvertOptions { Write = Options with { ZarrVersion = version } });

        foreach (string name in (string[])["cells", "nuclei", "cells"])
            Write(At($"image.zarr/labels/{name}"), TestVolumes.Labels(Shape, name.Length, 70_001), Options);

        using VolumeReader image = VolumeFile.Open(At("image.zarr")), labels = VolumeFile.Open(At("image.zarr/labels/nuclei"));
        Assert.Equal(["labels/cells", "labels/nuclei"], image.Description.Datasets.Select(d => d.Path));
        Assert.Equal(TestVolumes.Labels(Shape, 6, 70_001), TestVolumes.AllLabels(labels));
        Assert.Equal(version == OmeZarrVersion.V04 ? "OME-Zarr 0.4" : "OME-Zarr 0.5", labels.Description.Image.Format);
        JsonNode attributes = version == OmeZarrVersion.V04 ? Json("image.zarr/labels/nuclei/.zattrs") : Json("image.zarr/labels/nuclei/zarr.json")["attributes"]!["ome"]!;
        Assert.Equal("../../", (string)attributes["image-label"]!["source"]!["image"]!);
        Assert.Contains("has labels cells, nuclei", Assert.Throws<InvalidDataException>(() => LabelReader.Read(At("image.zarr"))).Message);
        Assert.Equal(["cells", "nuclei"], Directory.GetDirectories(At("image.zarr/labels")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void CreateLabels_ThereAlready_IsReplacedOnlyWhenComplete()
    {
        Write(At("a.zarr"), TestVolumes.Labels(Shape, 0, 99), Options);

        using (IVolumeOutput<int> abandoned = VolumeFile.CreateLabels(At("a.zarr"), new VolumeShape(1, 2, 3)))
            abandoned.Write(0, new VolumeBox(0, 0, 0, 1, 2, 3), [1, 2, 3, 4, 5, 6]);
        using (VolumeReader old = VolumeFile.Open(At("a.zarr")))
            Assert.Equal(TestVolumes.Labels(Shape, 0, 99), TestVolumes.AllLabels(old));

        Write(At("a.zarr"), [1, 2, 3, 4, 5, 6], Options, new VolumeShape(1, 2, 3));
        using VolumeReader volume = VolumeFile.Open(At("a.zarr"));
        Assert.Equal([1, 2, 3, 4, 5, 6], TestVolumes.AllLabels(volume));
        Assert.Equal(["a.zarr"], _folder.Names);
    }

    [Fact]
    public void CreateLabels_SomethingElseThere_IsRefused()
    {
        Directory.CreateDirectory(At("a.zarr"));
        File.WriteAllText(At("a.zarr/thesis.txt"), "all of it");
        File.WriteAllText(At("b.zarr"), "a file");

        Assert.Contains("no Zarr store", Assert.Throws<IOException>(() => VolumeFile.CreateLabels(At("a.zarr"), Shape)).Message);
        Assert.Contains("is a file", Assert.Throws<IOException>(() => VolumeFile.CreateLabels(At("b.zarr"), Shape)).Message);
        Assert.Throws<DirectoryNotFoundException>(() => VolumeFile.CreateLabels(At("missing/a.zarr"), Shape));
        Assert.Equal(["a.zarr", "b.zarr"], _folder.Names);
        Assert.Equal("all of it", File.ReadAllText(At("a.zarr/thesis.txt")));
    }

    [Fact]
    public void CreateLabels_Zeros_TakeNoChunks()
    {
        Write(At("a.zarr"), new int[Shape.Count], Options);

        using VolumeReader volume = VolumeFile.Open(At("a.zarr"));
        Assert.Equal(new int[Shape.Count], TestVolumes.AllLabels(volume));
        Assert.Equal((0, 27), volume.CountChunks());
    }

    [Fact]
    public void Write_NegativeLabel_IsRefused()
    {
        using IVolumeOutput<int> output = VolumeFile.CreateLabels(At("a.zarr"), Shape);

        Assert.Contains("got -1", Assert.Throws<ArgumentException>(() => output.Write(0, new VolumeBox(0, 0, 0, 1, 1, 1), [-1])).Message);
    }

    private static NdArray<float> Image(VolumeShape shape)
    {
        var image = new NdArray<float>(shape.Z, shape.Y, shape.X);
        for (int i = 0; i < image.Length; i++)
            image.Data[i] = TestVolumes.Value(i, 0, 251);
        return image;
    }

    private VolumeReader Source(NdArray<float> image)
    {
        IO.Tiff.TiffWriter.WriteFloats(At("source.tif"), image, "ZYX");
        return VolumeFile.Open(At("source.tif"));
    }

    private static void Write(string path, int[] labels, VolumeWriteOptions options, VolumeShape? shape = null)
    {
        using IVolumeOutput<int> output = VolumeFile.CreateLabels(path, shape ?? Shape, options);
        output.Write(0, output.Shape.All, labels);
        output.Complete();
    }

    private JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(At(name)))!;

    private string At(string name) => _folder.File(name);
}
