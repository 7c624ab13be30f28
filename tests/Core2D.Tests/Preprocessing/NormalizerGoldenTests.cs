using Cellpose3D.Core2D.Preprocessing;

namespace Cellpose3D.Core2D.Tests.Preprocessing;

/// <summary>The reference's results; the parameters were found by fitting, the exact ones give a fit to the last bits.</summary>
public sealed class NormalizerGoldenTests
{
    private const double Transform = 1e-5; // the README's tolerance for transforms

    private static readonly NormalizeOptions Reference = new() { ReferenceOddities = true };

    public static TheoryData<string, NormalizeOptions> Images => new()
    {
        { "norm_img", Reference },
        { "norm_img", new NormalizeOptions() },
        { "norm_invert", Reference with { Invert = true } },
        { "norm_perc", Reference with { LowPercentile = 2, HighPercentile = 98 } },
        { "norm_lowhigh", Reference with { LowHigh = [(200, 1500)] } },
        { "norm_lowhigh_c", Reference with { LowHigh = [(200, 1500), (50, 900)] } },
        { "smooth", Reference with { SmoothRadius = 2 } },
        { "sharpen", Reference with { SharpenRadius = 8 } },
        { "smooth_sharpen", Reference with { SmoothRadius = 2, SharpenRadius = 8 } },
        { "tile_4d", Reference with { TileNormBlockSize = 40 } },
        { "tile_4d_invert", Reference with { TileNormBlockSize = 40, Invert = true } },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void Normalize_GoldenImage_Matches(string name, NormalizeOptions options)
    {
        NdArray<float> image = ChannelsFirst(Golden.Load<float>("normalize", "img"));
        NdArray<float> golden = ChannelsFirst(Golden.Load<float>("normalize", name));

        NdArray<float> normalized = Normalize(image, options);

        Parity.Close<float>(golden.Span, normalized.Span, Transform);
    }

    [Theory]
    [InlineData("stack_norm3D", true, 0)]
    [InlineData("stack_norm2D", false, 0)]
    [InlineData("tile_stack_norm3D", true, 25)]
    [InlineData("tile_stack1c_2D", false, 25)]
    public void Normalize_GoldenStack_Matches(string name, bool norm3D, int blockSize)
    {
        NdArray<float> golden = ChannelsFirst(Golden.Load<float>("normalize", name));
        NdArray<float> stack = ChannelsFirst(Golden.Load<float>("normalize", "stack"));
        if (golden.Shape[0] == 1)
            stack = new NdArray<float>(stack.Plane(0).ToArray(), golden.Shape);
        NormalizeOptions options = Reference with { Norm3D = norm3D, TileNormBlockSize = blockSize, TileNormSmooth3D = 2 };

        NdArray<float> normalized = Normalize(stack, options);

        Parity.Close(golden, normalized, Transform);
    }

    [Theory]
    [InlineData("n99_c0", 1, 99)]
    [InlineData("n99_u16in", 1, 99)]
    [InlineData("n99_c0_p3_97", 3, 97.5)]
    public void Normalize_GoldenFirstChannel_Matches(string name, float low, float high)
    {
        NdArray<float> first = FirstChannel();

        NdArray<float> normalized = Normalize(first, new NormalizeOptions { LowPercentile = low, HighPercentile = high });

        Parity.Close<float>(Golden.Load<float>("normalize", name).Span, normalized.Span, Transform);
    }

    [Fact]
    public void Normalize_GoldenFirstChannelTiles_Matches()
    {
        NdArray<float> normalized = Normalize(FirstChannel(), Reference with { TileNormBlockSize = 40, Norm3D = false });

        Parity.Close<float>(Golden.Load<float>("normalize", "tile_2d").Span, normalized.Span, Transform);
    }

    [Fact]
    public void Normalize_GoldenConstantChannel_MatchesAndIsMendedByDefault()
    {
        NdArray<float> image = ChannelsFirst(Golden.Load<float>("normalize", "img"));
        image.Plane(1).Fill(7);
        NdArray<float> golden = ChannelsFirst(Golden.Load<float>("normalize", "norm_constchan"));

        NdArray<float> odd = Normalize(image, Reference);
        NdArray<float> mended = Normalize(image, new NormalizeOptions());

        Parity.Close(golden, odd, Transform);
        Assert.All(mended.Plane(1).ToArray(), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Percentiles_Golden_Match()
    {
        float[] asked = [1, 3, 50, 97.5f, 99];

        double[] found = [.. asked.Select(q => q == 99
            ? Normalizer.Percentiles(FirstChannel(), new NormalizeOptions { HighPercentile = q })[0].High
            : Normalizer.Percentiles(FirstChannel(), new NormalizeOptions { LowPercentile = q })[0].Low)];

        Parity.Close(Golden.Load<double>("normalize", "perc_f32").Span, found, 2e-4); // float32 at 2340
    }

    [Fact]
    public void Normalize_GoldenDownsample_StepsAndValuesMatch()
    {
        int[] shape = Golden.Load<int>("normalize_downsample", "shape").Data;
        double[] sampled = Golden.Load<double>("normalize_downsample", "p_sub").Data;
        float[] values = Golden.Load<float>("normalize_downsample", "in8").Data;
        NormalizeOptions options = Reference with { LowHigh = [((float)sampled[0], (float)sampled[1])] };

        NdArray<float> normalized = Normalize(new NdArray<float>(values, 1, 1, 8), options);

        Assert.Equal(Golden.Load<int>("normalize_downsample", "nskip").Data, Normalizer.SampleSteps(shape));
        Parity.Close<float>(Golden.Load<float>("normalize_downsample", "first8").Span, normalized.Span, Transform);
    }

    private static NdArray<float> Normalize(NdArray<float> image, NormalizeOptions options)
        => Normalizer.Normalize(image, options, TestContext.Current.CancellationToken);

    private static NdArray<float> FirstChannel()
        => new(ChannelsFirst(Golden.Load<float>("normalize", "img")).Plane(0).ToArray(), 1, 72, 80);

    /// <summary>Moves the last axis to the front.</summary>
    private static NdArray<float> ChannelsFirst(NdArray<float> image)
    {
        int channels = image.Shape[^1], pixels = image.Length / channels;
        var moved = new NdArray<float>([channels, .. image.Shape[..^1]]);
        for (int i = 0; i < image.Length; i++)
            moved.Data[i % channels * pixels + i / channels] = image.Data[i];
        return moved;
    }
}
