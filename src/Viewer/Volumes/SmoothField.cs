namespace Cellpose3D.Viewer.Volumes;

/// <summary>
/// A field whose level 1/2 is a smooth surface of the labels shown: their indicator under a binomial filter of about the width of a
/// step between planes, held above 1/2 at every voxel of a cell and below at every other.
/// </summary>
/// <remarks>
/// Holding it there keeps thin cells and thin gaps, which smoothing alone swallows. What it costs in smoothness is little: the plane that
/// a flat surface was cut from fits between the voxel centres too.
/// </remarks>
public static class SmoothField
{
    /// <summary>The value of a voxel of background at most.</summary>
    public const byte Outside = 112;

    /// <summary>The value of a voxel of a cell at least.</summary>
    public const byte Inside = 143;

    /// <summary>Computes the field.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="shows">Whether an id is shown.</param>
    /// <param name="passes">Filter passes [1 2 1]/4 along z, y and x.</param>
    /// <returns>uint8 [Z, Y, X]; owned by the caller.</returns>
    public static byte[] Of(LabelVolume labels, Func<uint, bool> shows, (int Z, int Y, int X) passes)
    {
        (int depth, int height, int width) = (labels.Shape.Z, labels.Shape.Y, labels.Shape.X);
        byte[] field = new byte[labels.Voxels.Length];
        Parallel.For(0, depth, z =>
        {
            (uint last, bool shown) = (0, false);
            for (int i = z * height * width; i < (z + 1) * height * width; i++)
            {
                uint id = labels.Voxels[i];
                if (id != last)
                    (last, shown) = (id, id != 0 && shows(id));
                field[i] = shown ? byte.MaxValue : (byte)0;
            }
        });
        byte[] inside = (byte[])field.Clone();
        Parallel.For(0, depth, z =>
        {
            Span<byte> plane = field.AsSpan(z * height * width, height * width);
            for (int y = 0; y < height; y++)
                Filter(plane.Slice(y * width, width), 1, width, passes.X);
            for (int x = 0; x < width; x++)
                Filter(plane[x..], width, height, passes.Y);
        });
        Parallel.For(0, height, y =>
        {
            for (int x = 0; x < width; x++)
                Filter(field.AsSpan(y * width + x), height * width, depth, passes.Z);
        });
        Parallel.For(0, depth, z =>
        {
            for (int i = z * height * width; i < (z + 1) * height * width; i++)
                field[i] = inside[i] != 0 ? Math.Max(field[i], Inside) : Math.Min(field[i], Outside);
        });
        return field;
    }

    /// <summary>Passes that smooth over the same distance along every axis: that between the voxels that are farthest apart.</summary>
    /// <param name="z">Size of a voxel along z.</param>
    /// <param name="y">Size along y.</param>
    /// <param name="x">Size along x.</param>
    public static (int Z, int Y, int X) Passes(double z, double y, double x)
    {
        double longest = Math.Max(z, Math.Max(y, x));
        return (Of(z), Of(y), Of(x));

        // a pass has a variance of half a voxel squared; three make about the width of the 5^3 kernel of the normals
        int Of(double size) => Math.Clamp((int)Math.Round(2 * (longest / size) * (longest / size)), 2, 32);
    }

    private static void Filter(Span<byte> line, int step, int length, int passes)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            int before = line[0];
            for (int i = 0, at = 0; i < length; i++, at += step)
            {
                int here = line[at], after = i + 1 < length ? line[at + step] : here;
                line[at] = (byte)((before + 2 * here + after + 2) >> 2);
                before = here;
            }
        }
    }
}
