using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests.Preprocessing;

public sealed class VolumeNormalizerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, NormalizeOptions> Kinds => new()
    {
        { "noise", new NormalizeOptions() },
        { "noise", new NormalizeOptions { LowPercentile = 3, HighPercentile = 97.5f, Threads = 3 } },
        { "noise", new NormalizeOptions { Invert = true } },
        { "noise", new NormalizeOptions { LowHigh = [(10, 200)] } },
        { "noise", new NormalizeOptions { Normalize = false } },
        { "noise", new NormalizeOptions { SharpenRadius = 2 } },
        { "noise", new NormalizeOptions { TileNormBlockSize = 8 } },
        { "noise", new NormalizeOptions { ReferenceOddities = true } },
        { "holes", new NormalizeOptions() },
        { "holes", new NormalizeOptions { Normalize = false } },
        { "holes", new NormalizeOptions { Invert = true, LowHigh = [(10, 200)] } },
        { "constant", new NormalizeOptions() },
        { "constant", new NormalizeOptions { ReferenceOddities = true } },
        { "tiny", new NormalizeOptions { Invert = true, ReferenceOddities = true } },
        { "tiny", new NormalizeOptions { Invert = true } },
        { "nothing", new NormalizeOptions() },
        { "one", new NormalizeOptions() },
        { "signed", new NormalizeOptions() },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Normalize_Streaming_HasTheBitsOfTheWholeInMemory(string kind, NormalizeOptions options)
    {
        NdArray<float> volume = Volume(kind);
        NdArray<float> expected = Normalizer.Normalize(volume, options, out long expectedNonFinite, Token);
        using var source = new MemoryVolumeSource(volume);

        (IVolumeSource normalized, long nonFinite) = VolumeNormalizer.Normalize(source, options, 1 << 28, cancellationToken: Token);

        var actual = new NdArray<float>(volume.Shape);
        for (int c = 0; c < source.Channels; c++)
            normalized.Read(c, source.Shape.All, actual.Plane(c), Token);
        Assert.Equal(expected.Data, actual.Data);
        Assert.Equal(expectedNonFinite, nonFinite);
    }

    [Fact]
    public void Normalize_AboveTheReferencesLimit_TakesItsSample()
    {
        NdArray<float> volume = TestVolumes.Random(8, 0, 1000, 1, 60, 460, 410);
        foreach (ref float v in volume.Span)
            v *= v;
        var options = new NormalizeOptions { ReferenceOddities = true };
        NdArray<float> expected = Normalizer.Normalize(volume, options, Token);
        using var source = new MemoryVolumeSource(volume);

        (IVolumeSource normalized, _) = VolumeNormalizer.Normalize(source, options, 1 << 28, cancellationToken: Token);

        float[] plane = new float[460 * 410];
        normalized.Read(0, new VolumeBox(7, 0, 0, 1, 460, 410), plane, Token);
        Assert.Equal(expected.Data[(7 * plane.Length)..(8 * plane.Length)], plane);
        (IVolumeSource exact, _) = VolumeNormalizer.Normalize(source, new NormalizeOptions(), 1 << 28, cancellationToken: Token);
        float[] other = new float[plane.Length];
        exact.Read(0, new VolumeBox(7, 0, 0, 1, 460, 410), other, Token);
        Assert.NotEqual(plane, other);
    }

    [Fact]
    public void Normalize_FilterThatDoesNotFit_SaysWhatToDo()
    {
        using var source = new MemoryVolumeSource(Volume("noise"));

        var error = Assert.Throws<NotSupportedException>(() => VolumeNormalizer.Normalize(source, new NormalizeOptions { SmoothRadius = 1 }, 1000, cancellationToken: Token));

        Assert.Contains("--max-memory", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    public void ChannelSource_SelectsAsTheImageSelectorDoes(int chan, int chan2)
    {
        NdArray<float> volume = TestVolumes.Random(1, 0, 100, 3, 4, 5, 6);
        NdArray<float> expected = ChannelSelector.Select(volume, chan, chan2);
        using var source = new MemoryVolumeSource(volume);
        using var selected = new ChannelSource(source, chan, chan2);

        var actual = new NdArray<float>(expected.Shape);
        for (int c = 0; c < selected.Channels; c++)
            selected.Read(c, selected.Shape.All, actual.Plane(c), Token);

        Assert.Equal(expected.Data, actual.Data);
    }

    [Fact]
    public void ChannelSource_ChannelThatIsNot_Throws()
    {
        using var source = new MemoryVolumeSource(TestVolumes.Random(1, 0, 100, 3, 4, 5, 6));

        Assert.Throws<ArgumentOutOfRangeException>(() => new ChannelSource(source, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChannelSource(source, 0, 1));
    }

    private static NdArray<float> Volume(string kind)
    {
        NdArray<float> volume = TestVolumes.Random(4, 0, 300, 2, 5, 40, 30);
        switch (kind)
        {
            case "holes":
                for (int i = 0; i < volume.Length; i += 7)
                    volume.Data[i] = (i % 3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => float.NegativeInfinity };
                break;
            case "constant":
                volume.Plane(1).Fill(500);
                break;
            case "tiny":
                foreach (ref float v in volume.Span)
                    v = 5 + v * 1e-7f;
                break;
            case "nothing":
                volume.Span.Fill(float.NaN);
                break;
            case "one":
                return new NdArray<float>([3], 1, 1, 1, 1);
            case "signed":
                foreach (ref float v in volume.Span)
                    v -= 150;
                break;
        }
        return volume;
    }
}
