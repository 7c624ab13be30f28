using System.Text.Json;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Metrics;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Volume.Fusion;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests;

/// <summary>Whole runs: against the reference's, and the same under any memory, blocks and interruptions.</summary>
public sealed class VolumeSegmenterTests
{
    // A voxel on a tie, or on a chaotic trajectory, may land elsewhere under another order of sums; whole cells must not.
    private const double MatchIoU = 0.99;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => ["aniso1", "aniso2", "nodiam", "smooth1", "noresample", "nointerp", "cp1", "stitch0.3"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Segment_Case_HasTheReferencesMasks(string name)
    {
        JsonElement settings = Settings(name);
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(Golden.Load<float>("eval3d", "vol"));
        using var workspace = new MemoryWorkspace();
        NdArray<int> expected = Golden.Load<int>("eval3d", $"masks_{name}");

        VolumeSegmentation result = new VolumeSegmenter(model, Options(settings)).Segment(source, workspace, cancellationToken: Token);

        var labels = new NdArray<int>(result.Labels.All(), expected.Shape);
        int differing = expected.Data.Zip(labels.Data).Count(p => p.First != p.Second);
        long matched = AveragePrecision.Count(LabelOverlap.Count(expected, labels), [MatchIoU])[0].TruePositives;
        Assert.True(
            matched == settings.GetProperty("n").GetInt32() && result.Cells.Count == matched,
            $"{matched} of {settings.GetProperty("n").GetInt32()} reference masks match at IoU {MatchIoU}; ours are {result.Cells.Count}; {differing} of {expected.Length} voxels differ.");
        TestContext.Current.SendDiagnosticMessage($"{name}: {differing} of {expected.Length} voxels differ");
    }

    [Theory]
    [InlineData("aniso1")]
    [InlineData("aniso2")]
    public void Segment_Case_HasTheReferencesFlows(string name)
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(Golden.Load<float>("eval3d", "vol"));
        using var workspace = new MemoryWorkspace();

        VolumeSegmentation result = new VolumeSegmenter(model, Options(Settings(name))).Segment(source, workspace, cancellationToken: Token);

        float[] flows = [.. Enumerable.Range(0, 3).SelectMany(k => result.Flows!.All(k))];
        Parity.Close<float>(Golden.Load<float>("eval3d", $"dP_{name}").Span, flows, 1e-3);
        Parity.Close<float>(Golden.Load<float>("eval3d", $"cellprob_{name}").Span, result.Flows!.All(3), 1e-3);
    }

    [Fact]
    public void Segment_Smoothed_HasTheReferencesFlows()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(Golden.Load<float>("eval3d", "vol"));
        using var workspace = new MemoryWorkspace();

        VolumeSegmentation result = new VolumeSegmenter(model, Options(Settings("smooth1"))).Segment(source, workspace, cancellationToken: Token);

        NdArray<float> expected = Golden.Load<float>("eval3d", "dP_smooth1_z8");
        float[] plane = new float[44 * 48];
        for (int k = 0; k < 3; k++)
        {
            result.Flows!.Read(k, new VolumeBox(8, 0, 0, 1, 44, 48), plane);
            Parity.Close<float>(expected.Plane(k), plane, 1e-3);
        }
    }

    [Theory]
    [InlineData(-2, 0.0, 0, false)]
    [InlineData(1, 1.0, 150, true)]
    public void MakeMasks_OfTheNetworksOutput_IsWhatSegmentFindsWithTheseThresholds(float cellProb, double flow, int minSize, bool compatible)
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(Golden.Load<float>("eval3d", "vol"));
        using var workspace = new MemoryWorkspace();
        var usual = new VolumeOptions { Segmentation = new SegmentationOptions { Diameter = 14, Compatible = compatible } };
        VolumeFlows flows = new VolumeSegmenter(model, usual).RunNetwork(source, workspace, cancellationToken: Token);
        VolumeOptions options = usual with { Segmentation = usual.Segmentation with { CellProbThreshold = cellProb, MinSize = minSize }, FlowThreshold = flow };

        using var whole = new MemoryWorkspace();
        VolumeSegmentation once = new VolumeSegmenter(model, options).Segment(source, whole, cancellationToken: Token);

        Assert.True(once.Cells.Count > 0);
        for (int n = 0; n < 2; n++)
        {
            using var masks = new MemoryWorkspace();
            VolumeSegmentation again = new VolumeSegmenter(model, options).MakeMasks(flows, masks, cancellationToken: Token);

            Assert.Equal(once.Labels.All(), again.Labels.All());
            Assert.Equal(once.Cells, again.Cells);
            Assert.Equal(once.Filtered, again.Filtered);
        }
    }

    [Fact]
    public void RunNetwork_ToStitch_IsRefused()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(Golden.Load<float>("eval3d", "vol"));
        using var workspace = new MemoryWorkspace();

        Assert.Throws<NotSupportedException>(() => new VolumeSegmenter(model, new VolumeOptions { Mode = VolumeMode.Stitched }).RunNetwork(source, workspace, cancellationToken: Token));
    }

    [Fact]
    public void Segment_PlaneByPlane_HasTheReferencesMasks()
    {
        // neither 3D nor stitched: each plane is an image with its own percentiles
        using CellposeModel model = TestModels.Load("eval_model.pt");
        NdArray<float> volume = Golden.Load<float>("eval3d", "vol");
        NdArray<int> expected = Golden.Load<int>("eval3d", "masks_perplane");
        var segmenter = new Segmenter2D(model, new SegmentationOptions { Diameter = 14, Compatible = true });

        for (int z = 0; z < 16; z++)
        {
            NdArray<int> labels = segmenter.Segment(new NdArray<float>(volume.Plane(z).ToArray(), 1, 44, 48), null, Token).Labels;
            var plane = new NdArray<int>(expected.Plane(z).ToArray(), 44, 48);
            int cells = plane.Data.Max();
            Assert.Equal(cells, labels.Data.Max());
            Assert.Equal(cells, AveragePrecision.Count(LabelOverlap.Count(plane, labels), [0.9])[0].TruePositives);
        }
    }

    [Theory]
    [InlineData(VolumeMode.ThreePlanes, true)]
    [InlineData(VolumeMode.ThreePlanes, false)]
    [InlineData(VolumeMode.Stitched, true)]
    public void Segment_BlocksThreadsMemory_OneHash(VolumeMode mode, bool resample)
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(Golden.Load<float>("eval3d", "vol"), new VoxelSize(1.5, 1, 1));
        VolumeOptions options = new() { Mode = mode, Segmentation = new SegmentationOptions { Diameter = 16, Resample = resample }, FlowSmooth = 0.5, Fusion = new WeightedFusion() };
        (VolumeSegmentation expected, int[] labels) = Segment(model, source, options);

        foreach ((int block, int threads) in new[] { (8, 1), (13, 2), (24, 4) })
        {
            VolumeOptions other = options with { BlockSize = block, MaxMemoryBytes = VolumeOptions.LeastMemoryBytes, Segmentation = options.Segmentation with { Threads = threads } };
            (VolumeSegmentation result, int[] actual) = Segment(model, source, other);

            Assert.Equal(labels, actual);
            Assert.Equal(expected.Cells, result.Cells);
            Assert.Equal(expected.Filtered, result.Filtered);
        }
        Assert.True(expected.Cells.Count > 4);
        if (mode == VolumeMode.ThreePlanes)
            Assert.All(expected.Cells, c => Assert.True(c.FlowError > 0));
    }

    [Theory]
    [InlineData(VolumeMode.ThreePlanes)]
    [InlineData(VolumeMode.Stitched)]
    public void Segment_KilledAtRandomMoments_ResumesToTheSameLabels(VolumeMode mode)
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(Golden.Load<float>("eval3d", "vol"));
        var options = new VolumeOptions { Mode = mode, Segmentation = new SegmentationOptions { Diameter = 20 }, BlockSize = 20 };
        (VolumeSegmentation expected, int[] labels) = Segment(model, source, options);
        using var counted = new MemoryWorkspace();
        var counting = new MortalWorkspace(counted, int.MaxValue);
        new VolumeSegmenter(model, options).Segment(source, counting, "a", null, Token);
        var random = new Random(5);

        for (int n = 0; n < 3; n++)
        {
            using var disk = new MemoryWorkspace();
            VolumeSegmentation? result = null;
            for (int tries = 0; result is null; tries++)
            {
                try
                {
                    result = new VolumeSegmenter(model, options).Segment(source, new MortalWorkspace(disk, tries == 3 ? int.MaxValue : random.Next(1, counting.Writes)), "a", null, Token);
                }
                catch (KilledException)
                {
                    Assert.True(tries < 3);
                }
            }

            Assert.Equal(labels, result.Labels.All());
            Assert.Equal(expected.Cells, result.Cells);
        }
    }

    [Fact]
    public void Segment_WorkspaceOfAnotherRun_StartsAfresh()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        NdArray<float> volume = Golden.Load<float>("eval3d", "vol");
        using var first = new MemoryVolumeSource(volume);
        using var second = new MemoryVolumeSource(new NdArray<float>(Array.ConvertAll(volume.Data, v => 255 - v), volume.Shape));
        var options = new VolumeOptions { Segmentation = new SegmentationOptions { Diameter = 20 } };
        using var workspace = new MemoryWorkspace();
        new VolumeSegmenter(model, options).Segment(first, workspace, "first", null, Token);

        VolumeSegmentation result = new VolumeSegmenter(model, options).Segment(second, workspace, "second", null, Token);

        Assert.Equal(Segment(model, second, options).Labels, result.Labels.All());
    }

    [Fact]
    public void Segment_SecondModelAcross_ChangesOnlyThoseViews()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt"), other = TestModels.Load("net_small.pt");
        using var source = new MemoryVolumeSource(Golden.Load<float>("eval3d", "vol"));
        var options = new VolumeOptions { Segmentation = new SegmentationOptions { Diameter = 30 } };
        using var one = new MemoryWorkspace();
        using var two = new MemoryWorkspace();

        IVolumeStore<float> same = new VolumeSegmenter([model], [model], options).Segment(source, one, cancellationToken: Token).Flows!;
        IVolumeStore<float> mixed = new VolumeSegmenter([model], [other], options).Segment(source, two, cancellationToken: Token).Flows!;

        Assert.NotEqual(same.All(0), mixed.All(0));                      // flow along Z comes from those views alone
    }

    [Fact]
    public void Plan_LittleMemory_UsesFilesAndBlocks()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        var shape = new VolumeShape(300, 1200, 1100);
        VolumePlan large = VolumePlan.Of(shape, default, 1, model.Info, new VolumeOptions { MaxMemoryBytes = 1L << 40 });
        VolumePlan small = VolumePlan.Of(shape, default, 1, model.Info, new VolumeOptions { MaxMemoryBytes = 2L << 30 });

        Assert.True(large.InMemory);
        Assert.False(small.InMemory);
        Assert.True(small.Blocks > 1);
        Assert.InRange(small.WorkingBytes, 1, 1L << 30);
        Assert.Equal(large.Tiles, small.Tiles);
        Assert.Equal(1, small.Passes.Sum(p => p.Share), 1e-4);
        Assert.Equal(small.WorkspaceBytes, large.WorkspaceBytes);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, -1.0)]
    [InlineData(10, 1.0)]
    public void New_OptionOutOfRange_Throws(long memory, double anisotropy)
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        VolumeOptions options = new() { MaxMemoryBytes = memory == 0 ? 1L << 30 : memory, Anisotropy = anisotropy, FlowSmooth = anisotropy > 0 ? -1 : 0 };

        Assert.Throws<ArgumentException>(() => new VolumeSegmenter(model, options));
    }

    [Fact]
    public void Segment_ThreeChannels_SaysWhatToDo()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(TestVolumes.Random(1, 0, 1, 3, 2, 8, 8));
        using var workspace = new MemoryWorkspace();

        var error = Assert.Throws<ArgumentException>(() => new VolumeSegmenter(model, new VolumeOptions()).Segment(source, workspace, cancellationToken: Token));

        Assert.Contains("ChannelSource", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 30, 40)]
    [InlineData(3, 17, 5)]
    public void Segment_ThinVolumes_EndWell(int z, int y, int x)
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(TestVolumes.Random(1, 0, 1, z, y, x));

        (VolumeSegmentation result, int[] labels) = Segment(model, source, new VolumeOptions());

        Assert.Equal(z * y * x, labels.Length);
        Assert.Equal(result.Cells.Count, labels.Max());
    }

    private static (VolumeSegmentation Result, int[] Labels) Segment(CellposeModel model, IVolumeSource source, VolumeOptions options)
    {
        using var workspace = new MemoryWorkspace();
        VolumeSegmentation result = new VolumeSegmenter(model, options).Segment(source, workspace, cancellationToken: Token);
        return (result, result.Labels.All());
    }

    private static JsonElement Settings(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Golden.Path("eval3d", "cases.json")));
        return json.RootElement.GetProperty(name).Clone();
    }

    private static VolumeOptions Options(JsonElement settings)
    {
        var options = new VolumeOptions { Segmentation = new SegmentationOptions { Compatible = true } };
        foreach (JsonProperty p in settings.EnumerateObject())
        {
            SegmentationOptions s = options.Segmentation;
            options = p.Name switch
            {
                "channels" or "n" or "style_shape" or "z_axis" or "do_3D" => options,
                "diameter" => options with { Segmentation = s with { Diameter = p.Value.GetDouble() } },
                "anisotropy" => options with { Anisotropy = p.Value.GetDouble() },
                "flow3D_smooth" => options with { FlowSmooth = p.Value.GetDouble() },
                "resample" => options with { Segmentation = s with { Resample = p.Value.GetBoolean() } },
                "interp" => options with { Segmentation = s with { Interpolate = p.Value.GetBoolean() } },
                "cellprob_threshold" => options with { Segmentation = s with { CellProbThreshold = p.Value.GetSingle() } },
                "stitch_threshold" => options with { Mode = VolumeMode.Stitched, StitchThreshold = p.Value.GetDouble() },
                string other => throw new NotSupportedException($"cases.json has '{other}', which this test does not know."),
            };
        }
        return options;
    }
}
