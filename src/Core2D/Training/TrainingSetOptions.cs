using Cellpose3D.Core2D.Preprocessing;

namespace Cellpose3D.Core2D.Training;

/// <summary>How images are prepared for training, and how often each is drawn.</summary>
public sealed record TrainingSetOptions
{
    /// <summary>How intensities are brought to 0..1; once, on whole images, as when segmenting.</summary>
    public NormalizeOptions Normalize { get; init; } = new();

    /// <summary>Images with fewer cells are left out; 5, as in the reference. 0 keeps all.</summary>
    public int MinMasks { get; init; } = 5;

    /// <summary>
    /// Null, the default, draws every image as often as its weight says. Otherwise the share of each set in an epoch, 1 for sets not
    /// named, so that an empty dictionary gives every set as much as any other, however few its images are.
    /// </summary>
    public IReadOnlyDictionary<string, double>? SetShares { get; init; }

    /// <summary>A folder that keeps computed flows between runs; null, the default, keeps them in memory only.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Number of threads that prepare images; 0, the default, is one for each processor. It never changes a value.</summary>
    public int Threads { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        Normalize.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(MinMasks);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        foreach ((string set, double share) in SetShares ?? new Dictionary<string, double>())
        {
            if (!(share >= 0 && double.IsFinite(share)))
                throw new ArgumentOutOfRangeException(nameof(SetShares), $"the share of set '{set}' must be 0 or positive; got {share}.");
        }
    }
}
