namespace Cellpose3D.Core2D;

/// <summary>Passes the progress of one stage on as its share of the whole.</summary>
/// <param name="whole">Receives values between <paramref name="from"/> and <paramref name="to"/>.</param>
/// <param name="from">Fraction of the whole that is done when the stage begins, 0..1.</param>
/// <param name="to">Fraction of the whole that is done when the stage ends, 0..1.</param>
public sealed class PartialProgress(IProgress<float> whole, float from, float to) : IProgress<float>
{
    /// <summary>Reports the stage's own progress.</summary>
    /// <param name="value">Fraction of the stage that is done, 0..1.</param>
    public void Report(float value) => whole.Report(from + (to - from) * value);

    /// <summary>The share, or null when nobody listens.</summary>
    /// <param name="whole">Listens to the whole; null for nobody.</param>
    /// <param name="from">Fraction of the whole at the stage's beginning, 0..1.</param>
    /// <param name="to">Fraction of the whole at the stage's end, 0..1.</param>
    public static PartialProgress? Of(IProgress<float>? whole, float from, float to) => whole is null ? null : new PartialProgress(whole, from, to);
}
