namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>Counts which candidate each sample of a cell is carried to.</summary>
internal static class FlowVotes
{
    private const double Nowhere = 6;                                    // Laplace scales from all candidates at which a sample votes for none

    /// <summary>Counts.</summary>
    /// <param name="samples">Where samples are carried.</param>
    /// <param name="candidates">For each cell, its candidates: number of the edge and place from the cell's centre to the candidate's, in diameters.</param>
    /// <param name="votes">[edges] receives the share of the cell's samples carried to the candidate, 0 to 1.</param>
    /// <param name="distances">[edges] receives the mean distance of samples and candidate, in Laplace scales.</param>
    /// <remarks>
    /// A sample's vote is shared by likelihood: a candidate that lies r off counts exp(-sum |r| / scale), and none of them exp(-6).
    /// </remarks>
    public static void Count(FlowSamples samples, List<(int Edge, float Z, float Y, float X)>?[] candidates, Span<float> votes, Span<float> distances)
    {
        Span<double> off = stackalloc double[64];
        for (int n = 0; n < samples.Cell.Length; n++)
        {
            if (candidates[samples.Cell[n]] is not { } near)
                continue;
            if (near.Count > off.Length)
                off = new double[near.Count * 2];
            double total = Math.Exp(-Nowhere);
            for (int k = 0; k < near.Count; k++)
            {
                off[k] = Math.Abs(near[k].Z - samples.Motion[3 * n]) / samples.Scale[3 * n]
                    + Math.Abs(near[k].Y - samples.Motion[3 * n + 1]) / samples.Scale[3 * n + 1]
                    + Math.Abs(near[k].X - samples.Motion[3 * n + 2]) / samples.Scale[3 * n + 2];
                total += Math.Exp(-off[k]);
            }
            for (int k = 0; k < near.Count; k++)
            {
                votes[near[k].Edge] += (float)(samples.Share[n] * Math.Exp(-off[k]) / total);
                distances[near[k].Edge] += (float)(samples.Share[n] * Math.Min(off[k], LearnedFeatures.LargestDistance));
            }
        }
    }
}
