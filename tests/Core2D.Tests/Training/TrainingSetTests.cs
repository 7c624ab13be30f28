using Cellpose3D.Core2D.Flows;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Core2D.Training;

namespace Cellpose3D.Core2D.Tests.Training;

public sealed class TrainingSetTests
{
    [Fact]
    public void Prepare_Images_GivesFlowsDiametersAndNormalisedIntensities()
    {
        LabelledImage source = TrainingImages.Make(3);

        TrainingSet set = TrainingSet.Prepare([source]);

        TrainingImage image = Assert.Single(set.Images);
        Assert.Equal(MasksToFlows.Compute(source.Labels).Data, image.Target.Data[source.Labels.Length..]);
        Assert.Equal(source.Labels.Data.Select(l => l > 0 ? 1f : 0f), image.Target.Plane(0).ToArray());
        Assert.Equal(Diameters.Median(source.Labels), image.Diameter);
        Assert.Equal(image.Diameter, set.MeanDiameter);
        Assert.InRange(image.Image.Data.Average(), 0.1, 0.9);
    }

    [Fact]
    public void Prepare_FewCells_LeavesThemOutByName()
    {
        var empty = new LabelledImage("empty", new NdArray<float>(1, 12, 12), new NdArray<int>(12, 12));

        TrainingSet set = TrainingSet.Prepare([TrainingImages.Make(1), empty]);

        Assert.Equal(["empty"], set.LeftOut);
        Assert.Equal(1, set.Count);
    }

    [Fact]
    public void Prepare_NoImageLeft_SaysWhy()
    {
        var empty = new LabelledImage("empty", new NdArray<float>(1, 12, 12), new NdArray<int>(12, 12));

        Assert.Contains("fewer than 5 cells", Assert.Throws<ArgumentException>(() => TrainingSet.Prepare([empty])).Message);
        Assert.Contains("got none", Assert.Throws<ArgumentException>(() => TrainingSet.Prepare([])).Message);
    }

    [Fact]
    public void Prepare_LabelsOfAnotherSize_NamesTheImage()
    {
        var wrong = new LabelledImage("a.png", new NdArray<float>(1, 12, 12), new NdArray<int>(12, 13));

        var e = Assert.Throws<ArgumentException>(() => TrainingSet.Prepare([TrainingImages.Make(1), wrong]));

        Assert.Contains("'a.png'", e.Message);
    }

    [Fact]
    public void Prepare_OddImages_AreTaken()
    {
        // no cells, one pixel, NaN, labels above 65535, a constant second channel
        var nan = new NdArray<float>(2, 9, 7);
        nan.Data[5] = float.NaN;
        nan.Plane(1).Fill(3);
        var far = new NdArray<int>(9, 7);
        far.Data[10] = far.Data[11] = 70_000;

        TrainingSet set = TrainingSet.Prepare(
            [new LabelledImage("nan", nan, far), new LabelledImage("pixel", new NdArray<float>(1, 1, 1), new NdArray<int>([1], 1, 1))],
            options: new TrainingSetOptions { MinMasks = 0 });

        Assert.All(set.Images, i => Assert.All(i.Image.Data, v => Assert.True(float.IsFinite(v))));
        Assert.Equal(1, set.Images[0].Image.Shape[0]);
        Assert.Equal(2, set.Images[0].Target.Plane(0).ToArray().Sum());
        Assert.All(set.Images, i => Assert.Equal(TrainingImage.SmallestDiameter, i.Diameter));
    }

    [Fact]
    public void Prepare_CacheFolder_ReadsWhatItWrote()
    {
        string folder = Directory.CreateTempSubdirectory("cellpose3d-flows-").FullName;
        try
        {
            var options = new TrainingSetOptions { CacheFolder = folder };
            LabelledImage[] images = [TrainingImages.Make(1), TrainingImages.Make(2)];
            TrainingSet first = TrainingSet.Prepare(images, options: options);
            string[] files = Directory.GetFiles(folder);
            byte[] zeros = new byte[new FileInfo(files[0]).Length];
            foreach (string file in files)
                File.WriteAllBytes(file, zeros);

            TrainingSet second = TrainingSet.Prepare(images, options: options);

            Assert.Equal(2, files.Length);
            Assert.Contains(first.Images[0].Target.Data, v => v is not (0 or 1));
            Assert.All(second.Images, i => Assert.All(i.Target.Data[i.Target.Plane(0).Length..], v => Assert.Equal(0, v)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void PlanEpoch_EqualShares_IsAPermutationThatChanges()
    {
        TrainingSet set = TrainingImages.Set(7);

        int[] first = set.PlanEpoch(1, 0, 7), second = set.PlanEpoch(1, 1, 7);

        Assert.Equal(Enumerable.Range(0, 7), first.Order());
        Assert.Equal(Enumerable.Range(0, 7), second.Order());
        Assert.NotEqual(first, second);
        Assert.Equal(first, set.PlanEpoch(1, 0, 7));
    }

    [Fact]
    public void PlanEpoch_BalancedSets_DrawsEachAsOften()
    {
        LabelledImage[] images = [.. Enumerable.Range(0, 9).Select(s => TrainingImages.Make(s, set: "many")), TrainingImages.Make(50, set: "one")];
        TrainingSet set = TrainingSet.Prepare(images, options: new TrainingSetOptions { SetShares = new Dictionary<string, double>() });

        int[] plan = set.PlanEpoch(3, 0, 36);

        Assert.Equal(18, plan.Count(i => i == 9));
        Assert.All(Enumerable.Range(0, 9), i => Assert.Equal(2, plan.Count(p => p == i)));
    }

    [Fact]
    public void PlanEpoch_Weights_AreKeptToWithinOneDraw()
    {
        TrainingSet set = TrainingSet.Prepare([TrainingImages.Make(1, weight: 3), TrainingImages.Make(2), TrainingImages.Make(3, weight: 0)]);

        for (int epoch = 0; epoch < 20; epoch++)
        {
            int[] plan = set.PlanEpoch(3, epoch, 10);
            Assert.InRange(plan.Count(p => p == 0), 7, 8);
            Assert.DoesNotContain(2, plan);
        }
    }

    [Fact]
    public void Prepare_UnknownSetShare_NamesIt()
    {
        var options = new TrainingSetOptions { SetShares = new Dictionary<string, double> { ["other"] = 1 } };

        Assert.Contains("'other'", Assert.Throws<ArgumentException>(() => TrainingSet.Prepare([TrainingImages.Make(1)], options: options)).Message);
    }

    [Fact]
    public void BatchMaker_GeneratedImages_DependOnSeedAndPlaceAlone()
    {
        var seen = new List<ulong>();
        var generated = new GeneratedImages("made", seed =>
        {
            lock (seen)
                seen.Add(seed);
            return TrainingImages.Make((int)(seed % 1000));
        }, 4);
        TrainingSet set = TrainingSet.Prepare([], [generated]);
        seen.Clear();
        var maker = new BatchMaker(set, TrainingImages.Tiny, 5, 9);

        TrainingBatch first = maker.Make(0, 0, default), again = maker.Make(0, 0, default), other = maker.Make(1, 0, default);

        Assert.Equal(first.Images.Data, again.Images.Data);
        Assert.NotEqual(first.Images.Data, other.Images.Data);
        Assert.Equal(seen[0], seen[2]);
        Assert.Equal(4, seen.Distinct().Count());
    }

    [Fact]
    public void BatchMaker_GeneratedWithoutCells_SaysSo()
    {
        var generated = new GeneratedImages("made", _ => new LabelledImage("none", new NdArray<float>(1, 8, 8), new NdArray<int>(8, 8)));

        Assert.Contains("'made'", Assert.Throws<InvalidOperationException>(() => TrainingSet.Prepare([], [generated])).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void BatchLoader_AnyThreads_HandsOutTheSameBatchesInOrder(int threads)
    {
        var maker = new BatchMaker(TrainingImages.Set(5), TrainingImages.Tiny with { BatchSize = 2 }, 9, 9);
        using var loader = new BatchLoader(maker, 1, 9, threads);

        for (int step = 1; step < 9; step++)
        {
            TrainingBatch expected = maker.Make(step / 3, step % 3, default), batch = loader.Take(default);
            Assert.Equal(step % 3 == 2 ? 1 : 2, batch.Count);
            Assert.Equal(expected.Images.Data, batch.Images.Data);
            Assert.Equal(expected.Targets.Data, batch.Targets.Data);
            batch.Images.Span.Fill(float.NaN);
            batch.Targets.Span.Fill(float.NaN);
            maker.Recycle(batch);
        }
        Assert.Throws<InvalidOperationException>(() => loader.Take(default));
    }

    [Fact]
    public void BatchLoader_GeneratorThrows_ThrowsWhereTheBatchIsTaken()
    {
        int calls = 0;
        var generated = new GeneratedImages("made", seed => Interlocked.Increment(ref calls) > 16 + 2 ? throw new InvalidDataException("broken") : TrainingImages.Make((int)(seed % 100)), 4);
        using var loader = new BatchLoader(new BatchMaker(TrainingSet.Prepare([], [generated]), TrainingImages.Tiny, 5, 9), 0, 8, 1);

        Assert.Equal(2, loader.Take(default).Count);
        Assert.Contains("broken", Assert.Throws<InvalidDataException>(() => loader.Take(default)).Message);
    }

    [Fact]
    public void BatchLoader_CancelledWhileWaiting_StopsWaiting()
    {
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        int calls = 0;
        var generated = new GeneratedImages("made", seed =>
        {
            if (Interlocked.Increment(ref calls) > 16)
                gate.Wait();
            return TrainingImages.Make((int)(seed % 100));
        }, 4);
        using var loader = new BatchLoader(new BatchMaker(TrainingSet.Prepare([], [generated]), TrainingImages.Tiny, 5, 9), 0, 8, 1);
        cancel.CancelAfter(50);

        Assert.Throws<OperationCanceledException>(() => loader.Take(cancel.Token));
        gate.Set();
        Assert.Equal(2, loader.Take(default).Count);
    }
}
