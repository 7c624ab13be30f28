using Cellpose3D.Core2D;

namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>The cells of one plane of a frame on the head's grid: where each lies, how large and bright it is.</summary>
/// <remarks>
/// The grid has one node for <see cref="Step"/> pixels of the resized image, in which cells have the model's diameter. Places are in mean
/// diameters from the image's corner. Labels are not resized: each pixel is counted at the node that it falls on, so no cell is lost.
/// </remarks>
internal sealed class CellPlane
{
    /// <summary>Pixels of the resized image for each node of the grid.</summary>
    public const int Step = 4;

    /// <summary>Numbers that describe a cell besides its pixels.</summary>
    public const int ScalarCount = 7;

    /// <summary>Maps of the masks: coverage, border between cells, y and x from the cell's centre.</summary>
    public const int MaskChannels = 4;

    private const float LargestLog = 2;

    private CellPlane(int height, int width, int count)
    {
        (Height, Width, Count) = (height, width, count);
        (CentreY, CentreX, LogArea, LogIntensity, Border) = (new float[count], new float[count], new float[count], new float[count], new float[count]);
        Shape = new float[count * 3];
        Present = new bool[count];
    }

    /// <summary>Nodes along Y.</summary>
    public int Height { get; }

    /// <summary>Nodes along X.</summary>
    public int Width { get; }

    /// <summary>Number of cells of the frame; those that this plane does not cut are not <see cref="Present"/>.</summary>
    public int Count { get; }

    /// <summary>Whether the plane cuts the cell.</summary>
    public bool[] Present { get; }

    /// <summary>Centres, in diameters.</summary>
    public float[] CentreY { get; }

    /// <summary>Centres, in diameters.</summary>
    public float[] CentreX { get; }

    /// <summary>Log of the area over the median of the plane's cells.</summary>
    public float[] LogArea { get; }

    /// <summary>Log of the mean intensity over the median of the plane's cells; 0 without an image.</summary>
    public float[] LogIntensity { get; }

    /// <summary>From the cell's centre to the nearest side, in diameters, at most 2.</summary>
    public float[] Border { get; }

    /// <summary>Three second moments of each cell over its area, times 4 pi, less those of a disc: yy, xx, yx.</summary>
    public float[] Shape { get; }

    /// <summary>For every node that a cell touches, by cell, then by node: the cell.</summary>
    public int[] EntryCell { get; private set; } = [];

    /// <summary>The node, y * <see cref="Width"/> + x.</summary>
    public int[] EntryNode { get; private set; } = [];

    /// <summary>The share of the node that the cell covers.</summary>
    public float[] EntryCover { get; private set; } = [];

    /// <summary>Shares of a cell's entries, which sum to 1 for each cell.</summary>
    public float[] EntryShare { get; private set; } = [];

    /// <summary>Shares of a node's entries, which sum to 1 for each node.</summary>
    public float[] EntryPaint { get; private set; } = [];

    /// <summary>float32 [<see cref="MaskChannels"/>, Height, Width].</summary>
    public float[] Masks { get; private set; } = [];

    /// <summary>Whether there was an image.</summary>
    public bool HasImage { get; private set; }

    /// <summary>Lays cells on the grid.</summary>
    /// <param name="labels">int32 [Y, X], 0 = background; borrowed.</param>
    /// <param name="indexOf">Index of a label among <paramref name="count"/> cells, or -1 for a cell that is left out.</param>
    /// <param name="count">Number of cells of the frame.</param>
    /// <param name="image">float32 [Y, X], or null; borrowed.</param>
    /// <param name="scaleY">Resized pixels for each pixel along Y.</param>
    /// <param name="scaleX">Resized pixels for each pixel along X.</param>
    /// <param name="diameter">Resized pixels of a mean diameter.</param>
    /// <param name="centres">Pixel places of the cells' centres where they are not those of this plane (3D), else null; borrowed.</param>
    public static CellPlane Lay(
        NdArray<int> labels, Func<int, int> indexOf, int count, NdArray<float>? image, double scaleY, double scaleX, double diameter,
        (double Y, double X)[]? centres = null)
    {
        int height = labels.Shape[0], width = labels.Shape[1];
        int gridHeight = Nodes(height, scaleY), gridWidth = Nodes(width, scaleX);
        var plane = new CellPlane(gridHeight, gridWidth, count) { HasImage = image is not null };
        var sums = new Sum[count];
        var cover = new Dictionary<long, int>();
        int[] columns = [.. Enumerable.Range(0, width).Select(x => Math.Min(gridWidth - 1, (int)((x + 0.5) * scaleX / Step)))];
        bool[] border = new bool[gridHeight * gridWidth];
        for (int y = 0; y < height; y++)
        {
            int row = Math.Min(gridHeight - 1, (int)((y + 0.5) * scaleY / Step)) * gridWidth, current = 0, cell = -1;
            for (int x = 0; x < width; x++)
            {
                int i = y * width + x, label = labels.Data[i];
                if (label == 0)
                    continue;
                if (label != current)
                    (current, cell) = (label, indexOf(label));
                if (cell < 0)
                    continue;
                sums[cell].Add(y, x, image is null ? 0 : image.Data[i]);
                int node = row + columns[x];
                cover[(long)cell * gridHeight * gridWidth + node] = cover.GetValueOrDefault((long)cell * gridHeight * gridWidth + node) + 1;
                border[node] |= (x + 1 < width && labels.Data[i + 1] is var right && right != 0 && right != label)
                    || (y + 1 < height && labels.Data[i + width] is var below && below != 0 && below != label);
            }
        }
        plane.Describe(sums, height, width, scaleY, scaleX, diameter, centres);
        plane.Enter(cover, scaleY * scaleX / (Step * Step));
        plane.Paint(border, diameter);
        return plane;
    }

    /// <summary>Nodes of an axis.</summary>
    /// <param name="length">Pixels of the labels.</param>
    /// <param name="scale">Resized pixels for each of them.</param>
    public static int Nodes(int length, double scale) => Math.Max(1, ((int)Math.Round(length * scale) + Step - 1) / Step);

    /// <summary>Writes a cell's <see cref="ScalarCount"/> numbers.</summary>
    public void CopyScalars(int cell, Span<float> target)
    {
        target[0] = LogArea[cell];
        target[1] = LogIntensity[cell];
        Shape.AsSpan(cell * 3, 3).CopyTo(target[2..]);
        target[5] = Border[cell];
        target[6] = HasImage ? 1 : 0;
    }

    private void Describe(Sum[] sums, int height, int width, double scaleY, double scaleX, double diameter, (double Y, double X)[]? centres)
    {
        double medianArea = Median(sums.Where(s => s.Count > 0).Select(s => (double)s.Count));
        double medianIntensity = Median(sums.Where(s => s.Count > 0 && s.Intensity > 0).Select(s => s.Intensity / s.Count));
        for (int n = 0; n < Count; n++)
        {
            Sum sum = sums[n];
            Present[n] = sum.Count > 0;
            if (sum.Count == 0)
                continue;
            double y = (double)sum.Y / sum.Count, x = (double)sum.X / sum.Count;
            (double centreY, double centreX) = centres?[n] ?? (y, x);
            CentreY[n] = (float)((centreY + 0.5) * scaleY / diameter);
            CentreX[n] = (float)((centreX + 0.5) * scaleX / diameter);
            LogArea[n] = Limit(Math.Log(sum.Count / medianArea));
            double intensity = sum.Intensity / sum.Count;
            LogIntensity[n] = intensity > 0 && medianIntensity > 0 ? Limit(Math.Log(intensity / medianIntensity)) : 0;
            double side = Math.Min(Math.Min(y + 0.5, height - 0.5 - y) * scaleY, Math.Min(x + 0.5, width - 0.5 - x) * scaleX) / diameter;
            Border[n] = (float)Math.Clamp(side, 0, 2);
            double area = sum.Count * scaleY * scaleX;
            double moment = 4 * Math.PI / area;                          // a disc of area A has the moment A / (4 pi)
            Shape[n * 3] = Limit(((double)sum.YY / sum.Count - y * y) * scaleY * scaleY * moment - 1);
            Shape[n * 3 + 1] = Limit(((double)sum.XX / sum.Count - x * x) * scaleX * scaleX * moment - 1);
            Shape[n * 3 + 2] = Limit(((double)sum.YX / sum.Count - y * x) * scaleY * scaleX * moment);
        }
    }

    private void Enter(Dictionary<long, int> cover, double pixelShare)
    {
        long[] keys = [.. cover.Keys];
        Array.Sort(keys);
        int nodes = Height * Width;
        (EntryCell, EntryNode) = (new int[keys.Length], new int[keys.Length]);
        (EntryCover, EntryShare, EntryPaint) = (new float[keys.Length], new float[keys.Length], new float[keys.Length]);
        double[] byCell = new double[Count], byNode = new double[nodes];
        for (int n = 0; n < keys.Length; n++)
        {
            (EntryCell[n], EntryNode[n]) = ((int)(keys[n] / nodes), (int)(keys[n] % nodes));
            EntryCover[n] = (float)(cover[keys[n]] * pixelShare);
            byCell[EntryCell[n]] += EntryCover[n];
            byNode[EntryNode[n]] += EntryCover[n];
        }
        for (int n = 0; n < keys.Length; n++)
        {
            EntryShare[n] = (float)(EntryCover[n] / byCell[EntryCell[n]]);
            EntryPaint[n] = (float)(EntryCover[n] / byNode[EntryNode[n]]);
        }
    }

    private void Paint(bool[] border, double diameter)
    {
        int nodes = Height * Width;
        Masks = new float[MaskChannels * nodes];
        for (int i = 0; i < nodes; i++)
            Masks[nodes + i] = border[i] ? 1 : 0;
        for (int n = 0; n < EntryCell.Length; n++)
        {
            int node = EntryNode[n], cell = EntryCell[n];
            Masks[node] = Math.Min(1, Masks[node] + EntryCover[n]);
            Masks[2 * nodes + node] += EntryPaint[n] * (NodeY(node, diameter) - CentreY[cell]);
            Masks[3 * nodes + node] += EntryPaint[n] * (NodeX(node, diameter) - CentreX[cell]);
        }
    }

    /// <summary>Place of a node's middle, in diameters.</summary>
    public float NodeY(int node, double diameter) => (float)((node / Width + 0.5) * Step / diameter);

    /// <summary>Place of a node's middle, in diameters.</summary>
    public float NodeX(int node, double diameter) => (float)((node % Width + 0.5) * Step / diameter);

    private static float Limit(double value) => (float)Math.Clamp(value, -LargestLog, LargestLog);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted.Length == 0 ? 1 : sorted[sorted.Length / 2];
    }

    private struct Sum
    {
        public long Count, Y, X, YY, XX, YX;
        public double Intensity;

        public void Add(int y, int x, float intensity)
        {
            Count++;
            Y += y;
            X += x;
            YY += (long)y * y;
            XX += (long)x * x;
            YX += (long)y * x;
            Intensity += intensity;
        }
    }
}
