using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.IO;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Volumes;

/// <summary>A file of intensities or labels, of which the finest resolution that fits is read, a time point at a time.</summary>
/// <typeparam name="T">float for intensities, int for labels.</typeparam>
internal sealed class ViewedFile<T> : IDisposable
    where T : unmanaged
{
    private readonly PlaneFile<T>? _planes;
    private VolumeReader? _volume;
    private readonly string? _axes;
    private VolumeShape _levelStride = new(1, 1, 1);

    public ViewedFile(string path, string? axes, CancellationToken cancellationToken)
    {
        (Path, _axes) = (path, axes);
        if (VolumeFile.IsContainer(path))
        {
            _volume = OpenLevel(0);
            (Frames, Channels, Shape, SpacingUm) = (_volume.Description.Times, _volume.Channels, _volume.Shape, _volume.SpacingUm);
            ChannelNames = _volume.Description.Image.ChannelNames;
            return;
        }
        _planes = (PlaneFile<T>)(object)(typeof(T) == typeof(float) ? PlaneFiles.OpenImage(path, axes, cancellationToken) : PlaneFiles.OpenLabels(path, axes, cancellationToken));
        PlaneSource<T> first = _planes.Planes(0, 0);
        (Frames, Channels, Shape, SpacingUm) = (_planes.Frames, _planes.Channels, new VolumeShape(first.Depth, first.Height, first.Width), _planes.SpacingUm);
    }

    public string Path { get; }

    public int Frames { get; }

    public int Channels { get; }

    public IReadOnlyList<string> ChannelNames { get; } = [];

    public VolumeShape Shape { get; }

    public VoxelSize SpacingUm { get; }

    /// <summary>Voxels of the finest resolution for one that is read, along each axis.</summary>
    public VolumeShape Stride { get; private set; } = new(1, 1, 1);

    /// <summary>The resolution stored that is read, 0 is the finest.</summary>
    public int Level { get; private set; }

    /// <summary>Chooses resolution and stride.</summary>
    public void Fit(PointUm voxelUm, int longest, long mostVoxels)
    {
        Stride = VolumeFit.Stride(Shape, voxelUm, longest, mostVoxels);
        if (Stride.Count == 1 || _volume is null)
            return;
        IReadOnlyList<VolumeLevel> levels = _volume.Description.Levels;
        for (int level = 1; level < levels.Count; level++)
        {
            VolumeShape shape = levels[level].Shape;
            var factor = new VolumeShape(Factor(Shape.Z, shape.Z), Factor(Shape.Y, shape.Y), Factor(Shape.X, shape.X));
            VolumeShape rest = VolumeFit.Stride(shape, new PointUm(voxelUm.Z * factor.Z, voxelUm.Y * factor.Y, voxelUm.X * factor.X), longest, mostVoxels);
            if (rest.Count > 1 && level + 1 < levels.Count)
                continue;
            _volume.Dispose();
            _volume = OpenLevel(level);
            (Level, _levelStride, Stride) = (level, factor, new VolumeShape(factor.Z * rest.Z, factor.Y * rest.Y, factor.X * rest.X));
            return;
        }

        static int Factor(int full, int reduced) => Math.Max(1, (int)Math.Round((double)full / reduced));
    }

    /// <summary>The planes of the resolution chosen, and what is left to thin them by.</summary>
    public (PlaneSource<T> Planes, VolumeShape Stride) Planes(int time, int channel)
    {
        int t = Frames == 1 ? 0 : time;
        VolumeShape rest = new(Stride.Z / _levelStride.Z, Stride.Y / _levelStride.Y, Stride.X / _levelStride.X);
        return (_planes is not null ? _planes.Planes(t, channel) : SlabsOf(t, channel), rest);
    }

    public void Dispose()
    {
        _planes?.Dispose();
        _volume?.Dispose();
    }

    private VolumeReader OpenLevel(int level) => VolumeFile.Open(Path, new VolumeOpenOptions { Axes = _axes, Level = level, AsLabels = typeof(T) == typeof(int) });

    // planes in order, read a chunk's depth at a time
    private PlaneSource<T> SlabsOf(int time, int channel)
    {
        VolumeReader volume = _volume!;
        VolumeShape shape = volume.Shape;
        int plane = checked(shape.Y * shape.X), deep = (int)Math.Clamp(Math.Min(volume.Description.Chunk.Z, (1L << 28) / plane), 1, shape.Z), from = -1;
        T[] slab = [];
        return new PlaneSource<T>(true, shape.Z, shape.Y, shape.X, (z, values) =>
        {
            int start = z / deep * deep;
            if (from != start)
            {
                var box = new VolumeBox(start, 0, 0, Math.Min(deep, shape.Z - start), shape.Y, shape.X);
                if (slab.Length < (int)box.Count)
                    slab = new T[box.Count];
                if (typeof(T) == typeof(float))
                    volume.Read(time, channel, box, ((float[])(object)slab).AsSpan(0, (int)box.Count));
                else
                    volume.ReadLabels(time, channel, box, ((int[])(object)slab).AsSpan(0, (int)box.Count));
                from = start;
            }
            slab.AsSpan((z - start) * plane, plane).CopyTo(values);
        });
    }
}
