namespace Cellpose3D.Core2D.Training;

/// <summary>The learning rate of every epoch.</summary>
public sealed class LearningRateSchedule
{
    private const int WarmUp = 10;          // epochs from 0 to the full rate
    private const int Halvings = 10;        // at the end, the rate is halved so often

    private readonly double[] _rates;

    private LearningRateSchedule(double[] rates) => _rates = rates;

    /// <summary>The number of epochs.</summary>
    public int Epochs => _rates.Length;

    /// <summary>The learning rate of an epoch.</summary>
    /// <param name="epoch">Counted from 0.</param>
    public double this[int epoch] => _rates[epoch];

    /// <summary>The schedule of the Cellpose paper and program.</summary>
    /// <param name="rate">The full learning rate.</param>
    /// <param name="epochs">Number of epochs, at least 1.</param>
    /// <remarks>
    /// The rate rises evenly over ten epochs and so is 0 in the first one, which only moves the batch norms' statistics. Above 300 epochs
    /// it is halved every 10 epochs over the last 100, above 100 epochs every 5 over the last 50, otherwise never. Paper: "Training";
    /// NUMERICS section 14; golden group <c>lr_schedule</c>.
    /// </remarks>
    public static LearningRateSchedule Stepped(double rate, int epochs)
    {
        Check(rate, epochs);
        int period = epochs > 300 ? 10 : epochs > 100 ? 5 : 0;
        int tail = period * Halvings;
        return new LearningRateSchedule([.. Enumerable.Range(0, epochs).Select(e =>
            e < WarmUp ? rate * e / (WarmUp - 1)
            : e < epochs - tail ? rate
            : rate / (1 << ((e - (epochs - tail)) / period + 1)))]);
    }

    /// <summary>A short rise, then half a cosine down to a hundredth of the rate: for runs too short for long plateaus.</summary>
    /// <param name="rate">The full learning rate.</param>
    /// <param name="epochs">Number of epochs, at least 1.</param>
    /// <remarks>The rise takes a twentieth of the run, ten epochs at most. The reference has no such schedule.</remarks>
    public static LearningRateSchedule Cosine(double rate, int epochs)
    {
        Check(rate, epochs);
        const double Floor = 0.01;
        int rise = Math.Min(WarmUp, epochs / 20);
        return new LearningRateSchedule([.. Enumerable.Range(0, epochs).Select(e =>
            e < rise ? rate * (e + 1) / (rise + 1)
            : rate * (Floor + (1 - Floor) * (1 + Math.Cos(Math.PI * (e - rise) / (epochs - rise))) / 2))]);
    }

    private static void Check(double rate, int epochs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        if (!(rate > 0) || !double.IsFinite(rate))
            throw new ArgumentOutOfRangeException(nameof(rate), $"rate must be positive and finite; got {rate}.");
    }
}
