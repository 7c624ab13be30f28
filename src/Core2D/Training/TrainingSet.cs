using Cellpose3D.Core2D.Dynamics;

namespace Cellpose3D.Core2D.Training;

/// <summary>Images prepared for training or validation, and how often each is drawn.</summary>
public sealed class TrainingSet
{
    private const int Probes = 16;              // generated images looked at to know their cells' diameter
    private const int Attempts = 20;            // seeds tried for a generated image with enough cells
    private const ulong ProbeKey = 0x50524F4245;

    private readonly IReadOnlyList<TrainingImage> _images;
    private readonly IReadOnlyList<GeneratedImages> _generated;
    private readonly TrainingSetOptions _options;
    private readonly double[] _shares;          // of each image, then of each kind of generated images; the sum is 1

    private TrainingSet(
        IReadOnlyList<TrainingImage> images, IReadOnlyList<GeneratedImages> generated, TrainingSetOptions options, double[] shares,
        IReadOnlyList<string> leftOut, CancellationToken cancellationToken)
    {
        (_images, _generated, _options, _shares, LeftOut) = (images, generated, options, shares, leftOut);
        double diameter = images.Select((image, i) => shares[i] * image.Diameter).Sum();
        for (int g = 0; g < generated.Count; g++)
        {
            int kind = g;
            diameter += shares[images.Count + g]
                * Enumerable.Range(0, Probes).Average(p => MakeImage(kind, new RandomStream(ProbeKey, (ulong)p), cancellationToken).Diameter);
        }
        MeanDiameter = diameter;
    }

    /// <summary>Number of images; kinds of generated images count as many images as they stand for, rounded.</summary>
    public int Count => _images.Count + (int)Math.Round(_generated.Sum(g => g.ImageCount));

    /// <summary>Mean over what is drawn of the images' median cell diameters, in pixels: <c>diam_labels</c> of the trained network.</summary>
    public double MeanDiameter { get; }

    /// <summary>Names of the images left out because they have too few cells.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>Normalises images and computes their flows.</summary>
    /// <param name="images">Taken one by one, so that a reader need not hold all of them; borrowed.</param>
    /// <param name="generated">Images made while training; null is none.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Receives the number of images prepared.</param>
    /// <param name="cancellationToken">Checked between images and cells.</param>
    /// <exception cref="ArgumentException">An image does not fit its labels, or no image is left; the message names it.</exception>
    public static TrainingSet Prepare(
        IEnumerable<LabelledImage> images, IReadOnlyList<GeneratedImages>? generated = null, TrainingSetOptions? options = null,
        IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new TrainingSetOptions();
        options.Validate();
        generated ??= [];
        var cache = new FlowCache(options.CacheFolder);
        var prepared = new List<(TrainingImage Image, string Set, double Weight)>();
        var leftOut = new List<string>();
        int done = 0, threads = ThreadCount.Of(options.Threads);
        foreach (LabelledImage[] group in images.Chunk(4 * threads))
        {
            var results = new TrainingImage[group.Length];
            try
            {
                ParallelWork.Run(group.Length, threads, i => results[i] = TrainingImage.Prepare(group[i], options, cache, cancellationToken), null, cancellationToken);
            }
            catch (AggregateException e) when (e.InnerExceptions[0] is ArgumentException or OperationCanceledException)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            }
            for (int i = 0; i < group.Length; i++)
            {
                if (!(group[i].Weight >= 0 && double.IsFinite(group[i].Weight)))
                    throw new ArgumentException($"the weight of image '{group[i].Name}' must be 0 or positive; got {group[i].Weight}.", nameof(images));
                if (results[i].Cells < options.MinMasks)
                    leftOut.Add(group[i].Name);
                else
                    prepared.Add((results[i], group[i].Set, group[i].Weight));
            }
            done += group.Length;
            progress?.Report(done);
        }
        double[] shares = Shares([.. prepared.Select(p => (p.Set, p.Weight)), .. generated.Select(g => (g.Set, g.ImageCount))], options, leftOut.Count);
        return new TrainingSet([.. prepared.Select(p => p.Image)], generated, options, shares, leftOut, cancellationToken);
    }

    /// <summary>What an epoch draws: every image about as often as its share says, never a whole time more or less, in random order.</summary>
    /// <param name="seed">Of the run.</param>
    /// <param name="epoch">Counted from 0.</param>
    /// <param name="count">Number of draws.</param>
    /// <returns>Indices; above the last image come the kinds of generated images.</returns>
    /// <remarks>Systematic sampling: with equal shares and as many draws as images it is a permutation, as in the reference.</remarks>
    internal int[] PlanEpoch(ulong seed, int epoch, int count)
    {
        var random = new RandomStream(seed, (ulong)epoch, 0);
        int[] order = [.. Enumerable.Range(0, _shares.Length)];
        random.Shuffle<int>(order);
        int[] plan = new int[count];
        double offset = random.NextUnit(), reached = 0;
        for (int i = 0, drawn = 0; i < order.Length && drawn < count; i++)
        {
            reached = i == order.Length - 1 ? 1 : reached + _shares[order[i]];
            while (drawn < count && (drawn + offset) / count < reached)
                plan[drawn++] = order[i];
        }
        random.Shuffle<int>(plan);
        return plan;
    }

    /// <summary>The image of an index of <see cref="PlanEpoch"/>, made anew where it is a generated one.</summary>
    internal TrainingImage Image(int index, RandomStream random, CancellationToken cancellationToken) =>
        index < _images.Count ? _images[index] : MakeImage(index - _images.Count, random, cancellationToken);

    internal IReadOnlyList<TrainingImage> Images => _images;

    private TrainingImage MakeImage(int kind, RandomStream random, CancellationToken cancellationToken)
    {
        var memoryOnly = new FlowCache(null);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            TrainingImage image = TrainingImage.Prepare(_generated[kind].Generate(random.NextBits()), _options, memoryOnly, cancellationToken);
            if (image.Cells >= _options.MinMasks)
                return image;
        }
        throw new InvalidOperationException($"{Attempts} images in a row of the generated set '{_generated[kind].Set}' had fewer than {_options.MinMasks} cells; make them larger, or lower the minimum.");
    }

    private static double[] Shares(IReadOnlyList<(string Set, double Weight)> entries, TrainingSetOptions options, int leftOut)
    {
        string[] unknown = [.. (options.SetShares ?? new Dictionary<string, double>()).Keys.Except(entries.Select(e => e.Set))];
        if (unknown.Length > 0)
            throw new ArgumentException($"SetShares names the set '{unknown[0]}', which has no image; the sets are: {string.Join(", ", entries.Select(e => e.Set).Distinct())}.", nameof(options));
        Dictionary<string, double> weightOfSet = entries.GroupBy(e => e.Set).ToDictionary(g => g.Key, g => g.Sum(e => e.Weight));
        double[] shares = [.. entries.Select(e => options.SetShares is null || weightOfSet[e.Set] == 0
            ? e.Weight
            : e.Weight / weightOfSet[e.Set] * options.SetShares.GetValueOrDefault(e.Set, 1))];
        double sum = shares.Sum();
        if (!(sum > 0))
        {
            throw new ArgumentException(entries.Count > 0 ? "at least one image must have a weight and a share above 0."
                : leftOut > 0 ? $"no image is left to train on: all {leftOut} have fewer than {options.MinMasks} cells; lower the minimum."
                : "there must be at least one image; got none.", nameof(entries));
        }
        return [.. shares.Select(s => s / sum)];
    }
}
