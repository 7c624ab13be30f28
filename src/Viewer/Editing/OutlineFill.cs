using System.Collections.Immutable;
using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Fills outlines, and the planes between them where they are on several.</summary>
internal static class OutlineFill
{
    /// <summary>Fills outlines.</summary>
    /// <param name="recorder">Receives the voxels.</param>
    /// <param name="outlines">In any order; those of one plane are joined.</param>
    /// <param name="plane">The planes they are on.</param>
    /// <param name="voxelUm">Size of a voxel.</param>
    /// <param name="id">What is drawn.</param>
    /// <param name="mayChange">Whether voxels of an id may be changed.</param>
    /// <exception cref="ArgumentException">No outlines, or one that is none.</exception>
    public static void Fill(EditRecorder recorder, ImmutableArray<EditOutline> outlines, EditPlane plane, PointUm voxelUm, uint id, Func<uint, bool> mayChange)
    {
        if (outlines.IsDefaultOrEmpty)
            throw new ArgumentException("there must be an outline to fill or more; got none.", nameof(outlines));
        var grid = new PlaneGrid(plane, recorder.Volume.Shape);
        var masks = new SortedDictionary<int, PlaneMask>();
        foreach (EditOutline outline in outlines)
        {
            var mask = PlaneMask.Of(grid, outline.Points);
            int n = grid.PlaneOf(outline.Points.AsSpan());
            masks[n] = masks.TryGetValue(n, out PlaneMask? other) ? other.Union(mask) : mask;
        }
        (int Plane, PlaneMask Mask)? last = null;
        foreach ((int n, PlaneMask mask) in masks)
        {
            if (last is (int before, PlaneMask below) && n > before + 1 && below.Inside.Contains(true) && mask.Inside.Contains(true))
            {
                var between = new MaskInterpolation(below, mask, grid.Sizes(voxelUm).V, grid.Sizes(voxelUm).U);
                for (int m = before + 1; m < n; m++)
                    Draw(m, between.At((double)(m - before) / (n - before)));
            }
            Draw(n, mask);
            last = (n, mask);
        }

        void Draw(int n, PlaneMask mask)
        {
            for (int v = Math.Max(0, mask.V); v < Math.Min(grid.Height, mask.V + mask.Height); v++)
            {
                for (int u = Math.Max(0, mask.U); u < Math.Min(grid.Width, mask.U + mask.Width); u++)
                {
                    (int z, int y, int x) = grid.Voxel(n, v, u);
                    if (mask[v, u] && mayChange(recorder[z, y, x]))
                        recorder.Set(z, y, x, id);
                }
            }
        }
    }
}
