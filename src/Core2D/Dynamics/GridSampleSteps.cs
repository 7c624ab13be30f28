using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cellpose3D.Core2D.Dynamics;

/// <summary>Between voxels and the units of <c>grid_sample</c>, where an axis of any length runs from -1 to 1.</summary>
internal readonly struct GridSampleUnits(FieldView view)
{
    private readonly Vector128<float> _limit = view.Used;
    private readonly Vector128<float> _half = (view.Last + Vector128<float>.One) * 0.5f;

    /// <summary>Voxels to units; an axis of one voxel stays at -1.</summary>
    public Vector128<float> Begin(Vector128<float> position) =>
        position / Vector128.Max(view.Last, Vector128<float>.One) * 2f - Vector128<float>.One;

    /// <summary>Units to voxels.</summary>
    public Vector128<float> End(Vector128<float> point) => (point + Vector128<float>.One) * 0.5f * view.Last;

    /// <summary>The sampled position, at least -0.5 and at most L - 0.5.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> Sampled(Vector128<float> point) => (point + Vector128<float>.One) * _half - Vector128.Create(0.5f);

    /// <summary>Into [-1, 1]; lanes without an axis become 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> Clamp(Vector128<float> point) => Vector128.MinNative(Vector128.MaxNative(point, -_limit), _limit);
}

/// <summary>The reference's shifted bilinear sampling, single precision, over a field with a ring of zeros.</summary>
internal readonly struct GridSampleStep2(FieldView view) : IFlowStep
{
    private readonly GridSampleUnits _units = new(view);

    public Vector128<float> Begin(Vector128<float> position) => _units.Begin(position);

    public Vector128<float> End(Vector128<float> point) => _units.End(point);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe Vector128<float> Next(Vector128<float> p)
    {
        Vector128<float> q = _units.Sampled(p);
        Vector128<float> floor = Vector128.Floor(q);
        Vector128<float> t = q - floor, s = floor + Vector128<float>.One - q;
        float* at = view.At2(Vector128.ConvertToInt32Native(floor));
        Vector128<float> wx = Vector128.Create(s.GetElement(1), s.GetElement(1), t.GetElement(1), t.GetElement(1));
        Vector128<float> upper = Vector128.Load(at) * (wx * s.ToScalar());
        Vector128<float> lower = Vector128.Load(at + view.Row) * (wx * t.ToScalar());
        Vector128<float> sum = upper + Right(upper) + lower + Right(lower);
        return _units.Clamp(p + sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Right(Vector128<float> v) => Vector128.Shuffle(v, Vector128.Create(2, 3, 2, 3));
}

/// <summary>The reference's shifted trilinear sampling, single precision, over a field with a shell of zeros.</summary>
internal readonly struct GridSampleStep3(FieldView view) : IFlowStep
{
    private readonly GridSampleUnits _units = new(view);

    public Vector128<float> Begin(Vector128<float> position) => _units.Begin(position);

    public Vector128<float> End(Vector128<float> point) => _units.End(point);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe Vector128<float> Next(Vector128<float> p)
    {
        Vector128<float> q = _units.Sampled(p);
        Vector128<float> floor = Vector128.Floor(q);
        Vector128<float> t = q - floor, s = floor + Vector128<float>.One - q;
        float* at = view.At3(Vector128.ConvertToInt32Native(floor));
        float* below = at + view.Plane;
        float s01 = s[2] * s[1], t01 = t[2] * s[1], s10 = s[2] * t[1], t10 = t[2] * t[1];    // x, y weights as the reference multiplies them
        Vector128<float> sum = Vector128.Load(at) * (s01 * s[0]);
        sum += Vector128.Load(at + 3) * (t01 * s[0]);
        sum += Vector128.Load(at + view.Row) * (s10 * s[0]);
        sum += Vector128.Load(at + view.Row + 3) * (t10 * s[0]);
        sum += Vector128.Load(below) * (s01 * t[0]);
        sum += Vector128.Load(below + 3) * (t01 * t[0]);
        sum += Vector128.Load(below + view.Row) * (s10 * t[0]);
        sum += Vector128.Load(below + view.Row + 3) * (t10 * t[0]);
        return _units.Clamp(p + sum);
    }
}
