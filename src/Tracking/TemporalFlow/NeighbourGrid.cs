using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>Finds the points nearest to a place, within a distance; cells of a grid keep it near-linear.</summary>
internal sealed class NeighbourGrid
{
    private readonly PointUm[] _points;
    private readonly double _edge;
    private readonly Dictionary<(int Z, int Y, int X), List<int>> _cells = [];

    /// <summary>Sorts points into a grid.</summary>
    /// <param name="points">The points; borrowed.</param>
    /// <param name="reach">The farthest distance that will be asked for.</param>
    public NeighbourGrid(PointUm[] points, double reach)
    {
        _points = points;
        _edge = Math.Max(reach, 1e-9);
        for (int n = 0; n < points.Length; n++)
        {
            (int Z, int Y, int X) key = Key(points[n]);
            if (!_cells.TryGetValue(key, out List<int>? cell))
                _cells[key] = cell = [];
            cell.Add(n);
        }
    }

    /// <summary>The nearest points, nearest first; equally near ones by index.</summary>
    /// <param name="place">Where from.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="except">A point that is left out, or -1.</param>
    public List<(double Distance, int Index)> Nearest(PointUm place, int count, int except = -1)
    {
        var found = new List<(double, int)>();
        (int z, int y, int x) = Key(place);
        for (int dz = -1; dz <= 1; dz++)
        {
            for (int dy = -1; dy <= 1; dy++)
            {
                for (int dx = -1; dx <= 1; dx++)
                {
                    if (!_cells.TryGetValue((z + dz, y + dy, x + dx), out List<int>? cell))
                        continue;
                    foreach (int n in cell)
                    {
                        double distance = place.DistanceTo(_points[n]);
                        if (distance <= _edge && n != except)
                            found.Add((distance, n));
                    }
                }
            }
        }
        found.Sort();
        if (found.Count > count)
            found.RemoveRange(count, found.Count - count);
        return found;
    }

    private (int Z, int Y, int X) Key(PointUm p) => ((int)Math.Floor(p.Z / _edge), (int)Math.Floor(p.Y / _edge), (int)Math.Floor(p.X / _edge));
}
