namespace Cellpose3D.Core2D.Measurements;

/// <summary>Mean and spread that grow run by run (Chan, Golub and LeVeque 1979): no loss where the values are large and alike.</summary>
internal struct IntensityMoments
{
    private long _count;
    private double _mean, _squares, _min, _max;

    public readonly IntensityStatistics Statistics => new(_mean, _min, _max, Math.Sqrt(_squares / _count));

    public void AddRun(ReadOnlySpan<float> values)
    {
        double sum = 0, min = values[0], max = values[0];
        foreach (float value in values)
        {
            sum += value;
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }
        double mean = sum / values.Length, squares = 0;
        foreach (float value in values)
            squares += (value - mean) * (value - mean);
        Add(new IntensityMoments { _count = values.Length, _mean = mean, _squares = squares, _min = min, _max = max });
    }

    public void Add(in IntensityMoments other)
    {
        if (_count == 0)
        {
            this = other;
            return;
        }
        if (other._count == 0)
            return;
        long count = _count + other._count;
        double apart = other._mean - _mean;
        _mean += apart * other._count / count;
        _squares += other._squares + apart * apart * _count * other._count / count;
        _min = Math.Min(_min, other._min);
        _max = Math.Max(_max, other._max);
        _count = count;
    }
}
