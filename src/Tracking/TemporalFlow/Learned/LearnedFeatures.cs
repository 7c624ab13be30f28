namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>What the learned flow says for and against a candidate link from a cell u to a later cell v.</summary>
/// <param name="Logit">Log odds of the comparison of the two cells alone.</param>
/// <param name="LogBack">Log of the probability of u among v's candidates, at least -8.</param>
/// <param name="LogAhead">Log of the probability of v among u's candidates, at least -8.</param>
/// <param name="VoteBack">Share of v's pixels that the flow carries to u, 0 to 1.</param>
/// <param name="VoteAhead">Share of u's pixels that the flow carries to v, 0 to 1.</param>
/// <param name="DistanceBack">From where the flow carries v to u, in Laplace scales, at most 12.</param>
/// <param name="DistanceAhead">From where the flow carries u to v, in Laplace scales, at most 12.</param>
/// <param name="Appears">Log odds that v has no parent.</param>
/// <param name="Vanishes">Log odds that u has no successor.</param>
public readonly record struct LearnedFeatures(
    float Logit, float LogBack, float LogAhead, float VoteBack, float VoteAhead, float DistanceBack, float DistanceAhead, float Appears, float Vanishes)
{
    /// <summary>Number of features.</summary>
    public const int Count = 9;

    /// <summary>The least log of a probability.</summary>
    internal const float LeastLog = -8;

    /// <summary>The largest distance, and of cells that the head did not compare.</summary>
    internal const float LargestDistance = 12;

    /// <summary>Cells out of the head's reach.</summary>
    internal static LearnedFeatures OutOfReach(float appears, float vanishes) =>
        new(LeastLog, LeastLog, LeastLog, 0, 0, LargestDistance, LargestDistance, appears, vanishes);

    /// <summary>Writes the features in the order of the parameters.</summary>
    /// <param name="values">Receives <see cref="Count"/> values.</param>
    public void CopyTo(Span<double> values)
    {
        values[0] = Logit;
        values[1] = LogBack;
        values[2] = LogAhead;
        values[3] = VoteBack;
        values[4] = VoteAhead;
        values[5] = DistanceBack;
        values[6] = DistanceAhead;
        values[7] = Appears;
        values[8] = Vanishes;
    }
}
