using Cellpose3D.Core2D;

namespace Cellpose3D.Tests.Support;

/// <summary>A small volume whose cells lie over the borders of any cut into blocks, and what tells that they do.</summary>
public static class CrossingCells
{
    /// <summary>Length of each axis.</summary>
    public const int Side = 36;

    /// <summary>A diameter at which the test network finds the cells quickly; they have 16 pixels.</summary>
    public const double Diameter = 36;

    // two of them lie on the cube's diagonal, where the corners of blocks are
    private static readonly (int Z, int Y, int X)[] Centres = [(10, 10, 10), (21, 20, 20), (8, 28, 27), (27, 8, 27), (28, 27, 7), (9, 10, 29), (29, 29, 29)];

    /// <summary>Bright balls on a dark, noisy ground.</summary>
    /// <param name="seed">Of the noise.</param>
    /// <returns>float32 [Z, Y, X], whole numbers, 0 to 255.</returns>
    public static NdArray<float> Image(int seed = 1)
    {
        var random = new Random(seed);
        var image = new NdArray<float>(Side, Side, Side);
        for (int i = 0; i < image.Length; i++)
        {
            (int z, int y, int x) = (i / Side / Side, i / Side % Side, i % Side);
            bool inside = Centres.Any(c => (z - c.Z) * (z - c.Z) + (y - c.Y) * (y - c.Y) + (x - c.X) * (x - c.X) <= 8 * 8);
            image.Data[i] = (inside ? 118 : 18) + random.Next(8);
        }
        return image;
    }

    /// <summary>What stands in the middle of each cell.</summary>
    /// <param name="labels">int32 [Z, Y, X]; borrowed.</param>
    /// <param name="step">Planes of the cube from one plane of the labels to the next.</param>
    public static int[] LabelsAtCentres(NdArray<int> labels, int step = 1) =>
        [.. Centres.Select(c => labels.Data[(c.Z / step * labels.Shape[1] + c.Y) * labels.Shape[2] + c.X])];

    /// <summary>Over what borders of blocks cells lie.</summary>
    /// <param name="labels">int32 [Z, Y, X]; borrowed.</param>
    /// <param name="block">Side of a block.</param>
    /// <returns>Whether some cell has voxels on both sides of a face, in all four blocks around an edge, in all eight around a corner.</returns>
    public static (bool Face, bool Edge, bool Corner) Find(ReadOnlySpan<int> labels, int block)
    {
        var touched = new Dictionary<int, HashSet<(int Z, int Y, int X)>>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] == 0)
                continue;
            if (!touched.TryGetValue(labels[i], out HashSet<(int Z, int Y, int X)>? blocks))
                touched[labels[i]] = blocks = [];
            blocks.Add((i / Side / Side / block, i / Side % Side / block, i % Side / block));
        }
        bool Any(params (int Z, int Y, int X)[] steps) => touched.Values.Any(blocks => blocks.Any(b =>
            steps.All(s => blocks.Contains((b.Z + s.Z, b.Y + s.Y, b.X + s.X)))));
        return (
            Any((1, 0, 0)) || Any((0, 1, 0)) || Any((0, 0, 1)),
            Any((1, 0, 0), (0, 1, 0), (1, 1, 0)) || Any((1, 0, 0), (0, 0, 1), (1, 0, 1)) || Any((0, 1, 0), (0, 0, 1), (0, 1, 1)),
            Any((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)));
    }
}
