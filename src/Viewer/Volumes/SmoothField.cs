using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Volumes;

/// <summary>
/// A field whose level 1/2 is a smooth surface of the labels shown: their indicator under a binomial filter of about the width of a
/// step between planes, put right wherever the filter moved a voxel's centre to the other side.
/// </summary>
/// <remarks>
/// On a surface the level is moved to the voxel's centre, a small part of a voxel; a flat surface needs none of it, since the plane that it
/// was cut from fits between the voxel centres. Where the filter swallowed a thin cell or a thin gap, the field is mirrored at 1/2.
/// </remarks>
public static class SmoothField
{
    private const byte Half = 128;

    /// <summary>Computes the field.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="shows">Whether an id is shown.</param>
    /// <param name="passes">Filter passes [1 2 1]/4 along z, y and x.</param>
    /// <returns>uint8 [Z, Y, X]; owned by the caller.</returns>
    public static byte[] Of(LabelVolume labels, Func<uint, bool> shows, (int Z, int Y, int X) passes) => Of(labels, labels.Shape.All, shows, passes);

    /// <summary>Computes the field anew where a change of some voxels may have changed it.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="changed">Outside of it no voxel was changed.</param>
    /// <param name="shows">Whether an id is shown.</param>
    /// <param name="passes">As for <see cref="Of(LabelVolume, Func{uint, bool}, ValueTuple{int, int, int})"/>.</param>
    /// <returns>A box, and uint8 [depth, height, width] of it: what computing the whole field gives there; owned by the caller.</returns>
    public static (VolumeBox Box, byte[] Field) Around(LabelVolume labels, VolumeBox changed, Func<uint, bool> shows, (int Z, int Y, int X) passes)
    {
        // a pass reaches one voxel, mending another
        (int Z, int Y, int X) reach = (passes.Z + 1, passes.Y + 1, passes.X + 1);
        VolumeBox box = VolumeCut.Grown(changed, reach, labels.Shape), window = VolumeCut.Grown(box, reach, labels.Shape);
        byte[] field = Of(labels, window, shows, passes);
        return (box, VolumeCut.Of(field, window.Shape, box with { Z = box.Z - window.Z, Y = box.Y - window.Y, X = box.X - window.X }));
    }

    // the field of a box, as if there were nothing else
    private static byte[] Of(LabelVolume labels, VolumeBox box, Func<uint, bool> shows, (int Z, int Y, int X) passes)
    {
        (int depth, int height, int width) = (box.Depth, box.Height, box.Width);
        byte[] field = new byte[box.Count];
        Parallel.For(0, depth, z =>
        {
            (uint last, bool shown) = (0, false);
            for (int y = 0; y < height; y++)
            {
                ReadOnlySpan<uint> ids = labels.Voxels.AsSpan(((box.Z + z) * labels.Shape.Y + box.Y + y) * labels.Shape.X + box.X, width);
                Span<byte> row = field.AsSpan((z * height + y) * width, width);
                for (int x = 0; x < width; x++)
                {
                    uint id = ids[x];
                    if (id != last)
                        (last, shown) = (id, id != 0 && shows(id));
                    row[x] = shown ? byte.MaxValue : (byte)0;
                }
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
            int i = z * height * width;
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++, i++)
                {
                    bool cell = inside[i] != 0;
                    inside[i] = cell == field[i] >= Half ? field[i] : Mended(cell, field[i], Slope(
                        field[i + (z + 1 < depth ? height * width : 0)] - field[i - (z > 0 ? height * width : 0)],
                        field[i + (y + 1 < height ? width : 0)] - field[i - (y > 0 ? width : 0)],
                        field[i + (x + 1 < width ? 1 : 0)] - field[i - (x > 0 ? 1 : 0)]));
                }
            }
        });
        return inside;
    }

    private static double Slope(int z, int y, int x) => 0.5 * Math.Sqrt(z * z + y * y + x * x);

    // a voxel on the wrong side: by how far, in voxels, tells a surface that is moved a little from a thin cell or gap
    private static byte Mended(bool cell, byte value, double slope)
    {
        double wrong = Math.Abs(value - 127.5), share = Math.Clamp((wrong / Math.Max(slope, 1e-3) - 0.35) / 0.3, 0, 1);
        double right = 0.5 + share * wrong;
        return (byte)Math.Round(127.5 + (cell ? right : -right), MidpointRounding.AwayFromZero);
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
