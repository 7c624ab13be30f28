using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cellpose3D.Core2D.Dynamics;

/// <summary>One Euler step of one point; lanes are (y, x) or (z, y, x), the rest is scratch that is clamped to 0.</summary>
/// <remarks>
/// Multiplications and additions stay apart (no fused operation), so that every processor gives the same bits.
/// <see cref="Next"/> is a pure function of the point: that is what lets the follower stop at a repeated point.
/// </remarks>
internal interface IFlowStep
{
    /// <summary>The state of a point at a voxel centre or position, voxels.</summary>
    public Vector128<float> Begin(Vector128<float> position);

    /// <summary>The state after one step.</summary>
    public Vector128<float> Next(Vector128<float> point);

    /// <summary>The position of a state, voxels.</summary>
    public Vector128<float> End(Vector128<float> point);
}

/// <summary>What the step kinds share: where the field begins, its strides, the last voxel of each axis, and 1 in each used lane.</summary>
internal readonly unsafe struct FieldView
{
    public readonly float* Origin;
    public readonly nint Row;
    public readonly nint Plane;
    public readonly Vector128<float> Last;
    public readonly Vector128<float> Used;

    public FieldView(FlowField field, float* values)
    {
        VoxelGrid whole = field.Whole;
        Origin = values + field.Offset;
        Row = (nint)(field.RowStride * whole.Rank);
        Plane = (nint)(field.PlaneStride * whole.Rank);
        Last = whole.Rank == 2
            ? Vector128.Create(whole.Y - 1f, whole.X - 1f, 0, 0)
            : Vector128.Create(whole.Z - 1f, whole.Y - 1f, whole.X - 1f, 0);
        Used = Vector128.Create(1f, 1f, whole.Rank == 3 ? 1f : 0f, 0f);
    }

    /// <summary>Address of the voxel (y, x) in the first two lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* At2(Vector128<int> voxel)
    {
        long yx = voxel.AsInt64().ToScalar();
        return Origin + (int)yx * Row + (nint)(yx >> 32) * 2;
    }

    /// <summary>Address of the voxel (z, y, x) in the first three lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* At3(Vector128<int> voxel)
    {
        long zy = voxel.AsInt64().ToScalar();
        return Origin + (int)zy * Plane + (nint)(zy >> 32) * Row + (nint)voxel.GetElement(2) * 3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> Clamp(Vector128<float> p) => Vector128.MinNative(Vector128.MaxNative(p, Vector128<float>.Zero), Last);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Lerp(Vector128<float> a, Vector128<float> b, Vector128<float> t) => a + (b - a) * t;
}

/// <summary>Bilinear, in single precision.</summary>
/// <remarks>
/// The reference weighs in double. Measured on its vectors after 200 steps: 99.985 % of coordinates agree within 1e-3 in
/// single and 99.99 % in double precision (the rest circle a centre chaotically), the masks are equal, and single is 1.6 times faster.
/// </remarks>
internal readonly struct LinearStep2(FieldView view) : IFlowStep
{
    public Vector128<float> Begin(Vector128<float> position) => position;

    public Vector128<float> End(Vector128<float> point) => point;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe Vector128<float> Next(Vector128<float> p)
    {
        Vector128<int> voxel = Vector128.ConvertToInt32Native(p);
        Vector128<float> t = p - Vector128.ConvertToSingle(voxel);
        float* at = view.At2(voxel);
        Vector128<float> ty = Vector128.Shuffle(t, Vector128.Create(0, 0, 0, 0));
        Vector128<float> tx = Vector128.Shuffle(t, Vector128.Create(1, 1, 1, 1));
        Vector128<float> both = FieldView.Lerp(Vector128.Load(at), Vector128.Load(at + view.Row), ty);
        return view.Clamp(p + FieldView.Lerp(both, Vector128.Shuffle(both, Vector128.Create(2, 3, 2, 3)), tx));
    }
}

/// <summary>Trilinear, in single precision.</summary>
internal readonly struct LinearStep3(FieldView view) : IFlowStep
{
    public Vector128<float> Begin(Vector128<float> position) => position;

    public Vector128<float> End(Vector128<float> point) => point;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe Vector128<float> Next(Vector128<float> p)
    {
        Vector128<int> voxel = Vector128.ConvertToInt32Native(p);
        Vector128<float> t = p - Vector128.ConvertToSingle(voxel);
        float* at = view.At3(voxel);
        float* below = at + view.Plane;
        Vector128<float> tz = Vector128.Shuffle(t, Vector128.Create(0, 0, 0, 0));
        Vector128<float> ty = Vector128.Shuffle(t, Vector128.Create(1, 1, 1, 1));
        Vector128<float> tx = Vector128.Shuffle(t, Vector128.Create(2, 2, 2, 2));
        Vector128<float> v00 = FieldView.Lerp(Vector128.Load(at), Vector128.Load(below), tz);
        Vector128<float> v01 = FieldView.Lerp(Vector128.Load(at + 3), Vector128.Load(below + 3), tz);
        Vector128<float> v10 = FieldView.Lerp(Vector128.Load(at + view.Row), Vector128.Load(below + view.Row), tz);
        Vector128<float> v11 = FieldView.Lerp(Vector128.Load(at + view.Row + 3), Vector128.Load(below + view.Row + 3), tz);
        Vector128<float> flow = FieldView.Lerp(FieldView.Lerp(v00, v10, ty), FieldView.Lerp(v01, v11, ty), tx);
        return view.Clamp(p + flow);
    }
}

/// <summary>The flow of the voxel that the truncated position names, 2D.</summary>
internal readonly struct NearestStep2(FieldView view) : IFlowStep
{
    public Vector128<float> Begin(Vector128<float> position) => position;

    public Vector128<float> End(Vector128<float> point) => point;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe Vector128<float> Next(Vector128<float> p) =>
        view.Clamp(p + Vector128.CreateScalar(*(double*)view.At2(Vector128.ConvertToInt32Native(p))).AsSingle());
}

/// <summary>The flow of the voxel that the truncated position names, 3D.</summary>
internal readonly struct NearestStep3(FieldView view) : IFlowStep
{
    public Vector128<float> Begin(Vector128<float> position) => position;

    public Vector128<float> End(Vector128<float> point) => point;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe Vector128<float> Next(Vector128<float> p) =>
        view.Clamp(p + Vector128.Load(view.At3(Vector128.ConvertToInt32Native(p))));
}
