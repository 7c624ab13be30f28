using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;
using PureHDF;
using PureHDF.Filters;
using PureHDF.Selections;
using PureHDF.VOL.Native;

namespace Cellpose3D.IO.Hdf5;

/// <summary>Begins HDF5 files of one chunked array.</summary>
internal static class Hdf5Output
{
    public static IVolumeOutput<T> Create<T>(string path, VolumeShape shape, PixelType type, VolumeWriteOptions options, bool isLabels)
        where T : unmanaged
    {
        if (options.Compression == VolumeCompression.Zstd)
            throw new ArgumentException("zstd is written in OME-Zarr only; HDF5 takes gzip or none.", nameof(options));
        return type switch
        {
            PixelType.UInt8 => new Hdf5Output<T, byte>(path, shape, type, options, isLabels),
            PixelType.UInt16 => new Hdf5Output<T, ushort>(path, shape, type, options, isLabels),
            PixelType.UInt32 => new Hdf5Output<T, uint>(path, shape, type, options, isLabels),
            _ => new Hdf5Output<T, float>(path, shape, type, options, isLabels),
        };
    }
}

/// <summary>Writes an array chunk by chunk, each once, in any order; nothing can be read back.</summary>
/// <remarks>
/// PureHDF's own caches hold the whole array, or write chunks in the wrong place when they drop them; <see cref="OneChunk"/>
/// hands each chunk to the writer it came with, so that memory holds one.
/// </remarks>
/// <typeparam name="T">float or int, as values come.</typeparam>
/// <typeparam name="TStored">As they are stored.</typeparam>
internal sealed class Hdf5Output<T, TStored> : IVolumeOutput<T>
    where T : unmanaged
    where TStored : unmanaged
{
    private readonly string _path;
    private readonly AtomicFile _file;
    private readonly PixelType _type;
    private readonly ChunkGrid _grid;
    private readonly VolumeWriteOptions _options;
    private readonly H5Dataset<TStored[]> _dataset;
    private readonly H5NativeWriter _writer;
    private readonly HashSet<(int Component, VolumeBox Chunk)> _written = [];
    private readonly string _letters;

    public Hdf5Output(string path, VolumeShape shape, PixelType type, VolumeWriteOptions options, bool isLabels)
    {
        (string file, string? inside) = VolumeFile.Split(path);
        (_path, _type, _options) = (file, type, options);
        Components = options.Times * options.Channels;
        _letters = (options.Times > 1 ? "T" : "") + (options.Channels > 1 ? "C" : "") + "ZYX";
        _grid = new ChunkGrid(shape, options.ChunkFor(shape));
        List<H5Filter> filters = options.Compression == VolumeCompression.None ? []
            : [ShuffleFilter.Id, new H5Filter(DeflateFilter.Id, new Dictionary<string, object> { [DeflateFilter.COMPRESSION_LEVEL] = 1 })];
        _dataset = new H5Dataset<TStored[]>(
            [.. _letters.Select(l => (ulong)Length(l, shape))], [.. _letters.Select(l => (uint)(l is 'T' or 'C' ? 1 : Length(l, _grid.Chunk)))],
            new H5DatasetCreation(new OneChunk(), filters));
        _dataset.Attributes[Hdf5Volumes.AxisTags] = AxisTags();
        VoxelSize size = options.VoxelSizeUm;
        if (size.Y is { } y && size.X is { } x && (size.Z is not null || shape.Z == 1))
            _dataset.Attributes[Hdf5Volumes.ElementSize] = (double[])[size.Z ?? 1, y, x];
        string name = (inside ?? options.Dataset ?? (isLabels ? "label" : "raw")).Trim('/');
        _file = new AtomicFile(file);
        try
        {
            _writer = Nest(name).BeginWrite(_file.Stream);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public VolumeShape Shape => _grid.Whole;

    public int Components { get; }

    public VolumeShape Chunk => _grid.Chunk;

    public void Read(int component, VolumeBox box, Span<T> values) =>
        throw new NotSupportedException($"'{_path}' is being written chunk by chunk and cannot be read yet.");

    public void Write(int component, VolumeBox box, ReadOnlySpan<T> values)
    {
        Boxes.RequireIndex(component, Components, nameof(component));
        Boxes.Require(Shape, box, values.Length, nameof(values));
        foreach (VolumeBox chunk in _grid.Touching(box))
        {
            if (chunk.Intersect(box) != chunk || !_written.Add((component, chunk)))
                throw new ArgumentException($"each chunk must come whole and once; got {box} of component {component}, of chunk {chunk} a part or again.", nameof(box));
            T[] plain = new T[chunk.Count];
            Boxes.Copy(values, box, plain, chunk);
            TStored[] stored = new TStored[chunk.Count];
            SampleEncoder.Encode<T>(plain, _type, System.Runtime.InteropServices.MemoryMarshal.AsBytes(stored.AsSpan()));
            ulong[] start = [.. _letters.Select(l => (ulong)(l switch { 'T' => component / _options.Channels, 'C' => component % _options.Channels, 'Z' => chunk.Z, 'Y' => chunk.Y, _ => chunk.X }))];
            ulong[] count = [.. _letters.Select(l => (ulong)(l is 'T' or 'C' ? 1 : Length(l, chunk.Shape)))];
            _writer.Write(_dataset, stored, fileSelection: new HyperslabSelection(_letters.Length, start, count));
        }
    }

    public void Flush()
    {
    }

    public void Complete(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long needed = _grid.Touching(Shape.All).LongCount() * Components;
        if (_written.Count != needed)
            throw new InvalidOperationException($"{needed} chunks must be written; got {_written.Count}.");
        _writer.Dispose();
        _file.Commit();
        progress?.Report(1);
    }

    public void Dispose() => _file.Dispose();

    private int Length(char letter, VolumeShape shape) => letter switch { 'T' => _options.Times, 'C' => _options.Channels, 'Z' => shape.Z, 'Y' => shape.Y, _ => shape.X };

    private H5File Nest(string name)
    {
        var root = new H5File();
        string[] parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        H5Group group = root;
        foreach (string part in parts[..^1])
        {
            var inner = new H5Group();
            group[part] = inner;
            group = inner;
        }
        group[parts[^1]] = _dataset;
        return root;
    }

    /// <summary>The axes as VIGRA and ilastik name them.</summary>
    private string AxisTags() => new JsonObject
    {
        ["axes"] = new JsonArray([.. _letters.Select(l => (JsonNode)new JsonObject
        {
            ["key"] = char.ToLowerInvariant(l).ToString(CultureInfo.InvariantCulture),
            ["typeFlags"] = l switch { 'T' => 8, 'C' => 1, _ => 2 },
            ["resolution"] = 0,
            ["description"] = "",
        })]),
    }.ToJsonString();

    /// <summary>Holds one chunk, and writes it by the writer that came with it.</summary>
    private sealed class OneChunk : IWritingChunkCache
    {
        private ulong? _index;
        private Memory<byte> _chunk;
        private Action<ulong, Memory<byte>>? _write;

        public Memory<byte> GetChunk(ulong chunkIndex, Func<Memory<byte>> chunkAllocator, Action<ulong, Memory<byte>> chunkWriter)
        {
            if (_index != chunkIndex)
            {
                Flush(chunkWriter);
                (_index, _chunk, _write) = (chunkIndex, chunkAllocator(), chunkWriter);
            }
            return _chunk;
        }

        public void Flush(Action<ulong, Memory<byte>>? chunkWriter = null)
        {
            if (_index is { } index)
                _write!(index, _chunk);
            (_index, _write) = (null, null);
        }
    }
}
