using System.Text.Json;
using Cellpose3D.Core2D.Metrics;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.IO.Numpy;

namespace Cellpose3D.Core2D.Tests.Segmentation;

/// <summary>Whole runs against the reference's, on a crop of a real image that is not part of the project.</summary>
public sealed class Eval2dTests
{
    // A pixel on a tie, or on a chaotic trajectory, may land elsewhere under another order of sums; whole cells must not.
    private const double MatchIoU = 0.99;

    public static TheoryData<string> Cases =>
    [
        "default", "diam12", "diam20", "diam45_noresample", "augment", "tilenorm64", "thr", "bsize128", "invert", "min200",
        "niter20", "nointerp", "noqc", "perc", "rgb00", "rgb21",
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Segment_Case_HasTheReferencesMasks(string name)
    {
        JsonElement settings = Settings(name);
        using CellposeModel model = TestModels.Load("eval_model.pt");
        NdArray<int> expected = NpyFile.Read<int>(Array($"masks_{name}"));

        Segmentation2D result = new Segmenter2D(model, Options(settings)).Segment(Image(settings));

        int differing = expected.Data.Zip(result.Labels.Data).Count(p => p.First != p.Second);
        long matched = AveragePrecision.Count(LabelOverlap.Count(expected, result.Labels), [MatchIoU])[0].TruePositives;
        Assert.True(
            matched == settings.GetProperty("n").GetInt32() && result.Cells.Count == matched,
            $"{matched} of {settings.GetProperty("n").GetInt32()} reference masks match at IoU {MatchIoU}; ours are {result.Cells.Count}; {differing} of {expected.Length} pixels differ.");
        TestContext.Current.SendDiagnosticMessage($"{name}: {differing} of {expected.Length} pixels differ");
    }

    [Fact]
    public void Segment_Default_HasTheReferencesMapsAndStyle()
    {
        JsonElement settings = Settings("default");
        using CellposeModel model = TestModels.Load("eval_model.pt");

        Segmentation2D result = new Segmenter2D(model, Options(settings)).Segment(Image(settings));

        Parity.Close(NpyFile.Read<float>(Array("dP_default")), result.Flows!, 1e-3);
        Parity.Close(NpyFile.Read<float>(Array("cellprob_default")), result.CellProb!, 1e-3);
        Parity.Close<float>(NpyFile.Read<float>(Array("style_default")).Span, result.Style, 1e-5);
    }

    private static string Array(string name) => Golden.Shared("golden", "segmentation", "eval2d", name + ".npy");

    private static JsonElement Settings(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Shared("golden", "segmentation", "eval2d", "cases.json")));
        return json.RootElement.GetProperty(name).Clone();
    }

    private static NdArray<float> Image(JsonElement settings)
    {
        string name = settings.GetProperty("image").GetString()!;
        NdArray<float> raw = NpyFile.Read<float>(Array(name == "rgb" ? "rgb" : "img"));
        if (name == "255-img")
            raw = new NdArray<float>([.. raw.Data.Select(v => 255 - v)], raw.Shape);
        int[] channels = [.. settings.GetProperty("channels").EnumerateArray().Select(c => c.GetInt32())];
        return ReferenceAxes.Convert(raw, channels);
    }

    private static SegmentationOptions Options(JsonElement settings)
    {
        var options = new SegmentationOptions { Compatible = true };
        foreach (JsonProperty p in settings.EnumerateObject())
        {
            options = p.Name switch
            {
                "channels" or "n" or "image" => options,
                "diameter" => options with { Diameter = p.Value.GetDouble() },
                "resample" => options with { Resample = p.Value.GetBoolean() },
                "augment" => options with { Augment = p.Value.GetBoolean() },
                "interp" => options with { Interpolate = p.Value.GetBoolean() },
                "niter" => options with { Niter = p.Value.GetInt32() },
                "min_size" => options with { MinSize = p.Value.GetInt32() },
                "flow_threshold" => options with { FlowThreshold = p.Value.GetDouble() },
                "cellprob_threshold" => options with { CellProbThreshold = p.Value.GetSingle() },
                "bsize" => options with { TileSize = p.Value.GetInt32() },
                "tile_overlap" => options with { TileOverlap = p.Value.GetDouble() },
                "invert" => options with { Normalize = options.Normalize with { Invert = p.Value.GetBoolean() } },
                "normalize" => options with { Normalize = Normalization(p.Value) },
                string other => throw new NotSupportedException($"cases.json has '{other}', which this test does not know."),
            };
        }
        return options;
    }

    private static NormalizeOptions Normalization(JsonElement json)
    {
        var options = new NormalizeOptions();
        foreach (JsonProperty p in json.EnumerateObject())
        {
            options = p.Name switch
            {
                "tile_norm_blocksize" => options with { TileNormBlockSize = p.Value.GetInt32() },
                "percentile" => options with { LowPercentile = p.Value[0].GetSingle(), HighPercentile = p.Value[1].GetSingle() },
                "invert" => options with { Invert = p.Value.GetBoolean() },
                string other => throw new NotSupportedException($"cases.json has normalize '{other}', which this test does not know."),
            };
        }
        return options;
    }
}
