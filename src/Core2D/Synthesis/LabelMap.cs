namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Which cell owns each pixel of a canvas: 0 for none, n + 1 for cell n of the scene's list.</summary>
internal sealed class LabelMap(int height, int width)
{
    /// <summary>Cells of fewer pixels are dropped.</summary>
    public const int MinPixels = 10;

    public int Height { get; } = height;

    public int Width { get; } = width;

    /// <summary>int [Y, X], C order.</summary>
    public int[] Data { get; } = new int[height * width];

    /// <summary>Shares the canvas among outlines: a pixel goes to the one it is deepest in, so that neighbours meet in a line.</summary>
    public static LabelMap Compete(int height, int width, IReadOnlyList<CellRaster> cells)
    {
        LabelMap map = new(height, width);
        float[] best = new float[map.Data.Length];
        for (int n = 0; n < cells.Count; n++)
        {
            CellRaster cell = cells[n];
            for (int y = 0; y < cell.Height; y++)
            {
                for (int x = 0; x < cell.Width; x++)
                {
                    float d = cell.Distance[y * cell.Width + x];
                    int at = (y + cell.Y0) * width + x + cell.X0;
                    if (d < best[at])
                    {
                        best[at] = d;
                        map.Data[at] = n + 1;
                    }
                }
            }
        }
        return map;
    }

    /// <summary>Lays outlines over each other: a later one hides what is under it.</summary>
    public static LabelMap Cover(int height, int width, IReadOnlyList<CellRaster> cells)
    {
        LabelMap map = new(height, width);
        for (int n = 0; n < cells.Count; n++)
        {
            CellRaster cell = cells[n];
            for (int y = 0; y < cell.Height; y++)
            {
                for (int x = 0; x < cell.Width; x++)
                {
                    if (cell.Distance[y * cell.Width + x] < 0)
                        map.Data[(y + cell.Y0) * width + x + cell.X0] = n + 1;
                }
            }
        }
        return map;
    }

    /// <summary>Keeps the largest 4-connected piece of each label; other pieces go to the neighbour they touch most, or vanish.</summary>
    public void Clean()
    {
        int[] piece = new int[Data.Length];
        List<(int Label, int Size, int First)> pieces = FindPieces(piece);
        Dictionary<int, int> largest = [];
        for (int n = 0; n < pieces.Count; n++)
        {
            if (!largest.TryGetValue(pieces[n].Label, out int other) || pieces[other].Size < pieces[n].Size)
                largest[pieces[n].Label] = n;
        }
        Dictionary<int, Dictionary<int, int>> contacts = [];
        for (int at = 0; at < Data.Length; at++)
        {
            int own = piece[at];
            if (own == 0 || Kept(own))
                continue;
            Dictionary<int, int> counts = contacts.TryGetValue(own, out Dictionary<int, int>? found) ? found : contacts[own] = [];
            foreach (int other in (int[])[at % Width > 0 ? at - 1 : -1, at % Width < Width - 1 ? at + 1 : -1, at - Width, at + Width])
            {
                if (other >= 0 && other < Data.Length && piece[other] != 0 && piece[other] != own && Kept(piece[other]))
                    counts[Data[other]] = counts.GetValueOrDefault(Data[other]) + 1;
            }
        }
        int[] heir = new int[pieces.Count + 1];
        foreach ((int own, Dictionary<int, int> counts) in contacts)
            heir[own] = counts.Count == 0 ? 0 : counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key).First().Key;
        for (int at = 0; at < Data.Length; at++)
        {
            if (piece[at] != 0 && !Kept(piece[at]))
                Data[at] = heir[piece[at]];
        }

        bool Kept(int number) => largest[pieces[number - 1].Label] == number - 1 && pieces[number - 1].Size >= MinPixels;
    }

    /// <summary>Numbers the labels 1, 2, ... by their first pixel in raster order; returns how many there are.</summary>
    public int Renumber()
    {
        Dictionary<int, int> number = [];
        for (int at = 0; at < Data.Length; at++)
        {
            if (Data[at] == 0)
                continue;
            if (!number.TryGetValue(Data[at], out int fresh))
                number[Data[at]] = fresh = number.Count + 1;
            Data[at] = fresh;
        }
        return number.Count;
    }

    /// <summary>The part of the map that starts at (margin, margin) and has the given size.</summary>
    public LabelMap Cropped(int margin, int height, int width)
    {
        LabelMap crop = new(height, width);
        for (int y = 0; y < height; y++)
            Data.AsSpan((y + margin) * Width + margin, width).CopyTo(crop.Data.AsSpan(y * width, width));
        return crop;
    }

    /// <summary>Mean diameter of the circles with the labels' areas, pixels; 0 without labels.</summary>
    /// <param name="wholeOnly">Leaves out labels that touch the edge.</param>
    public double MeanDiameter(bool wholeOnly)
    {
        SortedDictionary<int, (int Size, bool Cut)> sizes = [];
        for (int at = 0; at < Data.Length; at++)
        {
            if (Data[at] == 0)
                continue;
            bool edge = at < Width || at >= Data.Length - Width || at % Width == 0 || at % Width == Width - 1;
            (int size, bool cut) = sizes.GetValueOrDefault(Data[at]);
            sizes[Data[at]] = (size + 1, cut || edge);
        }
        double sum = 0;
        int count = 0;
        foreach ((int size, bool cut) in sizes.Values)
        {
            if (wholeOnly && cut)
                continue;
            sum += 2 * Math.Sqrt(size / Math.PI);
            count++;
        }
        return count == 0 ? 0 : sum / count;
    }

    /// <summary>Distance, pixels, from each labelled pixel to the nearest pixel that is not of its label; 0 on background.</summary>
    /// <remarks>Exact, by a lower envelope of parabolas inside each run of one label (after Felzenszwalb and Huttenlocher).</remarks>
    public Plane Depth()
    {
        Plane depth = new(Height, Width);
        int[] across = new int[Data.Length];
        for (int y = 0; y < Height; y++)
        {
            for (int from = 0; from < Width;)
            {
                int start = y * Width + from, label = Data[start], to = from + 1;
                while (to < Width && Data[y * Width + to] == label)
                    to++;
                int left = from == 0 ? 1 << 14 : 1, right = to == Width ? 1 << 14 : 1;
                for (int x = from; x < to && label != 0; x++)
                    across[y * Width + x] = Math.Min(x - from + left, to - 1 - x + right);
                from = to;
            }
        }
        double[] height = new double[Height + 2], border = new double[Height + 3];
        int[] apex = new int[Height + 2];
        for (int x = 0; x < Width; x++)
        {
            for (int from = 0; from < Height;)
            {
                int label = Data[from * Width + x], to = from + 1;
                while (to < Height && Data[to * Width + x] == label)
                    to++;
                if (label != 0)
                    RunDepth(depth, across, x, from, to, height, border, apex);
                from = to;
            }
        }
        return depth;
    }

    private void RunDepth(Plane depth, int[] across, int x, int from, int to, double[] height, double[] border, int[] apex)
    {
        int length = to - from + 2, last = -1;                           // the run with the foreign pixels at its two ends
        for (int k = 0; k < length; k++)
        {
            double g = (double)1e9;
            if (k == 0)
                g = from == 0 ? 1e9 : 0;
            else if (k == length - 1)
                g = to == Height ? 1e9 : 0;
            else
                g = (double)across[(from + k - 1) * Width + x] * across[(from + k - 1) * Width + x];
            height[k] = g;
            while (last >= 0)
            {
                double meet = (g + (double)k * k - height[apex[last]] - (double)apex[last] * apex[last]) / (2.0 * (k - apex[last]));
                if (meet > border[last])
                {
                    border[last + 1] = meet;
                    break;
                }
                last--;
            }
            apex[++last] = k;
            if (last == 0)
                border[0] = -1e12;
        }
        for (int k = 1, at = 0; k < length - 1; k++)
        {
            while (at < last && border[at + 1] < k)
                at++;
            double d = k - apex[at];
            depth.Data[(from + k - 1) * Width + x] = (float)Math.Sqrt(Math.Min(1e8, height[apex[at]] + d * d));
        }
    }

    private List<(int Label, int Size, int First)> FindPieces(int[] piece)
    {
        List<(int Label, int Size, int First)> pieces = [];
        Stack<int> open = new();
        for (int first = 0; first < Data.Length; first++)
        {
            int label = Data[first];
            if (label == 0 || piece[first] != 0)
                continue;
            int number = pieces.Count + 1, size = 0;
            piece[first] = number;
            open.Push(first);
            while (open.TryPop(out int at))
            {
                size++;
                int x = at % Width;
                if (x > 0)
                    Visit(at - 1);
                if (x < Width - 1)
                    Visit(at + 1);
                if (at >= Width)
                    Visit(at - Width);
                if (at < Data.Length - Width)
                    Visit(at + Width);
            }
            pieces.Add((label, size, first));

            void Visit(int at)
            {
                if (Data[at] == label && piece[at] == 0)
                {
                    piece[at] = number;
                    open.Push(at);
                }
            }
        }
        return pieces;
    }
}
