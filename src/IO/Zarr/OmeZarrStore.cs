using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Zarr;

/// <summary>Writes an OME-Zarr image or labels chunk by chunk; what was written can be read back before it is complete.</summary>
/// <remarks>
/// Everything goes to a temporary folder beside the store's place. Chunks of zeros have no file. Coarser levels are made at the
/// end, each from the one before: labels by taking every second voxel, intensities by means over 2 x 2 (x 2) voxels.
/// </remarks>
/// <typeparam name="T">float for intensities, int for labels.</typeparam>
internal sealed class OmeZarrStore<T> : IVolumeOutput<T>
    where T : unmanaged
{
    private const int CoarseEnough = 256;
    private const int MostLevels = 10;

    private readonly string _path;
    private readonly AtomicFolder _folder;
    private readonly VolumeWriteOptions _options;
    private readonly OmeZarrVersion _version;
    private readonly PixelType _type;
    private readonly bool _isLabels;
    private readonly string _letters;
    private readonly Level _finest;

    public OmeZarrStore(string path, VolumeShape shape, PixelType type, VolumeWriteOptions options, bool isLabels)
    {
        (_path, _options, _type, _isLabels) = (path, options, type, isLabels);
        _version = OmeZarrLabels.VersionAround(path) ?? options.ZarrVersion;
        _letters = (options.Times > 1 ? "T" : "") + (options.Channels > 1 ? "C" : "") + "ZYX";
        Components = options.Times * options.Channels;
        OmeZarrLabels.RequireGroup(path);
        _folder = new AtomicFolder(path, ZarrVolumes.IsZarr);
        try
        {
            _finest = MakeLevel(0, shape);
        }
        catch
        {
            _folder.Dispose();
            throw;
        }
    }

    public VolumeShape Shape => _finest.Grid.Whole;

    public int Components { get; }

    public VolumeShape Chunk => _finest.Grid.Chunk;

    public void Read(int component, VolumeBox box, Span<T> values)
    {
        Boxes.RequireIndex(component, Components, nameof(component));
        Boxes.Require(Shape, box, values.Length, nameof(values));
        Read(_finest, component, box, values);
    }

    public void Write(int component, VolumeBox box, ReadOnlySpan<T> values)
    {
        Boxes.RequireIndex(component, Components, nameof(component));
        Boxes.Require(Shape, box, values.Length, nameof(values));
        Write(_finest, component, box, values);
    }

    public void Flush()
    {
    }

    public void Complete(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        var factors = new List<(int Z, int Y, int X)> { (1, 1, 1) };
        Level level = _finest;
        int most = _options.Levels ?? MostLevels;
        while (factors.Count < most && NextFactor(level.Grid.Whole, factors[^1]) is { } step)
        {
            level = Coarsen(level, factors.Count, step, cancellationToken);
            (int z, int y, int x) = factors[^1];
            factors.Add((z * step.Z, y * step.Y, x * step.X));
            progress?.Report((float)factors.Count / (factors.Count + 1));
        }
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(_path));
        OmeZarrMetadata.WriteGroup(_folder.Temporary, _version, OmeZarrMetadata.Attributes(
            _version, name, _letters, factors, _options, _type, _isLabels, OmeZarrLabels.IsInside(_path)));
        cancellationToken.ThrowIfCancellationRequested();
        _folder.Commit();
        if (_isLabels)
            OmeZarrLabels.Enlist(_path);
        progress?.Report(1);
    }

    public void Dispose() => _folder.Dispose();

    private sealed record Level(string Folder, ChunkGrid Grid, ZarrHeader Header, ZarrArray Array);

    private Level MakeLevel(int number, VolumeShape shape)
    {
        VolumeShape chunk = _options.ChunkFor(shape);
        int[] shapes = [.. _letters.Select(l => l switch { 'T' => _options.Times, 'C' => _options.Channels, 'Z' => shape.Z, 'Y' => shape.Y, _ => shape.X })];
        int[] chunks = [.. _letters.Select(l => l switch { 'Z' => chunk.Z, 'Y' => chunk.Y, 'X' => chunk.X, _ => 1 })];
        ZarrHeader header = OmeZarrMetadata.Header(_version, shapes, chunks, _type, _options.Compression);
        string folder = Path.Combine(_folder.Temporary, number.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        OmeZarrMetadata.WriteArray(folder, header, _letters);
        return new Level(folder, new ChunkGrid(shape, chunk), header, new ZarrArray(folder, header, cacheBytes: 0));
    }

    /// <summary>What to halve next; null where a plane is small enough. Z waits until its step is no longer than those of Y and X.</summary>
    private (int Z, int Y, int X)? NextFactor(VolumeShape shape, (int Z, int Y, int X) so)
    {
        bool isAsked = _options.Levels is not null;
        if (Math.Max(shape.Y, shape.X) <= (isAsked ? 1 : CoarseEnough))
            return null;
        double anisotropy = _options.VoxelSizeUm.Anisotropy ?? 1;
        bool halvesZ = shape.Z > 1 && anisotropy * so.Z <= so.X * 1.5;
        return (halvesZ ? 2 : 1, shape.Y > 1 ? 2 : 1, shape.X > 1 ? 2 : 1);
    }

    private Level Coarsen(Level fine, int number, (int Z, int Y, int X) step, CancellationToken cancellationToken)
    {
        VolumeShape from = fine.Grid.Whole;
        var shape = new VolumeShape((from.Z + step.Z - 1) / step.Z, (from.Y + step.Y - 1) / step.Y, (from.X + step.X - 1) / step.X);
        Level coarse = MakeLevel(number, shape);
        for (int component = 0; component < Components; component++)
        {
            foreach (VolumeBox box in coarse.Grid.Touching(shape.All))
            {
                cancellationToken.ThrowIfCancellationRequested();
                VolumeBox source = new VolumeBox(box.Z * step.Z, box.Y * step.Y, box.X * step.X, box.Depth * step.Z, box.Height * step.Y, box.Width * step.X).Intersect(from.All);
                T[] values = ArrayPool<T>.Shared.Rent(checked((int)source.Count)), result = ArrayPool<T>.Shared.Rent((int)box.Count);
                Read(fine, component, source, values.AsSpan(0, (int)source.Count));
                Reduction.Run<T>(values, source.Shape, result.AsSpan(0, (int)box.Count), box.Shape, step);
                Write(coarse, component, box, result.AsSpan(0, (int)box.Count));
                ArrayPool<T>.Shared.Return(values);
                ArrayPool<T>.Shared.Return(result);
            }
        }
        return coarse;
    }

    private void Read(Level level, int component, VolumeBox box, Span<T> values)
    {
        if (box.Count == 0)
            return;
        int bytes = checked((int)(box.Count * _type.Bytes()));
        byte[] samples = ArrayPool<byte>.Shared.Rent(bytes);
        level.Array.Read(Index(component, box.Z, box.Y, box.X), [.. _letters.Select(l => l switch { 'Z' => box.Depth, 'Y' => box.Height, 'X' => box.Width, _ => 1 })], samples.AsSpan(0, bytes), CancellationToken.None);
        if (typeof(T) == typeof(int))
            SampleRow.Spread<int, LabelConversion>(_type, samples.AsSpan(0, bytes), 1, MemoryMarshal.Cast<T, int>(values), 0, 0, $"'{_path}'");
        else
            SampleRow.Spread<float, FloatConversion>(_type, samples.AsSpan(0, bytes), 1, MemoryMarshal.Cast<T, float>(values), 0, 0, $"'{_path}'");
        ArrayPool<byte>.Shared.Return(samples);
    }

    private void Write(Level level, int component, VolumeBox box, ReadOnlySpan<T> values)
    {
        var pending = new List<(VolumeBox Chunk, byte[] Plain)>();
        int group = Environment.ProcessorCount;
        foreach (VolumeBox chunk in level.Grid.Touching(box))
        {
            pending.Add((chunk, Plain(level, component, chunk, box, values)));
            if (pending.Count == group)
                Store(level, component, pending);
        }
        Store(level, component, pending);
    }

    /// <summary>A whole chunk, padded with zeros beyond the volume.</summary>
    private byte[] Plain(Level level, int component, VolumeBox chunk, VolumeBox box, ReadOnlySpan<T> values)
    {
        VolumeShape full = level.Grid.Chunk;
        VolumeBox padded = chunk with { Depth = full.Z, Height = full.Y, Width = full.X };
        T[] whole = ArrayPool<T>.Shared.Rent(checked((int)full.Count));
        Span<T> span = whole.AsSpan(0, (int)full.Count);
        span.Clear();
        if (chunk.Intersect(box) != chunk)
        {
            T[] before = new T[chunk.Count];
            Read(level, component, chunk, before);
            Boxes.Copy<T>(before, chunk, span, padded);
        }
        Boxes.Copy(values, box, span, padded);
        byte[] plain = new byte[full.Count * _type.Bytes()];
        SampleEncoder.Encode<T>(span, _type, plain);
        ArrayPool<T>.Shared.Return(whole);
        return plain;
    }

    private void Store(Level level, int component, List<(VolumeBox Chunk, byte[] Plain)> pending)
    {
        try
        {
            Parallel.For(0, pending.Count, n =>
            {
                (VolumeBox chunk, byte[] plain) = pending[n];
                VolumeShape size = level.Grid.Chunk;
                level.Array.WriteChunk([.. _letters.Select(l => l switch
                {
                    'T' => component / _options.Channels,
                    'C' => component % _options.Channels,
                    'Z' => chunk.Z / size.Z,
                    'Y' => chunk.Y / size.Y,
                    _ => chunk.X / size.X,
                })], plain);
            });
        }
        catch (AggregateException e) when (e.InnerException is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{_path}' cannot be written: {e.InnerException!.Message} Free space or name another place.", e.InnerException);
        }
        pending.Clear();
    }

    private int[] Index(int component, int z, int y, int x) => [.. _letters.Select(l => l switch
    {
        'T' => component / _options.Channels,
        'C' => component % _options.Channels,
        'Z' => z,
        'Y' => y,
        _ => x,
    })];
}
