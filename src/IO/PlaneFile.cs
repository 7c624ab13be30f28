using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO;

/// <summary>An image or label file that is read plane by plane (TIFF) or some planes at a time (HDF5, Zarr), and whole where its format allows neither.</summary>
/// <remarks>Planes of several threads are read one after the other.</remarks>
/// <typeparam name="T">float for intensities, int for labels.</typeparam>
public sealed class PlaneFile<T> : IDisposable
    where T : unmanaged
{
    private const long SlabBytes = 128L << 20;                                  // planes of a chunked volume that are held, of all channels

    private readonly TiffReader? _tiff;
    private readonly VolumeReader? _volume;
    private readonly NdArray<T>? _whole;
    private readonly Dictionary<int, (int Time, int First, T[] Planes)> _slabs = [];    // of a chunked volume, by channel
    private readonly string _axes;
    private readonly int[] _shape;
    private long _page = -1;
    private readonly T[] _samples = [];                                         // of the page read last, where pixels hold several channels

    private PlaneFile(TiffReader? tiff, VolumeReader? volume, NdArray<T>? whole, string axes, int[] shape, VoxelSize spacing, string path)
    {
        (_tiff, _volume, _whole, _axes, _shape, SpacingUm, Path) = (tiff, volume, whole, axes, shape, spacing, path);
        if (tiff is { Samples: > 1 })
            _samples = new T[tiff.PageLength];
    }

    /// <summary>The file, as it was named by the caller.</summary>
    public string Path { get; }

    /// <summary>Whether there is a time axis.</summary>
    public bool HasTime => _axes.Contains('T');

    /// <summary>Whether there is a Z axis.</summary>
    public bool IsVolume => _axes.Contains('Z');

    /// <summary>Time points; 1 without that axis.</summary>
    public int Frames => Length('T');

    /// <summary>Channels; 1 without that axis.</summary>
    public int Channels => Length('C');

    /// <summary>Size of a voxel.</summary>
    public VoxelSize SpacingUm { get; }

    /// <summary>The planes of one time point and channel.</summary>
    /// <param name="t">Time point.</param>
    /// <param name="c">Channel.</param>
    public PlaneSource<T> Planes(int t, int c)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)t, (uint)Frames, nameof(t));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)c, (uint)Channels, nameof(c));
        return new PlaneSource<T>(IsVolume, Length('Z'), Length('Y'), Length('X'), (z, plane) => Read(t, c, z, plane));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _tiff?.Dispose();
        _volume?.Dispose();
    }

    internal static PlaneFile<T> OfArray(NdArray<T> whole, string axes, VoxelSize spacing, string path) => new(null, null, whole, axes, whole.Shape, spacing, path);

    internal static PlaneFile<T> OfVolume(VolumeReader volume, string path)
    {
        ImageInfo info = volume.Description.Image;
        string axes = info.CanonicalAxes;
        return new PlaneFile<T>(null, volume, null, axes, [.. axes.Select(info.Length)], info.VoxelSizeUm, path);
    }

    internal static PlaneFile<T> OfTiff(TiffReader tiff)
    {
        ImageInfo info = tiff.Info;
        string axes = info.CanonicalAxes;
        return new PlaneFile<T>(tiff, null, null, axes, [.. axes.Select(info.Length)], info.VoxelSizeUm, info.Path);
    }

    private int Length(char axis) => _axes.IndexOf(axis, StringComparison.Ordinal) is int i and >= 0 ? _shape[i] : 1;

    private void Read(int t, int c, int z, Span<T> plane)
    {
        int size = Length('Y') * Length('X');
        if (_whole is not null)
        {
            long at = 0;
            foreach ((char axis, int index) in ((char, int)[])[('T', t), ('C', c), ('Z', z)])
                at = at * Length(axis) + index;
            _whole.Data.AsSpan((int)(at * size), size).CopyTo(plane);
            return;
        }
        if (_volume is not null)
        {
            ReadSlab(_volume, t, c, z, plane);
            return;
        }
        long page = _tiff!.PageOf(t, c, z);
        if (_samples.Length == 0)
        {
            ReadPage(page, plane);
            return;
        }
        if (_page != page)
            ReadPage(page, _samples);
        _page = page;
        _samples.AsSpan(c * size, size).CopyTo(plane);
    }

    // a plane touches every chunk of its layer: they are decoded once for all planes of the layer, as far as memory allows
    private void ReadSlab(VolumeReader volume, int t, int c, int z, Span<T> plane)
    {
        (int height, int width) = (Length('Y'), Length('X'));
        int size = checked(height * width), layer = Math.Max(1, volume.Chunk.Z);
        int depth = (int)Math.Clamp(SlabBytes / Channels / ((long)size * Unsafe.SizeOf<T>()), 1, layer), first = z / layer * layer + z % layer / depth * depth;
        if (!_slabs.TryGetValue(c, out (int Time, int First, T[] Planes) slab) || slab.Time != t || slab.First != first)
        {
            int count = Math.Min(Math.Min(depth, layer - first % layer), Length('Z') - first);
            T[] planes = slab.Planes?.Length == count * size ? slab.Planes : new T[checked(count * size)];
            _slabs.Remove(c);                                            // half read is not held
            var box = new VolumeBox(first, 0, 0, count, height, width);
            if (typeof(T) == typeof(float))
                volume.Read(t, c, box, MemoryMarshal.Cast<T, float>(planes.AsSpan()));
            else
                volume.ReadLabels(t, c, box, MemoryMarshal.Cast<T, int>(planes.AsSpan()));
            _slabs[c] = slab = (t, first, planes);
        }
        slab.Planes.AsSpan((z - first) * size, size).CopyTo(plane);
    }

    private void ReadPage(long page, Span<T> samples)
    {
        if (typeof(T) == typeof(float))
            _tiff!.ReadPlane(page, MemoryMarshal.Cast<T, float>(samples));
        else
            _tiff!.ReadPlane(page, MemoryMarshal.Cast<T, int>(samples));
    }
}
