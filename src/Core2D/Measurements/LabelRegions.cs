using System.Runtime.InteropServices;

namespace Cellpose3D.Core2D.Measurements;

/// <summary>Finds every label of an image or volume with its pixel count and bounding box, in one pass over runs.</summary>
public static class LabelRegions
{
    /// <summary>Finds the labels.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background, gaps allowed; borrowed.</param>
    /// <returns>One per label that occurs, by ascending label; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The array has neither two nor three axes, or a label is negative.</exception>
    public static LabelRegion[] Find(NdArray<int> labels)
    {
        (int depth, int height, int width) = Axes(labels);
        return Find(labels.Data, 0, depth, height, width);
    }

    /// <summary>Finds the labels of one plane of an image or volume.</summary>
    /// <param name="labels">int32, C order; borrowed.</param>
    /// <param name="plane">Index of the plane; the regions' z counts from it.</param>
    /// <param name="height">Rows of a plane.</param>
    /// <param name="width">Columns of a plane.</param>
    internal static LabelRegion[] FindInPlane(int[] labels, int plane, int height, int width) =>
        Find(labels, plane * height * width, 1, height, width);

    /// <summary>The axes of a label array, an image being a volume of one plane.</summary>
    /// <exception cref="ArgumentException">The array has neither two nor three axes.</exception>
    internal static (int Depth, int Height, int Width) Axes(NdArray<int> labels) => labels.Rank switch
    {
        2 => (1, labels.Shape[0], labels.Shape[1]),
        3 => (labels.Shape[0], labels.Shape[1], labels.Shape[2]),
        _ => throw new ArgumentException($"labels must be [Y, X] or [Z, Y, X]; got {labels}.", nameof(labels)),
    };

    /// <summary>The axes of a label image.</summary>
    /// <exception cref="ArgumentException">The array does not have two axes.</exception>
    internal static (int Height, int Width) PlaneAxes(NdArray<int> labels) => labels.Rank == 2
        ? (labels.Shape[0], labels.Shape[1])
        : throw new ArgumentException($"labels must be [Y, X]; got {labels}. Give a volume plane by plane.", nameof(labels));

    private static LabelRegion[] Find(int[] labels, int offset, int depth, int height, int width)
    {
        var regions = new Dictionary<int, LabelRegion>();
        int i = offset;
        for (int z = 0; z < depth; z++)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width;)
                {
                    int label = labels[i], start = x;
                    while (x < width && labels[i] == label)
                    {
                        x++;
                        i++;
                    }
                    if (label != 0)
                        Add(regions, label, z, y, start, x);
                }
            }
        }

        LabelRegion[] found = [.. regions.Values];
        Array.Sort(found, (a, b) => a.Label.CompareTo(b.Label));
        if (found.Length > 0 && found[0].Label < 0)
            throw new ArgumentException($"labels must be 0 or greater; got {found[0].Label}.", nameof(labels));
        return found;
    }

    private static void Add(Dictionary<int, LabelRegion> regions, int label, int z, int y, int x0, int x1)
    {
        ref LabelRegion region = ref CollectionsMarshal.GetValueRefOrAddDefault(regions, label, out bool known);
        region = known
            ? new LabelRegion(label, region.Count + x1 - x0, region.Z0, z + 1,
                Math.Min(region.Y0, y), Math.Max(region.Y1, y + 1), Math.Min(region.X0, x0), Math.Max(region.X1, x1))
            : new LabelRegion(label, x1 - x0, z, z + 1, y, y + 1, x0, x1);
    }
}
