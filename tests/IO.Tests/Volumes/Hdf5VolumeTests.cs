using Cellpose3D.Core2D;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Tests.Volumes;

/// <summary>HDF5 as others write it (h5py makes the files anew for each run), and ours as others read it.</summary>
public sealed class Hdf5VolumeTests : IDisposable
{
    private static readonly VolumeShape Shape = new(5, 18, 22);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_EveryTypeAndLayoutOfH5py_ReadsWhatItWrote()
    {
        DebianPython.Run(["h5py"], _folder.Path, """
            import h5py
            v = (3 * np.arange(5 * 18 * 22) % 251).reshape(5, 18, 22)
            with h5py.File(f'{folder}/a.h5', 'w') as f:
                for t in ['u1', '<u2', '>u2', '<i2', '>i4', '<u4', '<i8', '>u8', '<f2', '<f4', '>f4', '<f8']:
                    f.create_dataset(f'contiguous/{t[-2:]}{"b" if t[0] == ">" else ""}', data=v.astype(t))
                f.create_dataset('chunked/plain', data=v.astype('<u2'), chunks=(2, 8, 8))
                f.create_dataset('chunked/gzip', data=v.astype('<u2'), chunks=(2, 8, 8), compression='gzip', compression_opts=6)
                f.create_dataset('chunked/shuffled', data=v.astype('<f4'), chunks=(2, 8, 8), compression='gzip', shuffle=True, fletcher32=True)
                f.create_dataset('chunked/lzf', data=v.astype('<u2'), chunks=(2, 8, 8), compression='lzf')
                f.create_dataset('chunked/lzf_shuffled', data=v.astype('>f4'), chunks=(5, 18, 22), compression='lzf', shuffle=True)
                f.create_dataset('chunked/growing', data=v.astype('<u2'), chunks=(2, 8, 8), maxshape=(None, None, None))
            with h5py.File(f'{folder}/new.h5', 'w', libver='latest') as f:
                f.create_dataset('chunked/gzip', data=v.astype('<u2'), chunks=(2, 8, 8), compression='gzip')
                f.create_dataset('chunked/growing', data=v.astype('<u2'), chunks=(2, 8, 8), maxshape=(None, 18, 22))
                f.create_dataset('chunked/growing2', data=v.astype('<u2'), chunks=(2, 8, 8), maxshape=(None, None, 22), compression='gzip')
                f.create_dataset('one', data=v.astype('<u2'), chunks=(5, 18, 22))
            """);
        float[] expected = [.. Enumerable.Range(0, (int)Shape.Count).Select(i => (float)(3 * i % 251))];

        foreach (string file in (string[])["a.h5", "new.h5"])
        {
            string path = _folder.File(file);
            var e = Assert.Throws<InvalidDataException>(() => VolumeFile.Open(path));
            Assert.Contains("name one: '", e.Message);
            using VolumeReader any = VolumeFile.Open($"{path}:/chunked/gzip");
            Assert.True(any.Description.Datasets.Count >= 4);
            foreach (VolumeDataset dataset in any.Description.Datasets)
            {
                using VolumeReader volume = VolumeFile.Open($"{path}:{dataset.Path}");
                Assert.True(expected.SequenceEqual(TestVolumes.All(volume)), $"{file}:{dataset.Path} {dataset.Type}");
                TestVolumes.BoxesAreOfTheWhole(volume, 4);
                Assert.Equal(dataset.Path.StartsWith("/chunked", StringComparison.Ordinal) && !dataset.Path.EndsWith("lzf_shuffled", StringComparison.Ordinal)
                    ? new VolumeShape(2, 8, 8) : volume.Shape with { Z = dataset.Path is "/one" || dataset.Path.EndsWith("lzf_shuffled", StringComparison.Ordinal) ? 5 : 1 }, volume.Chunk);
            }
        }
    }

    [Fact]
    public void Open_NamesAndAttributes_AreThoseOfPlantSegAndIlastik()
    {
        DebianPython.Run(["h5py"], _folder.Path, """
            import h5py, json
            v = (3 * np.arange(5 * 18 * 22) % 251).reshape(5, 18, 22)
            with h5py.File(f'{folder}/plantseg.h5', 'w') as f:
                for name in ['raw', 'label']:
                    d = f.create_dataset(name, data=v.astype('<u2') + (name == 'label'), chunks=(2, 8, 8), compression='gzip')
                    d.attrs['element_size_um'] = [2, 0.5, 0.25]
            with h5py.File(f'{folder}/ilastik.h5', 'w') as f:
                d = f.create_dataset('exported_data', data=np.stack([v, v + 1], -1).astype('<f4'))
                d.attrs['axistags'] = json.dumps({'axes': [{'key': k, 'typeFlags': 2, 'resolution': 0, 'description': ''} for k in 'zyxc']})
            with h5py.File(f'{folder}/mask.h5', 'w') as f:
                f['masks'] = v > 100
                f['notes'] = 'text'
                f['table'] = np.zeros(3, [('a', 'f4'), ('b', 'i4')])
            with h5py.File(f'{folder}/none.h5', 'w') as f:
                f['notes'] = 'text'
                f['line'] = np.arange(5)
            """);

        using VolumeReader raw = VolumeFile.Open(_folder.File("plantseg.h5"));
        Assert.Equal(("raw", "HDF5", new VoxelSize(2, 0.5, 0.25), false), (raw.Description.Dataset, raw.Description.Image.Format, raw.SpacingUm, raw.Description.IsLabels));
        using VolumeReader label = VolumeFile.Open(_folder.File("plantseg.h5"), new VolumeOpenOptions { AsLabels = true });
        Assert.Equal(("label", true), (label.Description.Dataset, label.Description.IsLabels));
        Assert.Equal(Enumerable.Range(0, (int)Shape.Count).Select(i => (3 * i % 251) + 1), LabelReader.Read(_folder.File("plantseg.h5")).Data);
        Assert.Equal(label.SpacingUm, ImageReader.Inspect($"{_folder.File("plantseg.h5")}:/label").VoxelSizeUm);

        using VolumeReader channels = VolumeFile.Open(_folder.File("ilastik.h5"));
        Assert.Equal(("ZYXC", "axistags", 2), (channels.Description.Image.Axes, channels.Description.Image.AxesSource, channels.Channels));
        float[] expected = [.. Enumerable.Range(0, (int)Shape.Count).Select(i => (float)(3 * i % 251))];
        Assert.Equal(expected.Concat(expected.Select(e => e + 1)), TestVolumes.All(channels));
        TestVolumes.BoxesAreOfTheWhole(channels, 2);
        using VolumeReader turned = VolumeFile.Open(_folder.File("ilastik.h5"), new VolumeOpenOptions { Axes = "XYZC" });
        Assert.Equal(new VolumeShape(22, 18, 5), turned.Shape);
        float[] one = new float[1];
        turned.Read(1, new VolumeBox(21, 17, 3, 1, 1, 1), one);
        Assert.Equal(expected[(((3 * 18) + 17) * 22) + 21] + 1, one[0]);

        using VolumeReader mask = VolumeFile.Open(_folder.File("mask.h5"), new VolumeOpenOptions { AsLabels = true });
        Assert.Equal(expected.Select(e => e > 100 ? 1 : 0), TestVolumes.AllLabels(mask));
        Assert.Contains("must hold an array of 2 to 5 axes", Assert.Throws<InvalidDataException>(() => VolumeFile.Open(_folder.File("none.h5"))).Message);
        Assert.Contains("has no array 'x'; it has /masks", Assert.Throws<InvalidDataException>(() => VolumeFile.Open($"{_folder.File("mask.h5")}:/x")).Message);
        Assert.Contains("leave the level out", Assert.Throws<ArgumentException>(() => VolumeFile.Open(_folder.File("mask.h5"), new VolumeOpenOptions { Level = 1 })).Message);
    }

    [Fact]
    public void Open_Imaris_KnowsChannelsTimesLevelsAndExtents()
    {
        DebianPython.Run(["h5py"], _folder.Path, """
            import h5py
            def text(o, **kw):
                for k, s in kw.items():
                    o.attrs[k] = np.array(list(str(s)), 'S1')
            v = np.arange(2 * 2 * 3 * 8 * 10, dtype='u2').reshape(2, 2, 3, 8, 10)
            with h5py.File(f'{folder}/a.ims', 'w') as f:
                image = f.create_group('DataSetInfo/Image')
                text(image, X=10, Y=8, Z=3, Unit='um', ExtMin0=-1.5, ExtMin1=0, ExtMin2=1, ExtMax0=1, ExtMax1='4.000', ExtMax2=7)
                for c, n in enumerate(['DAPI', 'membrane']):
                    text(f.create_group(f'DataSetInfo/Channel {c}'), Name=n)
                for level, s in [(0, 1), (1, 2)]:
                    for t in range(2):
                        for c in range(2):
                            part = v[t, c, :, ::s, ::s]
                            g = f.create_group(f'DataSet/ResolutionLevel {level}/TimePoint {t}/Channel {c}')
                            text(g, ImageSizeX=part.shape[2], ImageSizeY=part.shape[1], ImageSizeZ=part.shape[0])
                            padded = np.zeros((4, 16, 16), 'u2')
                            padded[:3, :part.shape[1], :part.shape[2]] = part
                            g.create_dataset('Data', data=padded, chunks=(2, 8, 8), compression='gzip', compression_opts=2)
            """);
        string path = _folder.File("a.ims");

        using VolumeReader volume = VolumeFile.Open(path);
        VolumeDescription d = volume.Description;
        Assert.Equal(("Imaris", "TCZYX", PixelType.UInt16), (d.Image.Format, d.Image.Axes, d.Image.PixelType));
        Assert.Equal([2, 2, 3, 8, 10], d.Image.Shape);
        Assert.Equal(["DAPI", "membrane"], d.Image.ChannelNames);
        Assert.Equal(new VoxelSize(2, 0.5, 0.25), volume.SpacingUm);
        Assert.Equal(2, d.Levels.Count);
        Assert.Equal(new VoxelSize(2, 1, 0.5), d.Levels[1].VoxelSizeUm);
        Assert.Equal(Enumerable.Range(0, 960).Select(i => (float)i), TestVolumes.All(volume));
        TestVolumes.BoxesAreOfTheWhole(volume, 3);
        Assert.Equal([2, 2, 3, 8, 10], ImageReader.Read(path).Pixels.Shape);
        using VolumeReader coarse = VolumeFile.Open(path, new VolumeOpenOptions { Level = 1, Time = 1 });
        Assert.Equal(new VolumeShape(3, 4, 5), coarse.Shape);
        float[] one = new float[1];
        coarse.Read(1, new VolumeBox(2, 3, 4, 1, 1, 1), one);
        Assert.Equal(948, one[0]);
        using VolumeReader array = VolumeFile.Open($"{path}:/DataSet/ResolutionLevel 0/TimePoint 0/Channel 1/Data");
        Assert.Equal(new VolumeShape(4, 16, 16), array.Shape);
        Assert.Contains("level must be 0 to 1", Assert.Throws<ArgumentException>(() => VolumeFile.Open(path, new VolumeOpenOptions { Level = 2 })).Message);
    }

    [Fact]
    public void Open_BigDataViewer_KnowsSetupsTimesLevelsAndXml()
    {
        DebianPython.Run(["h5py"], _folder.Path, """
            import h5py
            v = (np.arange(2 * 2 * 3 * 8 * 10) * 60 + 1000).astype('u2').reshape(2, 2, 3, 8, 10)
            with h5py.File(f'{folder}/a.h5', 'w') as f:
                for s in range(2):
                    f[f's{s:02d}/resolutions'] = np.array([[1, 1, 1], [2, 2, 1]], 'f8')
                    f[f's{s:02d}/subdivisions'] = np.array([[4, 4, 2]] * 2, 'i4')
                    for t in range(2):
                        for level, step in [(0, 1), (1, 2)]:
                            f.create_dataset(f't{t:05d}/s{s:02d}/{level}/cells', data=v[t, s, :, ::step, ::step].view('i2') if step == 1 else np.ascontiguousarray(v[t, s, :, ::step, ::step]).view('i2'), chunks=(2, 4, 4), compression='gzip')
            open(f'{folder}/a.xml', 'w').write('''<SpimData><SequenceDescription><ViewSetups>
              <ViewSetup><id>0</id><size>10 8 3</size><voxelSize><unit>micrometer</unit><size>0.25 0.5 2.0</size></voxelSize></ViewSetup>
              <ViewSetup><id>1</id></ViewSetup></ViewSetups></SequenceDescription></SpimData>''')
            """);
        string path = _folder.File("a.h5");

        using (VolumeReader volume = VolumeFile.Open(path))
        {
            Assert.Equal(("BigDataViewer HDF5", "TCZYX", PixelType.UInt16), (volume.Description.Image.Format, volume.Description.Image.Axes, volume.Description.Image.PixelType));
            Assert.Equal((new VoxelSize(2, 0.5, 0.25), new VolumeShape(2, 4, 4)), (volume.SpacingUm, volume.Chunk));
            Assert.Equal(Enumerable.Range(0, 960).Select(i => (float)((i * 60) + 1000)), TestVolumes.All(volume));
            TestVolumes.BoxesAreOfTheWhole(volume, 8);
            Assert.Equal([new VoxelSize(2, 0.5, 0.25), new VoxelSize(2, 1, 0.5)], volume.Description.Levels.Select(l => l.VoxelSizeUm));
        }
        File.Delete(_folder.File("a.xml"));
        using VolumeReader alone = VolumeFile.Open(path, new VolumeOpenOptions { Level = 1 });
        Assert.Equal((default, new VolumeShape(3, 4, 5)), (alone.SpacingUm, alone.Shape));
        File.WriteAllText(_folder.File("a.xml"), "<SpimData><Seq");
        Assert.Contains("a.xml', which gives the voxel size", Assert.Throws<InvalidDataException>(() => VolumeFile.Open(path)).Message);
    }

    [Fact]
    public void WriteLabels_IsReadByH5pyAndH5dump()
    {
        var shape = new VolumeShape(7, 30, 41);
        foreach ((string name, int modulus, VolumeCompression compression) in ((string, int, VolumeCompression)[])[("small", 65_536, VolumeCompression.Gzip), ("large", 65_537, VolumeCompression.Default), ("plain", 100, VolumeCompression.None)])
        {
            using IVolumeOutput<int> output = VolumeFile.CreateLabels(_folder.File($"{name}.h5"), shape, new VolumeWriteOptions
            {
                VoxelSizeUm = new VoxelSize(2, 0.5, 0.25), Chunk = new VolumeShape(3, 16, 16), Compression = compression,
            });
            output.Write(0, shape.All, [.. Enumerable.Range(0, (int)shape.Count).Select(i => (i * 11) % modulus)]);
            output.Complete();
        }

        DebianPython.Run(["h5py"], _folder.Path, """
            import h5py, json
            for name, modulus, dtype in [('small', 65536, 'u2'), ('large', 65537, 'u4'), ('plain', 100, 'u2')]:
                with h5py.File(f'{folder}/{name}.h5') as f:
                    d = f['label']
                    assert list(f) == ['label'] and d.dtype == np.dtype('<' + dtype) and d.chunks == (3, 16, 16), (d, d.chunks)
                    assert (d[:].ravel() == np.arange(7 * 30 * 41) * 11 % modulus).all()
                    assert d.attrs['element_size_um'].tolist() == [2, 0.5, 0.25]
                    assert [a['key'] for a in json.loads(d.attrs['axistags'])['axes']] == ['z', 'y', 'x']
                    assert (d.compression == 'gzip') == (name != 'plain')
            """);
        string dump = DebianPython.RunProgram("/usr/bin/h5dump", "hdf5-tools", "-H", "-p", _folder.File("large.h5"));
        Assert.Contains("DATASET \"label\"", dump);
        Assert.Contains("( 7, 30, 41 )", dump);
        Assert.Contains("COMPRESSION DEFLATE", dump);
        Assert.Equal(["large.h5", "plain.h5", "small.h5"], _folder.Names);
    }

    [Fact]
    public void Read_FileCutShort_SaysSo()
    {
        var shape = new VolumeShape(4, 64, 64);
        using (IVolumeOutput<int> output = VolumeFile.CreateLabels(_folder.File("a.h5"), shape, new VolumeWriteOptions { Chunk = new VolumeShape(1, 64, 64), Compression = VolumeCompression.None }))
        {
            output.Write(0, shape.All, [.. Enumerable.Range(0, (int)shape.Count)]);
            output.Complete();
        }
        byte[] bytes = File.ReadAllBytes(_folder.File("a.h5"));

        foreach (int kept in (int[])[12, 100, bytes.Length / 3, bytes.Length / 2])
        {
            File.WriteAllBytes(_folder.File("b.h5"), bytes[..kept]);
            var e = Assert.Throws<InvalidDataException>(() =>
            {
                using VolumeReader volume = VolumeFile.Open(_folder.File("b.h5"));
                TestVolumes.All(volume);
            });
            Assert.Contains("b.h5", e.Message);
        }
        File.WriteAllText(_folder.File("c.h5"), "no HDF5 at all");
        Assert.Contains("is not TIFF, HDF5", Assert.Throws<InvalidDataException>(() => VolumeFile.Open(_folder.File("c.h5"))).Message);
    }

    [Fact]
    public void Read_DeflateDamaged_NamesTheArray()
    {
        var shape = new VolumeShape(2, 64, 64);
        using (IVolumeOutput<int> output = VolumeFile.CreateLabels(_folder.File("a.h5"), shape))
        {
            output.Write(0, shape.All, [.. Enumerable.Range(0, (int)shape.Count).Select(i => i * 7919 % 65_536)]);
            output.Complete();
        }
        byte[] bytes = File.ReadAllBytes(_folder.File("a.h5"));
        int zlib = Enumerable.Range(0, bytes.Length - 1).First(i => bytes[i] == 0x78 && bytes[i + 1] is 0x01 or 0x5E or 0x9C && ((bytes[i] << 8) + bytes[i + 1]) % 31 == 0);
        bytes.AsSpan(zlib, 300).Fill(0xFF);
        File.WriteAllBytes(_folder.File("a.h5"), bytes);

        using VolumeReader volume = VolumeFile.Open(_folder.File("a.h5"));
        Assert.Contains("a.h5:/label", Assert.Throws<InvalidDataException>(() => TestVolumes.All(volume)).Message);
    }

    [Fact]
    public void Read_ManyThreads_GiveTheSame()
    {
        var shape = new VolumeShape(9, 40, 50);
        using (IVolumeOutput<int> output = VolumeFile.CreateLabels(_folder.File("a.h5"), shape, new VolumeWriteOptions { Chunk = new VolumeShape(4, 16, 16) }))
        {
            output.Write(0, shape.All, TestVolumes.Labels(shape, 0, 9973));
            output.Complete();
        }
        using VolumeReader volume = VolumeFile.Open(_folder.File("a.h5"));
        int[] all = TestVolumes.Labels(shape, 0, 9973);

        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 7 }, n =>
        {
            VolumeBox box = ChunkFolderStoreTests.RandomBox(new Random(n), shape);
            int[] part = new int[box.Count], expected = new int[box.Count];
            volume.ReadLabels(0, 0, box, part);
            Boxes.Copy<int>(all, shape.All, expected, box);
            Assert.Equal(expected, part);
        });
    }
}
