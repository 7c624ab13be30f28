namespace Cellpose3D.Core2D.Synthesis;

/// <summary>What painters need to know of each cell of a map; index 0 is background.</summary>
internal sealed class CellFacts
{
    public CellFacts(LabelMap map)
    {
        Map = map;
        Depth = map.Depth();
        Count = map.Data.Length == 0 ? 0 : map.Data.Max();
        Size = new int[Count + 1];
        MaxDepth = new float[Count + 1];
        Peak = new (int Y, int X)[Count + 1];
        for (int at = 0; at < map.Data.Length; at++)
        {
            int label = map.Data[at];
            Size[label]++;
            if (label != 0 && Depth.Data[at] > MaxDepth[label])
            {
                MaxDepth[label] = Depth.Data[at];
                Peak[label] = (at / map.Width, at % map.Width);
            }
        }
    }

    public LabelMap Map { get; }

    /// <summary>Distance of each pixel to the edge of its cell, pixels.</summary>
    public Plane Depth { get; }

    /// <summary>Highest label.</summary>
    public int Count { get; }

    /// <summary>Pixels of each label.</summary>
    public int[] Size { get; }

    /// <summary>Greatest depth in each label, pixels.</summary>
    public float[] MaxDepth { get; }

    /// <summary>Where that is.</summary>
    public (int Y, int X)[] Peak { get; }

    /// <summary>A place for the nucleus of a cell: near the deepest point of thin cells, anywhere deep enough in fat ones.</summary>
    public (int Y, int X) NucleusPlace(int label, SynthesisRandom random)
    {
        (int y, int x) = Peak[label];
        int reach = (int)(MaxDepth[label] * 0.8);
        for (int attempt = 0; attempt < 4; attempt++)
        {
            int v = y + random.Whole(-reach, reach), u = x + random.Whole(-reach, reach);
            if (v < 0 || u < 0 || v >= Map.Height || u >= Map.Width)
                continue;
            int at = v * Map.Width + u;
            if (Map.Data[at] == label && Depth.Data[at] > 0.62f * MaxDepth[label])
                return (v, u);
        }
        return (y, x);
    }
}
