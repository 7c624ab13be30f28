using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>What nuclei are painted on, plane by plane, with a margin on all sides that the blur needs; used again for every frame.</summary>
internal sealed class MovieCanvas
{
    /// <param name="depth">Planes of the image.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="marginZ">Planes before and behind.</param>
    /// <param name="margin">Rows and columns on every side.</param>
    /// <param name="withLight">Whether there is light to paint, beside owners.</param>
    public MovieCanvas(int depth, int height, int width, int marginZ, int margin, bool withLight)
    {
        (MarginZ, Margin, Depth, Height, Width) = (marginZ, margin, depth + 2 * marginZ, height + 2 * margin, width + 2 * margin);
        Owner = new int[Depth * Height * Width];
        Nearest = new float[Owner.Length];
        Sharp = [.. Enumerable.Range(0, withLight ? Depth : 0).Select(_ => new Plane(Height, Width))];
        Soft = [.. Enumerable.Range(0, withLight ? Depth : 0).Select(_ => new Plane(Height, Width))];
    }

    public int MarginZ { get; }

    public int Margin { get; }

    public int Depth { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Number of the cell, from 1, that each voxel lies deepest in; 0 for none.</summary>
    public int[] Owner { get; }

    /// <summary>How deep: signed distance to that cell's outline, pixels, below 0.</summary>
    public float[] Nearest { get; }

    /// <summary>Light in focus.</summary>
    public Plane[] Sharp { get; }

    /// <summary>Light far out of focus.</summary>
    public Plane[] Soft { get; }

    /// <summary>Whether something was painted on <see cref="Soft"/>.</summary>
    public bool HasSoft { get; set; }

    public bool HasLight => Sharp.Length > 0;

    /// <summary>Adds light; where cells lie over each other, the brighter one's counts, and a third of the other's.</summary>
    public static void Add(ref float target, float light)
    {
        const float Through = 0.35f;
        target = Math.Max(target, light) + Through * Math.Min(target, light);
    }

    public void Clear()
    {
        Array.Clear(Owner);
        Array.Clear(Nearest);
        foreach (Plane plane in Sharp)
            plane.Fill(0);
        if (HasSoft)
        {
            foreach (Plane plane in Soft)
                plane.Fill(0);
        }
        HasSoft = false;
    }
}
