using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Planes;
using Cellpose3D.Volume.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Tests.Planes;

/// <summary>The network on planes of all orientations: against the reference, and independent of slabs, devices and interruptions.</summary>
public sealed class PlaneInferenceTests
{
    private const double NetworkTolerance = 1e-4;                        // another order of sums in the convolutions
    private const double StyleTolerance = 1e-5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, 1600, 1600, 8L << 30, 128, 128)]
    [InlineData(2000, 16000, 16000, 80L << 30, 512, 512)]
    [InlineData(2000, 16000, 16000, 8L << 30, 512, 1024)]                // planes that fill memory alone have thin pieces, so these are wider
    public void Maps_LargeVolumes_AreInFewerFilesOfWholeSlabs(int z, int y, int x, long memory, int least, int most)
    {
        var shape = new VolumeShape(z, y, x);
        foreach (PlaneView view in PlaneView.All)
        {
            var schedule = new PlaneSchedule(view, shape, 1, new SegmentationOptions(), (memory, memory));

            Assert.InRange(Math.Max(schedule.Maps.Z, Math.Max(schedule.Maps.Y, schedule.Maps.X)), least, most);
            Assert.Equal(0, schedule.Thickness % schedule.Unit);
            Assert.InRange(3 * schedule.Maps.Chunks(shape), 1, 1_500_000);
        }
    }

    [Fact]
    public void Run_EachView_IsTheReferences()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var input = new MemoryVolumeSource(Normalized());
        NdArray<float> sums = Golden.Load<float>("run_3D", "y");         // [Z, Y, X, (flow Z, Y, X, logit)]
        float[][] actual = [new float[6720], new float[6720], new float[6720], new float[6720]];

        foreach (PlaneView view in PlaneView.All)
        {
            using var workspace = new MemoryWorkspace();
            IVolumeStore<float> maps = Run(view, [model], input, workspace, 1 << 26);
            NdArray<float> expected = Golden.Load<float>("run_3D", $"y_{view.Name.ToUpperInvariant()}");   // [plane, row, column, 3]
            for (int c = 0; c < 3; c++)
            {
                float[] component = maps.All(c);
                float[] byPlane = new float[component.Length], wanted = new float[component.Length];
                int[] strides = [24 * 28, 28, 1];
                (int rows, int columns) = (expected.Shape[1], expected.Shape[2]);
                for (int i = 0; i < byPlane.Length; i++)
                {
                    byPlane[i] = component[i / columns / rows * strides[view.Axis] + i / columns % rows * strides[view.Rows] + i % columns * strides[view.Columns]];
                    wanted[i] = expected.Data[i * 3 + c];
                }
                Parity.Close<float>(wanted, byPlane, NetworkTolerance);
                float[] sum = actual[c == 2 ? 3 : c == 0 ? view.Rows : view.Columns];
                for (int i = 0; i < sum.Length; i++)
                    sum[i] += component[i];
            }
        }

        for (int k = 0; k < 4; k++)
            Parity.Close<float>(sums.Data.Where((_, i) => i % 4 == k).ToArray(), actual[k], 3 * NetworkTolerance);
    }

    [Fact]
    public void Planes_OfEachView_HaveTheReferencesStyles()
    {
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var input = new MemoryVolumeSource(Normalized());

        foreach (PlaneView view in PlaneView.All)
            Parity.Close<float>(Golden.Load<float>("run_3D", $"style_{view.Name.ToUpperInvariant()}").Span, Styles(model, view, input), StyleTolerance);
    }

    [Theory]
    [InlineData("aniso1", 1)]
    [InlineData("aniso2", 2)]
    public void Planes_OfTheScaledVolume_HaveTheReferencesStyles(string name, double anisotropy)
    {
        // the reference returns those of its last view
        using CellposeModel model = TestModels.Load("eval_model.pt");
        using var source = new MemoryVolumeSource(Golden.Load<float>("eval3d", "vol"));
        var options = new NormalizeOptions { ReferenceOddities = true, Norm3D = true };
        (IVolumeSource normalized, _) = VolumeNormalizer.Normalize(source, options, 1 << 26, cancellationToken: Token);
        using var scaled = new ResizedSource(normalized, VolumeScale.Of(source.Shape, model.Info.DiamMean / 14, anisotropy));

        Parity.Close<float>(Golden.Load<float>("eval3d", $"style_{name}").Span, Styles(model, PlaneView.ZY, scaled), StyleTolerance);
    }

    [Theory]
    [InlineData("yx")]
    [InlineData("zx")]
    [InlineData("zy")]
    public void Run_SlabsThreadsAndDevices_NeverChangeABit(string name)
    {
        using CellposeModel model = TestModels.Load("net_small.pt"), second = TestModels.Load("net_small.pt");
        PlaneView view = PlaneView.All.Single(v => v.Name == name);
        using var input = new MemoryVolumeSource(TestVolumes.Random(2, 0, 1, 2, 21, 40, 37));
        using var one = new MemoryWorkspace();
        float[] expected = Values(Run(view, [model], input, one, 1 << 28));

        foreach ((IReadOnlyList<CellposeModel> models, long memory, int threads) in new (IReadOnlyList<CellposeModel>, long, int)[]
            { ([model], 1, 1), ([model], 200_000, 3), ([model, second], 1, 2) })
        {
            using var workspace = new MemoryWorkspace();

            Assert.Equal(expected, Values(Run(view, models, input, workspace, memory, threads)));
        }
    }

    [Fact]
    public void Schedule_Slabs_BeginWithABatch()
    {
        var options = new SegmentationOptions { TileSize = 32, BatchSize = 6 };
        foreach (long memory in new[] { 1L, 500_000, 2_000_000, 1 << 30 })
        {
            var schedule = new PlaneSchedule(PlaneView.ZX, new VolumeShape(40, 50, 60), 2, options, (memory, memory));

            Assert.Equal(0, (long)schedule.Thickness * schedule.Grid.Count % 6);
            Assert.Equal(0, schedule.Thickness % schedule.Unit);
            Assert.Equal(50, Enumerable.Range(0, schedule.Slabs).Sum(n => schedule.Slab(n).Count));
            Assert.True(memory > 1 || schedule.Slabs > 1);
        }
    }

    [Fact]
    public void Run_Interrupted_SkipsWhatIsFinished()
    {
        using CellposeModel model = TestModels.Load("net_small.pt");
        using var input = new MemoryVolumeSource(TestVolumes.Random(2, 0, 1, 1, 20, 24, 24));
        using var disk = new MemoryWorkspace();
        using var calm = new MemoryWorkspace();
        float[] expected = Values(Run(PlaneView.YX, [model], input, calm, 1));

        Assert.Throws<KilledException>(() => Run(PlaneView.YX, [model], input, new MortalWorkspace(disk, 6), 1));
        var counting = new MortalWorkspace(disk, 1000);
        IVolumeStore<float> maps = Run(PlaneView.YX, [model], input, counting, 1);

        Assert.Equal(expected, Values(maps));
        Assert.Equal(8, counting.Writes);                                // two of three slabs, three maps and a record each
    }

    [Fact]
    public void Run_DeviceFails_ErrorComesThrough()
    {
        using CellposeModel model = TestModels.Load("net_small.pt");
        CellposeModel broken = TestModels.Load("net_small.pt");
        broken.Dispose();
        using var input = new MemoryVolumeSource(TestVolumes.Random(2, 0, 1, 1, 20, 24, 24));
        using var workspace = new MemoryWorkspace();

        Exception error = Assert.ThrowsAny<Exception>(() => Run(PlaneView.YX, [broken, broken], input, workspace, 1));

        Assert.IsNotType<AggregateException>(error);
        Assert.IsNotType<OperationCanceledException>(error);
    }

    private static float[] Styles(CellposeModel model, PlaneView view, IVolumeSource input)
    {
        var slab = new PlaneSlab(view, input.Shape, 0, view.Planes(input.Shape), threads: 2);
        return [.. slab.Read(input, Token).SelectMany(plane => TiledInference.Run(model, plane, new SegmentationOptions(), null, Token).Style)];
    }

    private static IVolumeStore<float> Run(
        PlaneView view, IReadOnlyList<CellposeModel> models, MemoryVolumeSource input, IVolumeWorkspace workspace, long memory, int threads = 2)
    {
        var schedule = new PlaneSchedule(view, input.Shape, input.Channels, new SegmentationOptions(), (memory, memory));
        new PlaneInference(schedule, models, threads).Run(input, workspace, null, null, Token);
        return PlaneInference.Open(schedule, workspace);
    }

    private static float[] Values(IVolumeStore<float> maps) => [.. Enumerable.Range(0, 3).SelectMany(c => maps.All(c))];

    // [Z, Y, X, C] -> [C, Z, Y, X]
    private static NdArray<float> Normalized()
    {
        NdArray<float> x = Golden.Load<float>("run_3D", "x");
        var channels = new NdArray<float>(2, x.Shape[0], x.Shape[1], x.Shape[2]);
        for (int i = 0; i < x.Length; i++)
            channels.Plane(i % 2)[i / 2] = x.Data[i];
        return channels;
    }
}
