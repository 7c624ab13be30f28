namespace Cellpose3D.Core2D.Measurements;

/// <summary>Measures how far each cell can be trusted.</summary>
public static class CellQualities
{
    /// <summary>Measures all cells in one pass.</summary>
    /// <param name="labels">int32 [(Z,) Y, X], 0 = background, labels 1 to N without gaps; borrowed.</param>
    /// <param name="cellProb">float32, probability logit; the labels' shape, or the network's scale, which is read at the nearest pixel; borrowed.</param>
    /// <param name="flowErrors">float64 [N] by label, or empty when they were not measured (NaN in the result); borrowed.</param>
    /// <returns>One record a label, in label order; owned by the caller.</returns>
    public static IReadOnlyList<CellQuality> Measure(NdArray<int> labels, NdArray<float> cellProb, IReadOnlyList<double> flowErrors)
    {
        int count = 0;
        foreach (int label in labels.Data)
            count = Math.Max(count, label);
        long[] area = new long[count + 1];
        double[] probability = new double[count + 1];
        bool[] border = new bool[count + 1];

        int width = labels.Shape[^1], height = labels.Shape[^2];
        int probWidth = cellProb.Shape[^1], probHeight = cellProb.Shape[^2];
        int depth = width == 0 || height == 0 ? 0 : labels.Length / height / width;
        bool volume = labels.Rank > 2;
        for (int z = 0; z < depth; z++)
        {
            for (int y = 0; y < height; y++)
            {
                int row = (z * height + y) * width;                      // an array has fewer than 2^31 values
                int probRow = (z * probHeight + (int)((long)y * probHeight / height)) * probWidth;
                bool edgeRow = y == 0 || y == height - 1 || (volume && (z == 0 || z == depth - 1));
                for (int x = 0; x < width; x++)
                {
                    int label = labels.Data[row + x];
                    if (label <= 0)
                        continue;
                    area[label]++;
                    probability[label] += 1 / (1 + Math.Exp(-cellProb.Data[probRow + (int)((long)x * probWidth / width)]));
                    border[label] |= edgeRow || x == 0 || x == width - 1;
                }
            }
        }

        var cells = new List<CellQuality>(count);
        for (int n = 1; n <= count; n++)
        {
            if (area[n] > 0)
                cells.Add(new CellQuality(n, area[n], flowErrors.Count == 0 ? double.NaN : flowErrors[n - 1], probability[n] / area[n], border[n]));
        }
        return cells;
    }
}
