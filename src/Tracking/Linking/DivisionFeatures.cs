namespace Cellpose3D.Tracking.Linking;

/// <summary>What speaks for and against a cell u dividing into the two cells v and w that would suit best.</summary>
/// <param name="Asymmetry">From where u is expected to the middle of v and w, in diameters of u.</param>
/// <param name="LogMass">Absolute log of the size of v and w together over that of u.</param>
/// <param name="LogBalance">Absolute log of the size of v over that of w.</param>
/// <param name="LogLargest">Log of the size of the larger of the two over that of u: near 0 when it is u itself.</param>
/// <param name="Weaker">Log odds of the weaker of the two links.</param>
/// <param name="Rival">Log odds of the best link from another cell to either of them.</param>
public readonly record struct DivisionFeatures(float Asymmetry, float LogMass, float LogBalance, float LogLargest, float Weaker, float Rival)
{
    /// <summary>Number of weights: a bias and one for each feature.</summary>
    public const int WeightCount = 7;

    /// <summary>Writes 1 and the features.</summary>
    /// <param name="row">Receives <see cref="WeightCount"/> values.</param>
    public void CopyTo(Span<double> row)
    {
        row[0] = 1;
        row[1] = Asymmetry;
        row[2] = LogMass;
        row[3] = LogBalance;
        row[4] = LogLargest;
        row[5] = Weaker;
        row[6] = Rival;
    }
}
