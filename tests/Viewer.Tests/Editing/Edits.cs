using System.Collections.Immutable;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Editing;

/// <summary>Short ways to labels and edits.</summary>
internal static class Edits
{
    public static readonly PointUm Cubes = new(1, 1, 1);

    public static LabelEditor Editor(int z, int y, int x, Func<int, int, int, uint> id, PointUm? voxel = null) => new([Phantoms.Labels(z, y, x, id)], voxel ?? Cubes);

    public static ImmutableArray<PointUm> Points(params (double Z, double Y, double X)[] points) => [.. points.Select(p => new PointUm(p.Z, p.Y, p.X))];

    /// <summary>Rows of digits, a plane after the other; '.' is 0.</summary>
    public static LabelEditor Drawn(params string[][] planes)
    {
        (int height, int width) = (planes[0].Length, planes[0][0].Length);
        return Editor(planes.Length, height, width, (z, y, x) => planes[z][y][x] == '.' ? 0u : (uint)(planes[z][y][x] - '0'));
    }

    /// <summary>A plane as rows of digits; ids above 9 as letters from a.</summary>
    public static string[] Rows(LabelEditor editor, int z = 0, int time = 0)
    {
        VolumeShape shape = editor.Shape;
        return [.. Enumerable.Range(0, shape.Y).Select(y => string.Concat(Enumerable.Range(0, shape.X).Select(x =>
        {
            uint id = editor.Frames[time].Voxels[(z * shape.Y + y) * shape.X + x];
            return id == 0 ? '.' : id < 10 ? (char)('0' + id) : (char)('a' + (id - 10) % 26);
        })))];
    }

    public static uint[] Copy(LabelEditor editor, int time = 0) => (uint[])editor.Frames[time].Voxels.Clone();
}
