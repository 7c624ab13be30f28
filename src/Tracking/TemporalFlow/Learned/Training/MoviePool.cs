namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>The movies that clips are drawn from: a few at a time, made when they are first needed.</summary>
/// <remarks>Which movies are there depends on the step alone, so an interrupted run finds the same ones again.</remarks>
/// <param name="make">Makes the movie of a number.</param>
/// <param name="stepsPerMovie">Steps after which the oldest is replaced.</param>
internal sealed class MoviePool(Func<ulong, TemporalMovie> make, int stepsPerMovie)
{
    private readonly Dictionary<long, TemporalMovie> _movies = [];

    /// <summary>One of the movies of a step.</summary>
    /// <param name="step">Counted from 0.</param>
    /// <param name="place">Which one, 0 for the oldest.</param>
    public TemporalMovie Take(int step, int place)
    {
        long oldest = step / stepsPerMovie, number = oldest + place;
        foreach (long gone in _movies.Keys.Where(n => n < oldest).ToArray())
            _movies.Remove(gone);
        if (!_movies.TryGetValue(number, out TemporalMovie? movie))
            _movies[number] = movie = make((ulong)number);
        return movie;
    }
}
