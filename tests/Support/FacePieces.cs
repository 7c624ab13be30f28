using Cellpose3D.Core2D;

namespace Cellpose3D.Tests.Support;

/// <summary>Counts what hangs together, slowly and plainly: one by one, from voxel to voxel.</summary>
public static class FacePieces
{
    /// <summary>Number of pieces of one label each whose voxels share faces.</summary>
    /// <param name="labels">int32 [(Z,) Y, X], 0 = background; borrowed.</param>
    public static int Count(NdArray<int> labels)
    {
        int height = labels.Shape[^2], width = labels.Shape[^1], depth = labels.Rank == 3 ? labels.Shape[0] : 1, pieces = 0;
        bool[] seen = new bool[labels.Length];
        var open = new Stack<int>();
        for (int start = 0; start < seen.Length; start++)
        {
            if (labels.Data[start] == 0 || seen[start])
                continue;
            pieces++;
            seen[start] = true;
            open.Push(start);
            while (open.TryPop(out int at))
            {
                int x = at % width, y = at / width % height, z = at / (height * width);
                foreach ((bool inside, int step) in (ReadOnlySpan<(bool, int)>)
                    [(x > 0, -1), (x < width - 1, 1), (y > 0, -width), (y < height - 1, width), (z > 0, -height * width), (z < depth - 1, height * width)])
                {
                    if (!inside || seen[at + step] || labels.Data[at + step] != labels.Data[at])
                        continue;
                    seen[at + step] = true;
                    open.Push(at + step);
                }
            }
        }
        return pieces;
    }
}
