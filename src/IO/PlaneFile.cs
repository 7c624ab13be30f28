using System.Runtime.InteropServices;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.IO;

/// <summary>An image or label file that is read plane by plane where its format allows it (TIFF), and whole where not.</summary>
/// <remarks>Planes of several threads are read one after the other.</remarks>
/// <typeparam name="T">float for intensities, int for labels.</typeparam>
public sealed class PlaneFile<T> : IDisposable
    where T : unmanaged
{
    private readonly TiffReader? _tiff;
    private readonly NdArray<T>? _whole;
    private readonly string _axes;
    private readonly int[] _shape;
    private long _page = -1;
    private readonly T[] _samples = [];                                         // of the page read last, where pixels hold several channels

    private PlaneFile(TiffReader? tiff, NdArray<T>? whole, string axes, int[] shape, VoxelSize spacing, string path)
    {
        (_tiff, _whole, _axes, _shape, SpacingUm, Path) = (tiff, whole, axes, shape, spacing, path);
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
    public void Dispose() => _tiff?.Dispose();

    internal static PlaneFile<T> OfArray(NdArray<T> whole, string axes, VoxelSize spacing, string path) => new(null, whole, axes, whole.Shape, spacing, path);

    internal static PlaneFile<T> OfTiff(TiffReader tiff)
    {
        ImageInfo info = tiff.Info;
        string axes = info.CanonicalAxes;
        return new PlaneFile<T>(tiff, null, axes, [.. axes.Select(info.Length)], info.VoxelSizeUm, info.Path);
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

    private void ReadPage(long page, Span<T> samples)
    {
        if (typeof(T) == typeof(float))
            _tiff!.ReadPlane(page, MemoryMarshal.Cast<T, float>(samples));
        else
            _tiff!.ReadPlane(page, MemoryMarshal.Cast<T, int>(samples));
    }
}
