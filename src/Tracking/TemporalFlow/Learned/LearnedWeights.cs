using Cellpose3D.Core2D.Network;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>How the features of the training-free and of the learned flow together make probabilities of links and divisions: logistic.</summary>
/// <remarks>As with <see cref="LinkWeights"/> there is one set for still cells and one for fast ones, mixed by how much the movie's cells move.</remarks>
public sealed class LearnedWeights
{
    /// <summary>Number of weights of a link: a bias, one for each feature of either flow and one for the squared distance over the movie's spread, twice.</summary>
    public const int LinkCount = 2 * Half;

    /// <summary>Number of weights of a division: those of the training-free flow, then the mother's and the likelier parentless daughter's log odds.</summary>
    public const int DivisionCount = DivisionFeatures.WeightCount + 2;

    private const int Half = 2 + LinkFeatures.Count + LearnedFeatures.Count;

    private const string LinkName = "link.weights", DivisionName = "division.weights";

    private readonly double[] _link, _division;

    /// <summary>Takes weights.</summary>
    /// <param name="link">[<see cref="LinkCount"/>]; copied.</param>
    /// <param name="division">[<see cref="DivisionCount"/>]; copied.</param>
    /// <exception cref="ArgumentException">Another number of values, or one that is not finite.</exception>
    public LearnedWeights(ReadOnlySpan<double> link, ReadOnlySpan<double> division)
    {
        if (link.Length != LinkCount || division.Length != DivisionCount)
            throw new ArgumentException($"{LinkCount} and {DivisionCount} weights are needed; got {link.Length} and {division.Length}.", nameof(link));
        foreach (double value in (ReadOnlySpan<double>)[.. link, .. division])
        {
            if (!double.IsFinite(value))
                throw new ArgumentException($"weights must be finite; got {value}.", nameof(link));
        }
        (_link, _division) = (link.ToArray(), division.ToArray());
    }

    /// <summary>Those of the training-free flow, and none for the head: where fitting starts, so that the head adds to what is known without it.</summary>
    public static LearnedWeights Untrained { get; } = new(
        [.. LinkWeights.Default.ToArray().Chunk(Half - LearnedFeatures.Count).SelectMany(h => (double[])[.. h, .. new double[LearnedFeatures.Count]])],
        [.. DivisionWeights.Default.ToArray(), 0, 0]);

    /// <summary>The weights of links; a copy.</summary>
    public double[] Link() => [.. _link];

    /// <summary>The weights of divisions; a copy.</summary>
    public double[] Division() => [.. _division];

    /// <summary>Probability of a link.</summary>
    /// <param name="free">What the training-free flow says.</param>
    /// <param name="learned">What the head says.</param>
    public float Probability(in LinkFeatures free, in LearnedFeatures learned)
    {
        Span<double> row = stackalloc double[LinkCount];
        Expand(free, learned, row);
        return (float)(1 / (1 + Math.Exp(-Dot(row, _link))));
    }

    /// <summary>Log odds of a division.</summary>
    /// <param name="free">What the training-free flow says.</param>
    /// <param name="mother">The head's log odds that the mother divides.</param>
    /// <param name="daughters">The lesser of the head's log odds that the two are daughters.</param>
    public float DivisionLogit(in DivisionFeatures free, float mother, float daughters)
    {
        Span<double> row = stackalloc double[DivisionCount];
        Expand(free, mother, daughters, row);
        return (float)Dot(row, _division);
    }

    /// <summary>Reads weights stored beside a head.</summary>
    /// <param name="file">The head's file; borrowed.</param>
    /// <param name="prefix">Of their names.</param>
    /// <exception cref="InvalidDataException">They are missing or of another number.</exception>
    internal static LearnedWeights FromStateDict(StateDict file, string prefix)
    {
        float[] link = file.Find(prefix + LinkName)?.ToFloats() ?? [], division = file.Find(prefix + DivisionName)?.ToFloats() ?? [];
        if (link.Length != LinkCount || division.Length != DivisionCount)
            throw new InvalidDataException($"'{prefix}{LinkName}' and '{prefix}{DivisionName}' must hold {LinkCount} and {DivisionCount} values; the model has {link.Length} and {division.Length}. Train it anew with 'train temporal'.");
        return new LearnedWeights([.. link.Select(v => (double)v)], [.. division.Select(v => (double)v)]);
    }

    internal WeightTensor[] ToTensors(string prefix) =>
    [
        WeightTensor.FromFloats(prefix + LinkName, [LinkCount], [.. _link.Select(v => (float)v)]),
        WeightTensor.FromFloats(prefix + DivisionName, [DivisionCount], [.. _division.Select(v => (float)v)]),
    ];

    internal static void Expand(in LinkFeatures free, in LearnedFeatures learned, Span<double> row)
    {
        Span<double> values = stackalloc double[Half];
        values[0] = 1;
        free.CopyTo(values[1..]);
        values[1 + LinkFeatures.Count] = LinkWeights.Stray(free);
        learned.CopyTo(values[(2 + LinkFeatures.Count)..]);
        double fast = free.Motion, still = 1 - fast;
        for (int n = 0; n < values.Length; n++)
            (row[n], row[Half + n]) = (still * values[n], fast * values[n]);
    }

    internal static void Expand(in DivisionFeatures free, float mother, float daughters, Span<double> row)
    {
        free.CopyTo(row[..DivisionFeatures.WeightCount]);
        row[^2] = mother;
        row[^1] = daughters;
    }

    private static double Dot(ReadOnlySpan<double> a, double[] b)
    {
        double sum = 0;
        for (int n = 0; n < b.Length; n++)
            sum += a[n] * b[n];
        return sum;
    }
}
