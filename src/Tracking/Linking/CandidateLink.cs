namespace Cellpose3D.Tracking.Linking;

/// <summary>A link that may be: one cell of an earlier frame, one of a later frame, and how likely they are the same cell or mother and daughter.</summary>
/// <param name="Source">Id of the earlier cell.</param>
/// <param name="Target">Id of the later cell.</param>
/// <param name="Probability">0 to 1, calibrated.</param>
public readonly record struct CandidateLink(int Source, int Target, float Probability)
{
    /// <summary>Natural log of the odds, within -14 and 14.</summary>
    public double Logit
    {
        get
        {
            double p = Math.Clamp((double)Probability, 1e-6, 1 - 1e-6);
            return Math.Log(p / (1 - p));
        }
    }
}
