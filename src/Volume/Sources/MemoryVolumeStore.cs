using Cellpose3D.Core2D;

namespace Cellpose3D.Volume.Sources;

/// <summary>A store that keeps its values in memory, of any size: one array for each plane of each component.</summary>
/// <typeparam name="T">float for maps, int for end points and labels.</typeparam>
/// <remarks>Boxes that do not overlap may be written at the same time, whatever chunk they lie in.</remarks>
public sealed class MemoryVolumeStore<T> : IVolumeStore<T>
    where T : unmanaged
{
    private readonly T[][] _planes;    // [component * Z + z][Y * X]

    /// <summary>Makes a store of zeros.</summary>
    /// <param name="shape">Lengths of the axes, at least 1 each.</param>
    /// <param name="components">Values at each voxel, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1.</exception>
    /// <exception cref="ArgumentException">A plane has more values than fit one array.</exception>
    public MemoryVolumeStore(VolumeShape shape, int components = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Z, 1, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Y, 1, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.X, 1, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        long plane = (long)shape.Y * shape.X;
        if (plane > Array.MaxLength)
            throw new ArgumentException($"a plane of {shape} has {plane} values; at most {Array.MaxLength} fit one array.", nameof(shape));
        Shape = shape;
        Components = components;
        _planes = new T[checked(components * shape.Z)][];
        for (int n = 0; n < _planes.Length; n++)
            _planes[n] = new T[plane];
    }

    /// <inheritdoc/>
    public VolumeShape Shape { get; }

    /// <inheritdoc/>
    public int Components { get; }

    /// <inheritdoc/>
    public VolumeShape Chunk => Shape with { Z = 1 };

    /// <inheritdoc/>
    public void Read(int component, VolumeBox box, Span<T> values)
    {
        Check(component, box, values.Length);
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY; y++, values = values[box.Width..])
                Row(component, z, y, box).CopyTo(values);
        }
    }

    /// <inheritdoc/>
    public void Write(int component, VolumeBox box, ReadOnlySpan<T> values)
    {
        Check(component, box, values.Length);
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY; y++, values = values[box.Width..])
                values[..box.Width].CopyTo(Row(component, z, y, box));
        }
    }

    /// <summary>Nothing to do: memory is all there is.</summary>
    public void Flush()
    {
    }

    /// <summary>Copies one component.</summary>
    /// <param name="component">Counted from 0.</param>
    /// <returns>[Z, Y, X]; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The volume does not fit one array.</exception>
    public NdArray<T> ToArray(int component = 0)
    {
        var array = new NdArray<T>(Shape.Z, Shape.Y, Shape.X);
        Read(component, Shape.All, array.Span);
        return array;
    }

    /// <summary>Nothing to give back before the store itself is collected.</summary>
    public void Dispose()
    {
    }

    private void Check(int component, VolumeBox box, int length)
    {
        VolumeTransfer.RequireIndex(component, Components, nameof(component));
        VolumeTransfer.Require(Shape, box, length);
    }

    private Span<T> Row(int component, int z, int y, VolumeBox box) =>
        _planes[component * Shape.Z + z].AsSpan(y * Shape.X + box.X, box.Width);
}
