using System.Text.Json;
using System.Text.Json.Nodes;
using Cellpose3D.IO.Geff;
using Cellpose3D.IO.Tests.Volumes;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.IO.Tests.Tracks;

public sealed class GeffFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, 2, 0)]
    [InlineData(true, 2, 3)]
    [InlineData(false, 3, 1)]
    [InlineData(true, 3, 0)]
    public void Read_WrittenMovie_IsTheSame(bool isVolume, int zarrFormat, int emptyAtEnd)
    {
        TrackedMovie movie = SampleMovie.Random(isVolume, seed: 2, emptyAtEnd);
        Link some = movie.Solution.Links.Last();
        movie.Solution.Pin(new LinkPin(some.Source - 1, some.Target, Accept: false));

        GeffFile.Write(_folder.File("a.geff"), movie, new GeffWriteOptions { ZarrFormat = zarrFormat });
        TrackedMovie read = GeffFile.Read(_folder.File("a.geff"));

        SampleMovie.AssertSame(movie, read);
        Assert.Equal((movie.Spacing, movie.FrameSeconds, movie.ImageName, movie.FrameCount), (read.Spacing, read.FrameSeconds, read.ImageName, read.FrameCount));
        Assert.Equal(movie.Shape, read.Shape);
        Assert.Equal(movie.Solution.Pins, read.Solution.Pins);
        Assert.Equal(["a.geff"], _folder.Names);
    }

    [Fact]
    public void Write_MiniReference_HasTheExpectedArrays()
    {
        JsonElement expected = JsonDocument.Parse(File.ReadAllText(Golden.Tracking("mini_ctc", "Mini-2D", "expected_geff_arrays.json"))).RootElement;
        string path = _folder.File("mini.geff");

        GeffFile.Write(path, SampleMovie.Mini("Mini-2D"), new GeffWriteOptions { SplitAtGaps = true });

        JsonElement nodes = expected.GetProperty("nodes");
        int compared = 0;
        foreach (JsonProperty property in nodes.EnumerateObject())
        {
            double[] values = ZarrColumns.Numbers(property.Name == "ids" ? Path.Combine(path, "nodes", "ids") : Path.Combine(path, "nodes", "props", property.Name, "values"));
            Assert.Equal(property.Value.EnumerateArray().Select(v => v.GetDouble()), values);
            compared++;
        }
        Assert.Equal(8, compared);
        long[] edges = ZarrColumns.Integers(Path.Combine(path, "edges", "ids"), columns: 2);
        Assert.Equal(expected.GetProperty("edges").GetProperty("ids").EnumerateArray().SelectMany(e => e.EnumerateArray().Select(v => v.GetInt64())), edges);
        JsonObject geff = Attributes(path);
        Assert.Equal(expected.GetProperty("axes").EnumerateArray().Select(a => a.GetString()), geff["axes"]!.AsArray().Select(a => a!["name"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_Axes_AlwaysHaveTypeUnitRangeAndScale(bool hasCells)
    {
        TrackedMovie movie = hasCells ? SampleMovie.Random(isVolume: true) : SampleMovie.Empty(3);

        GeffFile.Write(_folder.File("a.geff"), movie);

        foreach (JsonNode? axis in Attributes(_folder.File("a.geff"))["axes"]!.AsArray())
        {
            Assert.Equal(["max", "min", "name", "scale", "scaled_unit", "type", "unit"], axis!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
            Assert.All(axis.AsObject(), p => Assert.NotNull(p.Value));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Write_Metadata_FitTheSchema(int zarrFormat)
    {
        using (Stream schema = Golden.OpenTracking("formats", "geff-schema.json"))
        using (FileStream copy = File.Create(_folder.File("schema.json")))
            schema.CopyTo(copy);
        TrackedMovie volume = SampleMovie.Random(isVolume: true);
        GeffFile.Write(_folder.File("a.geff"), volume, new GeffWriteOptions
        {
            ZarrFormat = zarrFormat,
            RelatedObjects = [new("labels", "../masks.zarr", "seg_id"), new("labels", "../tracks.zarr", "track_id"), new("image", "../image.zarr")],
        });
        GeffFile.Write(_folder.File("b.geff"), SampleMovie.Empty(2), new GeffWriteOptions { ZarrFormat = zarrFormat });

        DebianPython.Run(["jsonschema"], _folder.Path, """
            import json, os, jsonschema
            schema = json.load(open(folder + '/schema.json'))
            for name in ('a.geff', 'b.geff'):
                path = folder + '/' + name
                attributes = json.load(open(path + '/.zattrs')) if os.path.exists(path + '/.zattrs') else json.load(open(path + '/zarr.json'))['attributes']
                jsonschema.validate(attributes, schema)
                for damage in ('directed', 'geff_version', 'node_props_metadata'):
                    less = json.loads(json.dumps(attributes))
                    del less['geff'][damage]
                    try:
                        jsonschema.validate(less, schema)
                    except jsonschema.ValidationError:
                        continue
                    raise AssertionError('the schema accepts a graph without ' + damage)
            """);
    }

    [Fact]
    public void Write_Zarr2_ReadsInPython()
    {
        TrackedMovie movie = SampleMovie.Random(isVolume: true);
        GeffFile.Write(_folder.File("a.geff"), movie);
        TrackSet tracks = movie.Tracks();
        string ids = string.Join(',', Enumerable.Range(0, movie.Solution.Detections.Count).Select(c => tracks.TrackOf(c).Id));
        int missing = movie.Solution.Detections.All.ToArray().Count(c => float.IsNaN(c.Intensity));

        DebianPython.Run(["numpy", "zarr"], _folder.Path, $$"""
            import zarr
            g = zarr.open_group(folder + '/a.geff', 'r')
            n = {{movie.Solution.Detections.Count}}
            assert g['nodes/ids'][:].tolist() == list(range(n)) and g['nodes/ids'].dtype == np.uint64
            assert g['nodes/props/track_id/values'][:].tolist() == [{{ids}}]
            meta = g.attrs['geff']
            for owner in ('node', 'edge'):
                props = g[owner + 's/props']
                assert sorted(props.group_keys()) == sorted(meta[owner + '_props_metadata'])
                for name, m in meta[owner + '_props_metadata'].items():
                    values = props[name]['values']
                    assert values.shape == (n if owner == 'node' else {{movie.Solution.LinkCount}},), name
                    assert values.dtype == np.dtype(m['dtype']) and m['identifier'] == name
            missing = g['nodes/props/intensity/missing'][:]
            assert missing.dtype == bool and missing.sum() == {{missing}}
            e = g['edges/ids'][:]
            assert e.shape == ({{movie.Solution.LinkCount}}, 2) and len(set(e[:, 1].tolist())) == len(e)
            t = g['nodes/props/t/values'][:]
            assert (t[e[:, 1].astype(int)] - t[e[:, 0].astype(int)] == g['edges/props/dt/values'][:]).all()
            for axis in meta['axes']:
                v = g['nodes/props/' + axis['name'] + '/values'][:]
                assert v.min() == axis['min'] and v.max() == axis['max']
            """);
    }

    [Fact]
    public void Read_FileOfAnotherProgram_TakesItsUnitsAndCountsTracksFromOne()
    {
        string path = Foreign();

        TrackedMovie movie = GeffFile.Read(path);

        Assert.Equal([(0, 7, 2.0, 3.0), (1, 4, 4.0, 3.5), (1, 9, 6.0, 4.0)], movie.Solution.Detections.All.ToArray().Select(c => (c.Frame, c.Label, c.Centroid.Y, c.Centroid.X)));
        Assert.Equal([(0, 1), (0, 2)], movie.Solution.Links.Select(l => (l.Source, l.Target)));
        Assert.Equal([new TrackRow(1, 0, 0, 0), new TrackRow(2, 1, 1, 1), new TrackRow(3, 1, 1, 1)], movie.Tracks().Rows());
        Assert.Equal(60, movie.FrameSeconds);
    }

    [Fact]
    public void Read_TwoParents_NamesTheCell()
    {
        string path = Foreign();
        ZarrColumns.Write(Path.Combine(path, "edges", "ids"), OmeZarrVersion.V04, new ulong[] { 10, 11, 10, 12, 11, 12 }, columns: 2);
        ZarrColumns.Write(Path.Combine(path, "nodes", "props", "frame", "values"), OmeZarrVersion.V04, new long[] { 0, 1, 2 });

        NotSupportedException error = Assert.Throws<NotSupportedException>(() => GeffFile.Read(path));

        Assert.Contains("cell 12 has two parents", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("directed", "no direction")]
    [InlineData("axes", "one axis of time")]
    [InlineData("edge", "cell 99, which is not there")]
    [InlineData("rows", "must have 3 values; it has 2")]
    [InlineData("frame", "must be 0 to")]
    [InlineData("twice", "cell 10 is listed twice")]
    [InlineData("backwards", "must lead to a later frame")]
    public void Read_Contradiction_SaysWhatIsWrong(string damage, string message)
    {
        string path = Foreign();
        JsonObject geff = Attributes(path);
        switch (damage)
        {
            case "directed": geff["directed"] = false; break;
            case "axes": geff["axes"]!.AsArray().RemoveAt(0); break;
            case "edge": ZarrColumns.Write(Path.Combine(path, "edges", "ids"), OmeZarrVersion.V04, new ulong[] { 10, 99 }, columns: 2); break;
            case "rows": ZarrColumns.Write(Path.Combine(path, "nodes", "props", "py", "values"), OmeZarrVersion.V04, new double[] { 1, 2 }); break;
            case "frame": ZarrColumns.Write(Path.Combine(path, "nodes", "props", "frame", "values"), OmeZarrVersion.V04, new long[] { 0, 1, -1 }); break;
            case "twice": ZarrColumns.Write(Path.Combine(path, "nodes", "ids"), OmeZarrVersion.V04, new ulong[] { 10, 10, 12 }); break;
            default: ZarrColumns.Write(Path.Combine(path, "edges", "ids"), OmeZarrVersion.V04, new ulong[] { 11, 10 }, columns: 2); break;
        }
        OmeZarrMetadata.WriteGroup(path, OmeZarrVersion.V04, new JsonObject { ["geff"] = geff.DeepClone() });

        Exception error = Assert.ThrowsAny<Exception>(() => GeffFile.Read(path));

        Assert.True(error is InvalidDataException or NotSupportedException, error.ToString());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyFileMissingOrCutOrChanged_ReadsOrSaysWhy()
    {
        string path = _folder.File("a.geff");
        GeffFile.Write(path, SampleMovie.Random(isVolume: true));
        var random = new Random(5);
        int refused = 0, tried = 0;
        foreach (string file in Directory.GetFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            byte[] bytes = File.ReadAllBytes(file);
            for (int kind = 0; kind < 4; kind++, tried++)
            {
                byte[] changed = [.. bytes];
                for (int n = 0; n < 3; n++)
                    changed[random.Next(changed.Length)] = (byte)random.Next(256);
                if (kind == 0)
                    File.Delete(file);
                else
                    File.WriteAllBytes(file, kind < 3 ? bytes[..(bytes.Length * kind / 3)] : changed);
                refused += SampleMovie.ReadsOrSaysWhy(() => GeffFile.Read(path), $"{Path.GetRelativePath(path, file)}, damage {kind}") ? 1 : 0;
            }
            File.WriteAllBytes(file, bytes);
        }
        Assert.InRange(refused, tried / 4, tried);                       // groups' own files and some properties may go unnoticed
    }

    [Fact]
    public void IsGeff_OtherFolders_AreNot()
    {
        Directory.CreateDirectory(_folder.File("empty"));

        Assert.False(GeffFile.IsGeff(_folder.File("empty")));
        Assert.False(GeffFile.IsGeff(_folder.File("none")));
        Assert.Throws<DirectoryNotFoundException>(() => GeffFile.Read(_folder.File("none")));
        Assert.Throws<InvalidDataException>(() => GeffFile.Read(_folder.File("empty")));
    }

    [Fact]
    public void Write_FolderOfOtherThings_IsRefused()
    {
        Directory.CreateDirectory(_folder.File("mine"));
        File.WriteAllText(Path.Combine(_folder.File("mine"), "notes.txt"), "dear");

        Assert.Throws<IOException>(() => GeffFile.Write(_folder.File("mine"), SampleMovie.Empty(1)));

        Assert.Equal(["mine"], _folder.Names);
    }

    /// <summary>Ids from 10, places in pixels of half a micrometre, tracks counted from 0, other names.</summary>
    private string Foreign()
    {
        string path = _folder.File("foreign.geff");
        foreach (string property in (string[])["frame", "py", "px", "mask", "tracklet"])
            Directory.CreateDirectory(Path.Combine(path, "nodes", "props", property));
        Node("frame", new long[] { 0, 1, 1 });
        Node("py", new double[] { 4, 8, 12 });
        Node("px", new float[] { 6, 7, 8 });
        Node("mask", new long[] { 7, 4, 9 });
        Node("tracklet", new long[] { 0, 1, 2 });
        ZarrColumns.Write(Path.Combine(path, "nodes", "ids"), OmeZarrVersion.V04, new ulong[] { 10, 11, 12 });
        ZarrColumns.Write(Path.Combine(path, "edges", "ids"), OmeZarrVersion.V04, new ulong[] { 10, 11, 10, 12 }, columns: 2);
        JsonNode geff = JsonNode.Parse("""
            {"geff": {"geff_version": "1.1", "directed": true,
              "axes": [{"name": "frame", "type": "time", "unit": "frame", "scale": 1, "scaled_unit": "minute"},
                       {"name": "py", "type": "space", "unit": "pixel", "scale": 0.5, "scaled_unit": "micrometer"},
                       {"name": "px", "type": "space", "unit": "pixel", "scale": 0.5, "scaled_unit": "micrometer"}],
              "node_props_metadata": {}, "edge_props_metadata": {}, "track_node_props": {"tracklet": "tracklet"},
              "related_objects": [{"type": "labels", "path": "../m", "label_prop": "mask"}]}}
            """)!;
        OmeZarrMetadata.WriteGroup(path, OmeZarrVersion.V04, geff.AsObject());
        return path;

        void Node<T>(string name, T[] values)
            where T : unmanaged => ZarrColumns.Write(Path.Combine(path, "nodes", "props", name, "values"), OmeZarrVersion.V04, values);
    }

    private static JsonObject Attributes(string path) => OmeMultiscales.Attributes(path)!["geff"]!.AsObject();
}
