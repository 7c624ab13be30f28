using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Planes;

/// <summary>One of the three ways to cut a volume into planes.</summary>
/// <remarks>The reference's order and orientation: <c>run_3D</c>, NUMERICS section 6.</remarks>
public sealed record PlaneView
{
    private PlaneView(string name, int axis, int rows, int columns) => (Name, Axis, Rows, Columns) = (name, axis, rows, columns);

    /// <summary>Planes along Z: rows are Y, columns X.</summary>
    public static PlaneView YX { get; } = new("yx", axis: 0, rows: 1, columns: 2);

    /// <summary>Planes along Y: rows are Z, columns X.</summary>
    public static PlaneView ZX { get; } = new("zx", axis: 1, rows: 0, columns: 2);

    /// <summary>Planes along X: rows are Z, columns Y.</summary>
    public static PlaneView ZY { get; } = new("zy", axis: 2, rows: 0, columns: 1);

    /// <summary>All three, in the order in which their results are added up.</summary>
    public static IReadOnlyList<PlaneView> All { get; } = [YX, ZX, ZY];

    /// <summary>The axes of a plane, for example <c>zx</c>.</summary>
    public string Name { get; }

    /// <summary>The axis along which planes follow each other: 0 for Z, 1 for Y, 2 for X.</summary>
    public int Axis { get; }

    /// <summary>The axis of a plane's rows, along which the network's first flow runs.</summary>
    public int Rows { get; }

    /// <summary>The axis of a plane's columns, along which the network's second flow runs.</summary>
    public int Columns { get; }

    /// <summary>Number of planes of a volume.</summary>
    /// <param name="shape">Lengths of the volume.</param>
    public int Planes(VolumeShape shape) => Length(shape, Axis);

    /// <summary>Rows of a plane.</summary>
    /// <param name="shape">Lengths of the volume.</param>
    public int Height(VolumeShape shape) => Length(shape, Rows);

    /// <summary>Columns of a plane.</summary>
    /// <param name="shape">Lengths of the volume.</param>
    public int Width(VolumeShape shape) => Length(shape, Columns);

    /// <summary>The box that some consecutive planes fill.</summary>
    /// <param name="shape">Lengths of the volume.</param>
    /// <param name="first">First plane.</param>
    /// <param name="count">Number of planes.</param>
    public VolumeBox Slab(VolumeShape shape, int first, int count) => Axis switch
    {
        0 => shape.All with { Z = first, Depth = count },
        1 => shape.All with { Y = first, Height = count },
        _ => shape.All with { X = first, Width = count },
    };

    /// <summary>A shape of some planes' thickness along this view's axis and of other lengths across.</summary>
    internal VolumeShape Thick(int planes, VolumeShape across) => Axis switch
    {
        0 => across with { Z = planes },
        1 => across with { Y = planes },
        _ => across with { X = planes },
    };

    private static int Length(VolumeShape shape, int axis) => axis switch { 0 => shape.Z, 1 => shape.Y, _ => shape.X };
}
