namespace Cellpose3D.Volume.Preprocessing;

/// <summary>What becomes of the intensities of one channel.</summary>
/// <param name="Low">The intensity that becomes 0.</param>
/// <param name="High">The intensity that becomes 1.</param>
/// <param name="Invert">Every result x becomes 1 - x.</param>
/// <param name="Level">What every finite value becomes where the channel has no contrast; null where it has.</param>
/// <param name="Keep">Finite values stay as they are.</param>
/// <param name="NonFinite">What NaN and infinities become.</param>
internal readonly record struct IntensityMap(float Low, float High, bool Invert, float? Level, bool Keep, float NonFinite)
{
    /// <summary>Maps values in place.</summary>
    public void Apply(Span<float> values)
    {
        float low = Low, range = High - Low;
        foreach (ref float value in values)
        {
            if (!float.IsFinite(value))
                value = NonFinite;
            else if (Level is { } level)
                value = level;
            else if (!Keep)
                value = Invert ? 1 - (value - low) / range : (value - low) / range;
        }
    }
}
