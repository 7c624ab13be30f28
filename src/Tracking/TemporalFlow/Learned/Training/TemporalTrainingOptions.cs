namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>How a temporal flow head is trained.</summary>
public sealed record TemporalTrainingOptions
{
    /// <summary>Steps; each sees one clip of <see cref="Frames"/> frames and all pairs of them that are drawn. Default 6000: under an hour on a CPU.</summary>
    public int Steps { get; init; } = 6000;

    /// <summary>Frames of a clip.</summary>
    public int Frames { get; init; } = 4;

    /// <summary>Side of a clip in pixels of the resized image, a multiple of 8. Default 128: 7.5 diameters of 17 px.</summary>
    public int Crop { get; init; } = 128;

    /// <summary>Highest learning rate of AdamW.</summary>
    public double LearningRate { get; init; } = 0.002;

    /// <summary>Pull of every weight towards 0.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Steps from 0 to the highest rate; it then falls by half a cosine to a hundredth.</summary>
    public int WarmUp { get; init; } = 100;

    /// <summary>Movies held at a time; the oldest is replaced after every <see cref="StepsPerMovie"/> steps.</summary>
    public int Pool { get; init; } = 12;

    /// <summary>Steps between two new movies.</summary>
    public int StepsPerMovie { get; init; } = 15;

    /// <summary>Steps of a row of the training curve, after which a checkpoint is kept and the validation clips are scored.</summary>
    public int StepsPerRow { get; init; } = 200;

    /// <summary>Clips of held-out movies that are scored after every row; 0 for none.</summary>
    public int ValidationClips { get; init; } = 24;

    /// <summary>Decides the initial weights and every clip.</summary>
    public ulong Seed { get; init; }

    /// <summary>Compute convolutions in bfloat16.</summary>
    public bool MixedPrecision { get; init; }

    /// <summary>How clips are varied.</summary>
    public ClipOptions Clips { get; init; } = new();

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Frames, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(Crop, 32);
        ArgumentOutOfRangeException.ThrowIfLessThan(Pool, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsPerMovie, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsPerRow, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(WarmUp);
        ArgumentOutOfRangeException.ThrowIfNegative(ValidationClips);
        ArgumentOutOfRangeException.ThrowIfNegative(WeightDecay);
        if (Crop % 8 != 0)
            throw new ArgumentOutOfRangeException(nameof(Crop), Crop, $"Crop must be a multiple of 8; got {Crop}.");
        if (!(LearningRate > 0 && double.IsFinite(LearningRate)))
            throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, $"LearningRate must be positive; got {LearningRate}.");
    }

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">Counted from 0.</param>
    public double Rate(int step)
    {
        const double floor = 0.01;
        if (step < WarmUp)
            return LearningRate * (step + 1) / (WarmUp + 1);
        double done = (double)(step - WarmUp) / Math.Max(1, Steps - WarmUp);
        return LearningRate * (floor + (1 - floor) * (1 + Math.Cos(Math.PI * Math.Min(1, done))) / 2);
    }
}
