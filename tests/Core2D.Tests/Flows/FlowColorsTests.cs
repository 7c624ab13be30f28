using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Core2D.Tests.Flows;

public sealed class FlowColorsTests
{
    [Fact]
    public void Paint_GoldenFlows_EqualsReference()
    {
        NdArray<byte> colors = FlowColors.Paint(Golden.Load<float>("utils", "dPc"));

        Parity.Close(Golden.Load<byte>("utils", "dx_to_circ"), colors, 0);
    }

    [Fact]
    public void Paint_GoldenVolume_EqualsReference()
    {
        NdArray<byte> colors = FlowColors.Paint(Golden.Load<float>("eval3d", "dP_aniso1"));

        Parity.Close(Golden.Load<byte>("eval3d", "flowrgb_aniso1"), colors, 0);
    }

    [Fact]
    public void Paint_FourDirections_TurnsTheHue()
    {
        // from zero to full length, along +y, +x, -y, -x
        var flows = new NdArray<float>(2, 1, 1000);
        for (int n = 0; n < 1000; n++)
        {
            flows.Data[n] = (n % 4) switch { 0 => 1, 2 => -1, _ => 0 } * (n / 999f);
            flows.Data[1000 + n] = (n % 4) switch { 1 => 1, 3 => -1, _ => 0 } * (n / 999f);
        }

        NdArray<byte> colors = FlowColors.Paint(flows);

        Assert.Equal([0, 0, 0], colors.Data[..3]);
        Assert.Equal([0, 191, 191], colors.Data[(3 * 996)..(3 * 997)]);  // +y: angle pi
        Assert.Equal([255, 63, 63], colors.Data[(3 * 998)..(3 * 999)]);  // -y: the opposite hue
    }

    [Fact]
    public void Paint_NotFinite_IsBlackAndLeavesTheOthersAlone()
    {
        NdArray<float> flows = Golden.Load<float>("utils", "dPc");
        flows.Data[17] = float.NaN;
        flows.Data[2018] = float.PositiveInfinity;
        float[] finite = [.. flows.Data.Where((_, i) => i % 2000 is not (17 or 18))];

        NdArray<byte> colors = FlowColors.Paint(flows), expected = FlowColors.Paint(new NdArray<float>(finite, 2, 1, 1998));

        Assert.Equal([0, 0, 0, 0, 0, 0], colors.Data[51..57]);
        Assert.Equal(expected.Data, colors.Data[..51].Concat(colors.Data[57..]));
    }

    [Fact]
    public void Paint_NoPixelsOrOneLength_IsBlack()
    {
        Assert.Equal([0, 4, 3], FlowColors.Paint(new NdArray<float>(2, 0, 4)).Shape);
        Assert.Equal([0, 0, 0], FlowColors.Paint(new NdArray<float>([3f, 4f], 2, 1, 1)).Data);
    }

    [Fact]
    public void Paint_AnyThreadCount_IsTheSame()
    {
        var flows = new NdArray<float>(2, 400, 401);
        var random = new Random(1);
        foreach (ref float value in flows.Span)
            value = random.NextSingle() - 0.5f;

        Assert.Equal(FlowColors.Paint(flows, threads: 1).Data, FlowColors.Paint(flows, threads: 6).Data);
    }

    [Fact]
    public void Paint_WrongShape_Throws() => Assert.Throws<ArgumentException>(() => FlowColors.Paint(new NdArray<float>(3, 5, 5)));
}
