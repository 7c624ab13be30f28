namespace Cellpose3D.Volume.Synthesis;

/// <summary>Points sorted into cubes, for finding those near a place.</summary>
internal sealed class PointGrid
{
    private readonly Point3 _origin;
    private readonly double _side;
    private readonly int _countZ, _countY, _countX;
    private readonly int[] _starts;
    private readonly int[] _items;

    /// <param name="points">The points; read now only.</param>
    /// <param name="side">Edge of a cube; all points nearer than that are found.</param>
    public PointGrid(ReadOnlySpan<Point3> points, double side)
    {
        double z0 = 0, y0 = 0, x0 = 0, z1 = 0, y1 = 0, x1 = 0;
        for (int n = 0; n < points.Length; n++)
        {
            Point3 p = points[n];
            (z0, y0, x0) = n == 0 ? (p.Z, p.Y, p.X) : (Math.Min(z0, p.Z), Math.Min(y0, p.Y), Math.Min(x0, p.X));
            (z1, y1, x1) = n == 0 ? (p.Z, p.Y, p.X) : (Math.Max(z1, p.Z), Math.Max(y1, p.Y), Math.Max(x1, p.X));
        }
        _side = side;
        _origin = new Point3(z0, y0, x0);
        (_countZ, _countY, _countX) = ((int)((z1 - z0) / side) + 1, (int)((y1 - y0) / side) + 1, (int)((x1 - x0) / side) + 1);
        _starts = new int[checked(_countZ * _countY * _countX) + 1];
        _items = new int[points.Length];
        foreach (Point3 p in points)
            _starts[Cube(p) + 1]++;
        for (int k = 1; k < _starts.Length; k++)
            _starts[k] += _starts[k - 1];
        int[] next = [.. _starts];
        for (int n = 0; n < points.Length; n++)
            _items[next[Cube(points[n])]++] = n;
    }

    /// <summary>The cube at a place, which may lie outside.</summary>
    public (int Z, int Y, int X) CubeOf(Point3 place) => (Index(place.Z - _origin.Z), Index(place.Y - _origin.Y), Index(place.X - _origin.X));

    /// <summary>Lists the points of a cube and of the 26 around it, always in the same order.</summary>
    public int Near((int Z, int Y, int X) cube, Span<int> found)
    {
        (int z, int y, int x) = cube;
        int count = 0;
        int xFrom = Math.Max(0, x - 1), xTo = Math.Min(_countX - 1, x + 1);
        if (xFrom > xTo)
            return 0;
        for (int cz = Math.Max(0, z - 1); cz <= Math.Min(_countZ - 1, z + 1); cz++)
        {
            for (int cy = Math.Max(0, y - 1); cy <= Math.Min(_countY - 1, y + 1); cy++)
            {
                int row = (cz * _countY + cy) * _countX;
                for (int k = _starts[row + xFrom]; k < _starts[row + xTo + 1] && count < found.Length; k++)
                    found[count++] = _items[k];
            }
        }
        return count;
    }

    private int Cube(Point3 p)
    {
        (int z, int y, int x) = CubeOf(p);
        return (z * _countY + y) * _countX + x;
    }

    private int Index(double offset) => (int)Math.Floor(offset / _side);
}
