namespace Cellpose3D.Volume.Sources;

/// <summary>A part of a volume: a first voxel and lengths.</summary>
/// <param name="Z">First plane.</param>
/// <param name="Y">First row.</param>
/// <param name="X">First column.</param>
/// <param name="Depth">Planes.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct VolumeBox(int Z, int Y, int X, int Depth, int Height, int Width)
{
    /// <summary>Number of voxels.</summary>
    public long Count => (long)Depth * Height * Width;

    /// <summary>Lengths as a shape.</summary>
    public VolumeShape Shape => new(Depth, Height, Width);

    /// <summary>First plane behind the box.</summary>
    public int EndZ => Z + Depth;

    /// <summary>First row behind the box.</summary>
    public int EndY => Y + Height;

    /// <summary>First column behind the box.</summary>
    public int EndX => X + Width;

    /// <summary>Whether a voxel lies in the box.</summary>
    /// <param name="z">Plane.</param>
    /// <param name="y">Row.</param>
    /// <param name="x">Column.</param>
    public bool Contains(int z, int y, int x) => z >= Z && z < EndZ && y >= Y && y < EndY && x >= X && x < EndX;

    /// <summary>What two boxes have in common; without voxels where they do not meet.</summary>
    /// <param name="other">The other box.</param>
    public VolumeBox Intersect(VolumeBox other)
    {
        int z = Math.Max(Z, other.Z), y = Math.Max(Y, other.Y), x = Math.Max(X, other.X);
        return new VolumeBox(
            z, y, x,
            Math.Max(0, Math.Min(EndZ, other.EndZ) - z),
            Math.Max(0, Math.Min(EndY, other.EndY) - y),
            Math.Max(0, Math.Min(EndX, other.EndX) - x));
    }

    /// <summary>The box grown by a margin on every side and cut to a volume.</summary>
    /// <param name="margin">Voxels on each side.</param>
    /// <param name="whole">The volume.</param>
    public VolumeBox Grow(int margin, VolumeShape whole) =>
        new VolumeBox(Z - margin, Y - margin, X - margin, Depth + 2 * margin, Height + 2 * margin, Width + 2 * margin).Intersect(whole.All);

    /// <inheritdoc/>
    public override string ToString() => $"[{Z}:{EndZ}, {Y}:{EndY}, {X}:{EndX}]";
}
