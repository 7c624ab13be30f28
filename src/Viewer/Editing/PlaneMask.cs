using System.Collections.Immutable;
using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Pixels of a plane, in a box of it.</summary>
/// <param name="V">First row.</param>
/// <param name="U">First column.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Inside">bool [Height, Width].</param>
internal sealed record PlaneMask(int V, int U, int Height, int Width, bool[] Inside)
{
    /// <summary>Whether a pixel of the plane is in the mask.</summary>
    public bool this[int v, int u] => (uint)(v - V) < (uint)Height && (uint)(u - U) < (uint)Width && Inside[(v - V) * Width + u - U];

    /// <summary>The pixels with their centre inside an outline or on it, by the even-odd rule.</summary>
    /// <param name="grid">The planes.</param>
    /// <param name="outline">At least 3 points.</param>
    /// <exception cref="ArgumentException">Fewer points, or points that are no numbers.</exception>
    public static PlaneMask Of(PlaneGrid grid, ImmutableArray<PointUm> outline)
    {
        if (outline.IsDefault || outline.Length < 3 || outline.Any(p => !double.IsFinite(p.Z + p.Y + p.X)))
            throw new ArgumentException($"an outline must have 3 points or more, of finite numbers; got {(outline.IsDefault ? 0 : outline.Length)}.", nameof(outline));
        (double V, double U)[] points = [.. outline.Select(p => (grid.Project(p).V, grid.Project(p).U))];
        int v0 = Low(points.Min(p => p.V)), u0 = Low(points.Min(p => p.U));
        int height = Math.Max(0, High(points.Max(p => p.V), grid.Height) - v0), width = Math.Max(0, High(points.Max(p => p.U), grid.Width) - u0);
        var mask = new PlaneMask(v0, u0, height, width, new bool[height * width]);
        var crossings = new List<double>();
        for (int v = v0; v < v0 + height; v++)
        {
            crossings.Clear();
            for (int n = 0; n < points.Length; n++)
            {
                ((double av, double au), (double bv, double bu)) = (points[n], points[(n + 1) % points.Length]);
                if (av == bv)
                {
                    if (av == v)
                        mask.Span(v, Math.Min(au, bu), Math.Max(au, bu));
                    continue;
                }
                if (av == v)
                    mask.Span(v, au, au);                                // a tip is on the outline though no pair of crossings holds it
                if (v >= Math.Min(av, bv) && v < Math.Max(av, bv))
                    crossings.Add(au + (v - av) / (bv - av) * (bu - au));
            }
            crossings.Sort();
            for (int n = 0; n + 1 < crossings.Count; n += 2)
                mask.Span(v, crossings[n], crossings[n + 1]);
        }
        return mask;

        static int Low(double lowest) => (int)Math.Clamp(Math.Ceiling(lowest - Slack), 0, 1e9);
        static int High(double highest, int length) => (int)Math.Clamp(Math.Floor(highest + Slack) + 1, 0, length);
    }

    /// <summary>The pixels that are in one mask or the other.</summary>
    public PlaneMask Union(PlaneMask other)
    {
        int v = Math.Min(V, other.V), u = Math.Min(U, other.U);
        int height = Math.Max(V + Height, other.V + other.Height) - v, width = Math.Max(U + Width, other.U + other.Width) - u;
        return Fill(v, u, height, width, (y, x) => this[y, x] || other[y, x]);
    }

    /// <summary>A mask by a rule.</summary>
    public static PlaneMask Fill(int v, int u, int height, int width, Func<int, int, bool> isInside)
    {
        bool[] inside = new bool[height * width];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                inside[y * width + x] = isInside(v + y, u + x);
        }
        return new PlaneMask(v, u, height, width, inside);
    }

    /// <summary>The mean place of the pixels, rounded; null where there are none.</summary>
    public (double V, double U)? Centre()
    {
        long count = 0, v = 0, u = 0;
        for (int i = 0; i < Inside.Length; i++)
        {
            if (!Inside[i])
                continue;
            count++;
            v += i / Width;
            u += i % Width;
        }
        return count == 0 ? null : (V + (double)v / count, U + (double)u / count);
    }

    // rounding must not lose a centre that lies on the outline
    private const double Slack = 1e-9;

    private void Span(int v, double from, double to)
    {
        int first = (int)Math.Max(U, Math.Ceiling(from - Slack)), last = (int)Math.Min(U + Width - 1, Math.Floor(to + Slack));
        if (last >= first)
            Inside.AsSpan((v - V) * Width + first - U, last - first + 1).Fill(true);
    }
}
