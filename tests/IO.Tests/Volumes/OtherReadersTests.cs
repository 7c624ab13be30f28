using Cellpose3D.Core2D;
using Cellpose3D.IO.Numpy;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Tests.Volumes;

/// <summary>Voxels, axes and micrometres of what is written here as Debian's readers see them, and of what they write as seen here.</summary>
public sealed class OtherReadersTests : IDisposable
{
    // voxel i of component c is (7 i + 31 c) mod the modulus, everywhere here and in the scripts
    private static readonly (string Name, string Axes, int[] Shape, PixelType Type, int Modulus, bool IsLabels)[] Kinds =
    [
        ("bytes", "ZYX", [5, 18, 22], PixelType.UInt8, 251, false),
        ("channels", "CZYX", [2, 5, 9, 11], PixelType.UInt16, 65_521, false),
        ("movie", "TZYX", [3, 4, 9, 11], PixelType.UInt16, 65_521, false),
        ("floats", "TCZYX", [2, 3, 4, 9, 11], PixelType.Float32, 100_003, false),
        ("short_labels", "ZYX", [5, 18, 22], PixelType.UInt16, 997, true),
        ("long_labels", "ZYX", [5, 180, 122], PixelType.UInt32, 100_003, true),
        ("label_movie", "TZYX", [3, 4, 9, 11], PixelType.UInt32, 100_003, true),
    ];

    // what the scripts compare with: kinds, and an array by its name with T, C, Z, Y, X in this order
    private const string Script = """
        kinds = {'bytes': ('ZYX', (5, 18, 22), 'u1', 251), 'channels': ('CZYX', (2, 5, 9, 11), 'u2', 65521), 'movie': ('TZYX', (3, 4, 9, 11), 'u2', 65521),
                 'floats': ('TCZYX', (2, 3, 4, 9, 11), 'f4', 100003), 'short_labels': ('ZYX', (5, 18, 22), 'u2', 997),
                 'long_labels': ('ZYX', (5, 180, 122), 'u4', 100003), 'label_movie': ('TZYX', (3, 4, 9, 11), 'u4', 100003)}
        def full(array, axes):
            order = [axes.index(a) for a in 'TCZYX' if a in axes]
            return array.transpose(order).reshape([array.shape[axes.index(a)] if a in axes else 1 for a in 'TCZYX'])
        def truth(name):
            axes, shape, dtype, modulus = kinds[name]
            shape = [shape[axes.index(a)] if a in axes else 1 for a in 'TCZYX']
            voxel = np.arange(np.prod(shape[2:], dtype='i8')).reshape(shape[2:])
            component = np.arange(shape[0] * shape[1]).reshape(shape[0], shape[1], 1, 1, 1)
            return ((7 * voxel + 31 * component) % modulus).astype(dtype)
        def check(name, array, axes, dtype=None):
            want = truth(name)
            got = full(array, axes.upper())
            assert got.dtype.newbyteorder('<') == np.dtype(dtype or kinds[name][2]).newbyteorder('<'), (name, got.dtype)
            assert got.shape == want.shape and (got == want).all(), name
            assert [a for a in axes.upper() if array.shape[axes.upper().index(a)] > 1] == list(kinds[name][0]) or sorted(axes.upper()) == sorted(kinds[name][0]), (name, axes)
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tif")]
    [InlineData("ome.tif")]
    public void Write_Tiff_IsWhatTifffileReads(string extension)
    {
        foreach (VolumeCompression compression in (VolumeCompression[])[VolumeCompression.Default, VolumeCompression.None])
            WriteAll(extension, new VolumeWriteOptions { Compression = compression }, compression.ToString());

        DebianPython.Run(["tifffile"], _folder.Path, Script + $$"""

            import re, tifffile
            for name in kinds:
                for packed in ['Default', 'None']:
                    with tifffile.TiffFile(f'{folder}/{name}_{packed}.{{extension}}') as t:
                        s = t.series[0]
                        check(name, s.asarray(), s.axes)
                        assert (t.pages[0].compression == 1) == (packed == 'None')
                        assert t.is_ome or '{{extension}}' == 'tif'
                        if t.is_ome:
                            size = [float(re.search(f'PhysicalSize{a}="([^"]*)"', t.ome_metadata)[1]) for a in 'ZYX']
                            units = re.findall('PhysicalSize[XYZ]Unit="([^"]*)"', t.ome_metadata)
                            assert set(units) <= {'µm', '&#181;m', '&#xB5;m'}, units
                        else:
                            x, y = (t.pages[0].tags[k].value for k in ('XResolution', 'YResolution'))
                            size = [t.imagej_metadata['spacing'], y[1] / y[0], x[1] / x[0]]
                            assert t.imagej_metadata['unit'] in ('micron', 'um', '\\u00B5m')
                        assert np.allclose(size, [2, 0.5, 0.25], rtol=1e-6), size
            """);
    }

    [Fact]
    public void Write_Hdf5_IsWhatH5pyAndH5dumpRead()
    {
        foreach (VolumeCompression compression in (VolumeCompression[])[VolumeCompression.Default, VolumeCompression.Gzip, VolumeCompression.None])
            WriteAll("h5", new VolumeWriteOptions { Compression = compression, Chunk = new VolumeShape(3, 8, 16) }, compression.ToString());

        DebianPython.Run(["h5py"], _folder.Path, Script + """

            import h5py, json
            for name in kinds:
                for packed in ['Default', 'Gzip', 'None']:
                    with h5py.File(f'{folder}/{name}_{packed}.h5') as f:
                        d = f['label' if 'label' in name else 'raw']
                        axes = ''.join(a['key'] for a in json.loads(d.attrs['axistags'])['axes'])
                        check(name, d[:], axes)
                        assert axes.upper() == kinds[name][0]
                        assert d.attrs['element_size_um'].tolist() == [2, 0.5, 0.25]
                        assert (d.compression is None) == (packed == 'None') and d.chunks[-1] <= 16
            """);
        string dump = DebianPython.RunProgram("/usr/bin/h5dump", "hdf5-tools", "-d", "/raw", "-s", "1,1,2,3", "-c", "1,1,1,4", _folder.File("channels_Gzip.h5"));
        Assert.Contains("( 2, 5, 9, 11 )", dump);
        long first = (1 * 9 + 2) * 11 + 3;                               // in the second channel
        Assert.Contains(string.Join(", ", Enumerable.Range(0, 4).Select(n => TestVolumes.Value(first + n, 1, 65_521))), dump);
        string attribute = DebianPython.RunProgram("/usr/bin/h5dump", "hdf5-tools", "-a", "/label/element_size_um", _folder.File("long_labels_None.h5"));
        Assert.Contains("2, 0.5, 0.25", attribute);
    }

    [Fact]
    public void Write_OmeZarr04_IsWhatPythonZarrReads()
    {
        VolumeCompression[] all = [VolumeCompression.Default, VolumeCompression.Zstd, VolumeCompression.Gzip, VolumeCompression.None];
        foreach (VolumeCompression compression in all)
            WriteAll("zarr", new VolumeWriteOptions { Compression = compression, Chunk = new VolumeShape(3, 8, 16), Levels = 2 }, compression.ToString());

        DebianPython.Run(["zarr", "numcodecs"], _folder.Path, Script + """

            import zarr
            for name in kinds:
                for packed in ['Default', 'Zstd', 'Gzip', 'None']:
                    g = zarr.open_group(f'{folder}/{name}_{packed}.zarr', mode='r')
                    image = g.attrs['multiscales'][0]
                    axes = ''.join(a['name'] for a in image['axes'])
                    # labels are of 32 bits in Zarr unless their source is of fewer
                    check(name, g['0'][:], axes)
                    assert axes.upper() == kinds[name][0] and image['version'] == '0.4'
                    scale = image['datasets'][0]['coordinateTransformations'][0]['scale']
                    assert scale[-3:] == [2, 0.5, 0.25] and [a['unit'] for a in image['axes'][-3:]] == ['micrometer'] * 3
                    assert ('T' not in kinds[name][0]) or (scale[0] == 30 and image['axes'][0]['unit'] == 'second')
                    assert ('image-label' in g.attrs) == ('label' in name)
                    assert (g['0'].compressor is None) == (packed == 'None')
            """);
    }

    [Fact]
    public void Write_OmeZarr05_IsWhatItsSpecificationSays()
    {
        // Debian has no reader of Zarr 3: chunks are decoded by numcodecs and put together by hand
        VolumeCompression[] all = [VolumeCompression.Default, VolumeCompression.Gzip, VolumeCompression.None];
        foreach (VolumeCompression compression in all)
            WriteAll("zarr", new VolumeWriteOptions { Compression = compression, Chunk = new VolumeShape(3, 8, 16), Levels = 1, ZarrVersion = OmeZarrVersion.V05 }, compression.ToString());

        DebianPython.Run(["numcodecs"], _folder.Path, Script + """

            import json, os, numcodecs
            for name in kinds:
                for packed in ['Default', 'Gzip', 'None']:
                    root = f'{folder}/{name}_{packed}.zarr'
                    ome = json.load(open(f'{root}/zarr.json'))['attributes']['ome']
                    image = ome['multiscales'][0]
                    axes = ''.join(a['name'] for a in image['axes'])
                    array = json.load(open(f'{root}/0/zarr.json'))
                    assert ome['version'] == '0.5' and array['dimension_names'] == list(axes) and ('image-label' in ome) == ('label' in name)
                    assert image['datasets'][0]['coordinateTransformations'][0]['scale'][-3:] == [2, 0.5, 0.25]
                    codecs = [c['name'] for c in array['codecs']]
                    assert codecs == ['bytes'] + {'Default': ['zstd'], 'Gzip': ['gzip'], 'None': []}[packed], codecs
                    decode = {'Default': numcodecs.Zstd().decode, 'Gzip': numcodecs.GZip().decode, 'None': bytes}[packed]
                    shape, chunk = array['shape'], array['chunk_grid']['configuration']['chunk_shape']
                    counts = [-(-s // c) for s, c in zip(shape, chunk)]
                    whole = np.zeros([n * c for n, c in zip(counts, chunk)], np.dtype(array['data_type']))
                    for i in np.ndindex(*counts):
                        path = f'{root}/0/c/' + '/'.join(map(str, i))
                        if os.path.exists(path):
                            plain = np.frombuffer(decode(open(path, 'rb').read()), whole.dtype).reshape(chunk)
                            whole[tuple(slice(n * c, (n + 1) * c) for n, c in zip(i, chunk))] = plain
                    check(name, whole[tuple(slice(0, s) for s in shape)], axes)
            """);
    }

    [Fact]
    public void Open_EveryTiffOfTifffile_ReadsWhatItWrote()
    {
        DebianPython.Run(["tifffile"], _folder.Path, """
            import tifffile
            rng = np.random.default_rng(8)
            n = 0
            def put(axes, shape, dtype, **kw):
                global n
                values = rng.integers(0, 200, shape) * (1 if np.dtype(dtype).itemsize == 1 else 300)
                values = (values / 8 - 40 if np.dtype(dtype).kind == 'f' else values).astype(dtype)
                name = f'{folder}/{n:02d}' + ('.ome.tif' if kw.pop('ome', False) else '.tif')
                tifffile.imwrite(name, values, **kw)
                order = [axes.index(a) for a in 'TCZYX' if a in axes]
                np.save(f'{folder}/{n:02d}.npy', np.ascontiguousarray(values.transpose(order)).astype(np.dtype(dtype).newbyteorder('<')))
                n += 1
            um = dict(PhysicalSizeX=0.25, PhysicalSizeXUnit='µm', PhysicalSizeY=0.5, PhysicalSizeYUnit='µm', PhysicalSizeZ=2, PhysicalSizeZUnit='µm')
            for order in '<>':
                for dtype in ['u1', 'u2', 'f4']:                        # ImageJ hyperstacks
                    put('TZCYX', (2, 3, 2, 17, 19), dtype, imagej=True, byteorder=order, resolution=(1 / 0.25, 1 / 0.5), metadata={'spacing': 2, 'unit': 'um', 'axes': 'TZCYX'})
                    put('ZYX', (4, 17, 19), dtype, imagej=True, byteorder=order, resolution=(1 / 0.25, 1 / 0.5), metadata={'spacing': 2, 'unit': 'um', 'axes': 'ZYX'})
                for dtype in ['u1', 'i2', 'u4', 'f8']:                  # OME-TIFF
                    for axes, shape in [('TCZYX', (2, 2, 3, 17, 19)), ('ZCYX', (3, 2, 17, 19)), ('ZYX', (5, 17, 19))]:
                        put(axes, shape, dtype, ome=True, byteorder=order, metadata={'axes': axes, **um})
                put('CZYX', (2, 3, 64, 80), 'u2', ome=True, byteorder=order, tile=(32, 48), compression='zlib', metadata={'axes': 'CZYX', **um})
                put('ZYX', (3, 64, 80), 'f4', ome=True, byteorder=order, bigtiff=True, rowsperstrip=7, compression='zlib', metadata={'axes': 'ZYX', **um})
            """);
        string[] files = [.. Directory.GetFiles(_folder.Path, "*.tif")];
        Assert.Equal(40, files.Length);

        foreach (string file in files)
        {
            using FileStream stream = File.OpenRead(Path.Combine(_folder.Path, Path.GetFileName(file)[..2] + ".npy"));
            NdArray<float> truth = NpyFile.Read<float>(stream, file);
            using VolumeReader volume = VolumeFile.Open(file);
            ImageInfo info = volume.Description.Image;
            Assert.True(truth.Data.AsSpan().SequenceEqual(TestVolumes.All(volume)), $"{file}: {info.Axes}, {info.PixelType}, {info.Compression}");
            Assert.Equal(truth.Shape, info.CanonicalAxes.Select(info.Length));
            Assert.True(Math.Abs(volume.SpacingUm.Z!.Value - 2) < 1e-6 && Math.Abs(volume.SpacingUm.Y!.Value - 0.5) < 1e-6 && Math.Abs(volume.SpacingUm.X!.Value - 0.25) < 1e-6, $"{file}: {volume.SpacingUm}");
        }
    }

    private void WriteAll(string extension, VolumeWriteOptions options, string ending)
    {
        foreach ((string name, string axes, int[] shape, PixelType type, int modulus, bool isLabels) in Kinds)
        {
            string source = _folder.File($"source_{name}.tif"), path = _folder.File($"{name}_{ending}.{extension}");
            int size = shape[^1] * shape[^2] * shape[^3], components = shape[..^3].Aggregate(1, (n, l) => n * l);
            int[] values = [.. Enumerable.Range(0, components).SelectMany(c => TestVolumes.Labels(new VolumeShape(shape[^3], shape[^2], shape[^1]), c, modulus))];
            Assert.Equal(size * components, values.Length);
            var um = new TiffWriterOptions { VoxelSizeUm = new VoxelSize(2, 0.5, 0.25), FrameIntervalS = axes[0] == 'T' ? 30 : null };
            if (isLabels)
                TiffWriter.WriteLabels(source, new NdArray<int>(values, shape), axes, um);
            else
                TiffWriter.WriteFloats(source, new NdArray<float>(Array.ConvertAll(values, v => (float)v), shape), axes, um);
            using VolumeReader reader = VolumeFile.Open(source);
            VolumeConverter.Run(reader, path, new VolumeConvertOptions { IsLabels = isLabels, Write = options with { Type = type } });
        }
    }
}
