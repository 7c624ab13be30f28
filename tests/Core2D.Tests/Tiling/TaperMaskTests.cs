using Cellpose3D.Core2D.Tiling;

namespace Cellpose3D.Core2D.Tests.Tiling;

public sealed class TaperMaskTests
{
    private const double Exact = 1e-12; // float64 on both sides, exp may differ in its last bit

    [Theory]
    [InlineData(64, 64)]
    [InlineData(48, 97)]
    [InlineData(100, 225)]
    [InlineData(256, 256)]
    public void RowsColumns_Golden_OuterProductMatches(int height, int width)
    {
        NdArray<double> golden = Golden.Load<double>("taper", $"taper_{height}x{width}");

        var taper = new TaperMask(height, width);

        var mask = new NdArray<double>(height, width);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                mask.Data[y * width + x] = taper.Rows[y] * taper.Columns[x];
        }
        Parity.Close(golden, golden.Rank == 1 ? new NdArray<double>(mask.Plane(height / 2).ToArray(), width) : mask, Exact);
    }

    [Fact]
    public void Columns_Golden224MiddleRow_Matches()
    {
        NdArray<double> golden = Golden.Load<double>("taper", "taper_224x224");

        var taper = new TaperMask(224, 224);

        Parity.Close(golden.Span, taper.Columns.Select(w => w * taper.Rows[112]).ToArray(), Exact);
    }

    [Fact]
    public void RowsColumns_GoldenSums_Match()
    {
        (int, int)[] sizes = [(224, 224), (64, 64), (48, 97), (100, 225), (256, 256)];

        double[] sums = [.. sizes.Select(s => new TaperMask(s.Item1, s.Item2)).Select(t => t.Rows.Sum() * t.Columns.Sum())];

        Parity.Close(Golden.Load<double>("taper", "taper_sum").Span, sums, 1e-8); // sums near 5e4 in another order
    }
}
