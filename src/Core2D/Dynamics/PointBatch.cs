using System.Runtime.Intrinsics;

namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Points that are followed together: the voxels they started from and where they are.</summary>
internal sealed class PointBatch(int capacity)
{
    private readonly int[] _starts = new int[capacity];
    private readonly Vector128<float>[] _points = new Vector128<float>[capacity + FlowFollower.InFlight];

    public int Count { get; set; }

    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count);

    public ReadOnlySpan<Vector128<float>> Points => _points.AsSpan(0, Count);

    public void Add(int start, Vector128<float> position)
    {
        _starts[Count] = start;
        _points[Count++] = position;
    }

    /// <summary>The points, the last one repeated up to a multiple of <see cref="FlowFollower.InFlight"/>.</summary>
    public Span<Vector128<float>> Padded()
    {
        int padded = (Count + FlowFollower.InFlight - 1) / FlowFollower.InFlight * FlowFollower.InFlight;
        for (int n = Count; n < padded; n++)
            _points[n] = _points[Count - 1];
        return _points.AsSpan(0, padded);
    }
}

/// <summary>Where a window of a field can be sampled: the neighbourhood of a point must be held.</summary>
internal readonly struct WindowBounds
{
    private readonly Vector128<float> _first;
    private readonly Vector128<float> _end;

    private WindowBounds(Vector128<float> first, Vector128<float> end) => (_first, _end) = (first, end);

    /// <summary>The bounds of a field: up to the last held voxel, and past it only where the whole ends.</summary>
    public static WindowBounds Of(FlowField field)
    {
        (VoxelGrid w, VoxelGrid all) = (field.Window, field.Whole);
        float z = End(field.Z0, w.Z, all.Z), y = End(field.Y0, w.Y, all.Y), x = End(field.X0, w.X, all.X);
        return all.Rank == 2
            ? new WindowBounds(Vector128.Create(field.Y0, field.X0, 0f, 0f), Vector128.Create(y, x, 1f, 1f))
            : new WindowBounds(Vector128.Create(field.Z0, field.Y0, field.X0, 0f), Vector128.Create(z, y, x, 1f));
    }

    /// <summary>True when the next step of a point reads only held voxels.</summary>
    public bool Holds(Vector128<float> p) =>
        Vector128.GreaterThanOrEqualAll(p, _first) && Vector128.LessThanAll(p, _end);

    /// <summary>The bounds within which a point stays in the field's bounds for a number of steps.</summary>
    public static WindowBounds Of(FlowField field, int steps)
    {
        (VoxelGrid w, VoxelGrid all, WindowBounds bounds) = (field.Window, field.Whole, Of(field));
        float reach = steps * field.LongestStep + 1;                     // more than the steps' rounding can add
        var first = Vector128.Create(
            Inner(field.Z0 > 0), Inner(field.Y0 > 0), Inner(field.X0 > 0), 0f);
        var end = Vector128.Create(
            Inner(field.Z0 + w.Z < all.Z), Inner(field.Y0 + w.Y < all.Y), Inner(field.X0 + w.X < all.X), 0f);
        if (all.Rank == 2)
            (first, end) = (Vector128.Create(first[1], first[2], 0f, 0f), Vector128.Create(end[1], end[2], 0f, 0f));
        return new WindowBounds(bounds._first + first, bounds._end - end);

        float Inner(bool cut) => cut ? reach : 0;                        // at the whole's own border points are stopped, not lost
    }

    private static float End(int origin, int length, int whole) => origin + length == whole ? whole : origin + length - 1;
}
