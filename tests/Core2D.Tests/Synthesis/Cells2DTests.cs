using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Core2D.Tests.Synthesis;

public sealed class Cells2DTests
{
    public static TheoryData<string> AllKinds => [.. Cells2D.Kinds];

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Generate_EveryKind_KeepsTheLabelContract(string kind)
    {
        for (int seed = 0; seed < 2; seed++)
        {
            SyntheticImage image = Cells2D.Generate(new SynthesisOptions { Kind = kind, Seed = seed, Height = 128, Width = 112, Diameter = 24, Crowding = 0.6 });

            AssertLabelContract(image, 128, 112);
            Assert.Equal(kind, image.Kind);
            Assert.NotEqual(0, image.Labels.Data.Max());
        }
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Generate_EveryKind_GivesFiniteCountsWithinTheCamerasRange(string kind)
    {
        SyntheticImage image = Cells2D.Generate(new SynthesisOptions { Kind = kind, Seed = 5, Height = 64, Width = 80, Diameter = 20 });

        Assert.Equal(kind.EndsWith("-nuclei", StringComparison.Ordinal) ? 2 : 1, image.Image.Shape[0]);
        Assert.DoesNotContain(image.Image.Data, v => !float.IsFinite(v));
        if (kind == "quantitative-phase")
        {
            Assert.InRange(image.Image.Data.Max(), 0.1f, 60f);
        }
        else
        {
            Assert.DoesNotContain(image.Image.Data, v => v is < 0 or > 65535 || v != MathF.Floor(v));
        }
        Assert.True(image.Image.Data.Max() > image.Image.Data.Min());
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Generate_EveryKind_ReachesTheDiameterAskedFor(string kind)
    {
        double sum = 0;
        int count = 0;
        for (int seed = 0; seed < 3; seed++)
        {
            SyntheticImage image = Cells2D.Generate(new SynthesisOptions { Kind = kind, Seed = seed, Height = 224, Width = 224, Diameter = 16, Crowding = 0.5 });
            sum += image.MeanDiameter;
            count++;
            Assert.InRange(image.MeanDiameter, 16 * 0.7, 16 * 1.3);      // edge-cut cells and chance in a small sample
        }

        Assert.InRange(sum / count, 16 * 0.85, 16 * 1.15);
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Generate_NoCells_GivesAnImageWithoutLabels(string kind)
    {
        SyntheticImage image = Cells2D.Generate(new SynthesisOptions { Kind = kind, Seed = 3, Height = 64, Width = 80, MaxCells = 0 });

        Assert.DoesNotContain(image.Labels.Data, label => label != 0);
        Assert.Equal(0, image.MeanDiameter);
        Assert.DoesNotContain(image.Image.Data, v => !float.IsFinite(v));
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Generate_OddSizes_KeepsTheLabelContract(string kind)
    {
        SyntheticImage strip = Cells2D.Generate(new SynthesisOptions { Kind = kind, Seed = 8, Height = 17, Width = 301 });
        SyntheticImage pixel = Cells2D.Generate(new SynthesisOptions { Kind = kind, Seed = 8, Height = 1, Width = 1 });

        AssertLabelContract(strip, 17, 301);
        AssertLabelContract(pixel, 1, 1);
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Generate_SameSeed_GivesTheSameBits(string kind)
    {
        SynthesisOptions options = new() { Kind = kind, Seed = 11, Height = 72, Width = 90 };

        SyntheticImage one = Cells2D.Generate(options), two = Cells2D.Generate(options);

        Assert.Equal(one.Image.Data, two.Image.Data);
        Assert.Equal(one.Labels.Data, two.Labels.Data);
        Assert.NotEqual(one.Image.Data, Cells2D.Generate(options with { Seed = 12 }).Image.Data);
    }

    [Fact]
    public void Generate_ManyThreadsAtOnce_GivesWhatOneThreadGives()
    {
        SynthesisOptions[] all = [.. Enumerable.Range(0, 16).Select(seed => new SynthesisOptions { Seed = seed, Height = 48, Width = 48 })];
        SyntheticImage[] alone = [.. all.Select(Cells2D.Generate)];
        SyntheticImage[] together = new SyntheticImage[all.Length];

        Parallel.For(0, all.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, n => together[n] = Cells2D.Generate(all[n]));

        for (int n = 0; n < all.Length; n++)
        {
            Assert.Equal(alone[n].Kind, together[n].Kind);
            Assert.Equal(alone[n].Image.Data, together[n].Image.Data);
            Assert.Equal(alone[n].Labels.Data, together[n].Labels.Data);
        }
    }

    [Fact]
    public void Generate_KindLeftOpen_DrawsEveryKindSoonerOrLater()
    {
        HashSet<string> seen = [];
        for (int seed = 0; seed < 250; seed++)
            seen.Add(Cells2D.Generate(new SynthesisOptions { Seed = seed, Height = 8, Width = 8, Diameter = 8 }).Kind);

        Assert.Equal(Cells2D.Kinds.Order(), seen.Order());
    }

    [Fact]
    public void Generate_MoreNoise_MovesNoCellAndRoughensTheImage()
    {
        SynthesisOptions options = new() { Kind = "nuclei", Seed = 2, Height = 128, Width = 128, Diameter = 24 };

        SyntheticImage clean = Cells2D.Generate(options with { Noise = 0 });
        SyntheticImage plain = Cells2D.Generate(options);
        SyntheticImage noisy = Cells2D.Generate(options with { Noise = 5 });

        Assert.Equal(clean.Labels.Data, plain.Labels.Data);
        Assert.Equal(clean.Labels.Data, noisy.Labels.Data);
        Assert.True(Roughness(clean) < Roughness(plain), $"{Roughness(clean)} < {Roughness(plain)}");
        Assert.True(Roughness(plain) < Roughness(noisy), $"{Roughness(plain)} < {Roughness(noisy)}");
    }

    [Theory]
    [InlineData("nuclei")]
    [InlineData("cytoplasm")]
    [InlineData("epithelium")]
    [InlineData("pebbles")]
    public void Generate_LabelsAgainstLight_StandOut(string kind)
    {
        // Labels that were shifted or mirrored against the image would lose this: along the cells' edges the image changes
        // more than elsewhere.
        double edges = 0, elsewhere = 0;
        for (int seed = 0; seed < 4; seed++)
        {
            SyntheticImage image = Cells2D.Generate(new SynthesisOptions { Kind = kind, Seed = seed, Height = 200, Width = 200, Diameter = 36, Crowding = 0.5, Noise = 0, Blur = 0, Debris = 0 });
            float scale = image.Image.Data.Max() - image.Image.Data.Min();
            int edgeCount = 0, otherCount = 0;
            double edgeSum = 0, otherSum = 0;
            for (int at = 0; at < image.Labels.Length - 1; at++)
            {
                double change = Math.Abs(image.Image.Data[at] - image.Image.Data[at + 1]) / scale;
                bool edge = image.Labels.Data[at] != image.Labels.Data[at + 1];
                edgeSum += edge ? change : 0;
                otherSum += edge ? 0 : change;
                edgeCount += edge ? 1 : 0;
                otherCount += edge ? 0 : 1;
            }
            edges += edgeSum / Math.Max(1, edgeCount);
            elsewhere += otherSum / Math.Max(1, otherCount);
        }

        Assert.True(edges > 2 * elsewhere, $"mean change {edges} along edges, {elsewhere} elsewhere");
    }

    [Fact]
    public void Generate_CrowdingRaised_PutsMoreCells()
    {
        int[] counts = [.. new[] { 0.05, 0.4, 0.9 }.Select(crowding => Enumerable.Range(0, 4).Sum(seed =>
            Cells2D.Generate(new SynthesisOptions { Kind = "nuclei", Seed = seed, Height = 256, Width = 256, Diameter = 18, Crowding = crowding }).Labels.Data.Max()))];

        Assert.True(counts[0] < counts[1] && counts[1] < counts[2], string.Join(", ", counts));
    }

    [Fact]
    public void Generate_MaxCellsSmall_IsKept()
    {
        foreach (string kind in Cells2D.Kinds)
            Assert.InRange(Cells2D.Generate(new SynthesisOptions { Kind = kind, Seed = 4, Height = 128, Width = 128, Diameter = 20, Crowding = 0.9, MaxCells = 3 }).Labels.Data.Max(), 0, 3);
    }

    [Theory]
    [InlineData("histology-eosin")]
    [InlineData("histology-haematoxylin")]
    public void Generate_Rgb_IsTheColourOfTheGrey(string kind)
    {
        SynthesisOptions options = new() { Kind = kind, Seed = 6, Height = 96, Width = 96, Diameter = 18 };

        SyntheticImage grey = Cells2D.Generate(options), colour = Cells2D.Generate(options with { Rgb = true });

        Assert.Equal([3, 96, 96], colour.Image.Shape);
        Assert.Equal(grey.Labels.Data, colour.Labels.Data);
        double error = 0;
        for (int n = 0; n < 96 * 96; n++)
            error += Math.Abs(0.299 * colour.Image.Data[n] + 0.587 * colour.Image.Data[9216 + n] + 0.114 * colour.Image.Data[2 * 9216 + n] - grey.Image.Data[n]);
        Assert.InRange(error / 9216, 0, 4);                              // compression is applied after the conversion
    }

    [Theory]
    [InlineData("moss", 64, 64, 30.0)]
    [InlineData(null, 0, 64, 30.0)]
    [InlineData(null, 64, 64, 2.0)]
    [InlineData(null, 64, 64, double.NaN)]
    public void Generate_OptionOutOfRange_Throws(string? kind, int height, int width, double diameter)
    {
        SynthesisOptions options = new() { Kind = kind, Height = height, Width = width, Diameter = diameter };

        Assert.ThrowsAny<ArgumentException>(() => Cells2D.Generate(options));
    }

    private static double Roughness(SyntheticImage image)
    {
        double sum = 0;
        for (int at = 0; at < image.Image.Length - 1; at++)
            sum += Math.Abs(image.Image.Data[at] - image.Image.Data[at + 1]);
        return sum;
    }

    /// <summary>Slow and obvious: sizes, 4-connectivity and numbering, label by label.</summary>
    private static void AssertLabelContract(SyntheticImage image, int height, int width)
    {
        Assert.Equal([height, width], image.Labels.Shape);
        Assert.Equal([height, width], image.Image.Shape[1..]);
        int[] labels = image.Labels.Data;
        int next = 1;
        double diameters = 0;
        bool[] seen = new bool[labels.Length];
        for (int first = 0; first < labels.Length; first++)
        {
            if (labels[first] == 0 || seen[first])
                continue;
            Assert.Equal(next++, labels[first]);                         // a second piece of a label would break the count
            Queue<int> open = new([first]);
            seen[first] = true;
            int size = 0;
            while (open.TryDequeue(out int at))
            {
                size++;
                foreach ((int dy, int dx) in ((int, int)[])[(0, 1), (0, -1), (1, 0), (-1, 0)])
                {
                    int y = at / width + dy, x = at % width + dx;
                    if (y < 0 || x < 0 || y >= height || x >= width || seen[y * width + x] || labels[y * width + x] != labels[first])
                        continue;
                    seen[y * width + x] = true;
                    open.Enqueue(y * width + x);
                }
            }
            Assert.True(size >= 10, $"label {labels[first]} has {size} pixels");
            diameters += 2 * Math.Sqrt(size / Math.PI);
        }
        Assert.Equal(next == 1 ? 0 : diameters / (next - 1), image.MeanDiameter, 9);
    }
}
