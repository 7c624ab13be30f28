using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>Finds, for every cell, the two cells of the next frame that would suit best as its daughters, and how likely they are.</summary>
internal static class DivisionFinder
{
    private const int MostChildren = 6;                                  // the likeliest links of a cell that are tried in pairs
    private const float LeastLogit = -8;

    /// <summary>Finds.</summary>
    public static List<ScoredDivision> Find(FlowFrame earlier, FlowFrame later, PointUm[] expected, ScoredLink[] links, DivisionWeights weights)
    {
        var bySource = new List<(int Target, float Logit)>?[earlier.Cells.Count];
        var best = new (int Source, float First, float Second)[later.Cells.Count];   // likeliest parent, its logit, the next one's
        Array.Fill(best, (-1, LeastLogit, LeastLogit));
        foreach (ScoredLink link in links)
        {
            int u = link.Source - earlier.FirstId, v = link.Target - later.FirstId;
            float logit = (float)Math.Max(LeastLogit, new CandidateLink(0, 0, link.Probability).Logit);
            (bySource[u] ??= []).Add((v, logit));
            if (logit > best[v].First)
                best[v] = (u, logit, best[v].First);
            else if (logit > best[v].Second)
                best[v].Second = logit;
        }
        var divisions = new List<ScoredDivision>();
        for (int u = 0; u < bySource.Length; u++)
        {
            if (bySource[u] is not { Count: >= 2 } children)
                continue;
            children.Sort((a, b) => a.Logit != b.Logit ? b.Logit.CompareTo(a.Logit) : a.Target.CompareTo(b.Target));
            ScoredDivision? found = null;
            int tried = Math.Min(MostChildren, children.Count);
            for (int i = 0; i < tried; i++)
            {
                for (int j = i + 1; j < tried; j++)
                {
                    DivisionFeatures features = Features(earlier.Cells[u], later, expected[u], u, children[i], children[j], best);
                    float logit = (float)weights.Logit(features);
                    if (found is null || logit > found.Value.Logit)
                        found = new ScoredDivision(earlier.FirstId + u, later.FirstId + children[i].Target, later.FirstId + children[j].Target, features, logit);
                }
            }
            divisions.Add(found!.Value);
        }
        return divisions;
    }

    private static DivisionFeatures Features(
        in Detection mother, FlowFrame later, PointUm expected, int u, (int Target, float Logit) first, (int Target, float Logit) second,
        (int Source, float First, float Second)[] best)
    {
        Detection a = later.Cells[first.Target], b = later.Cells[second.Target];
        PointUm middle = (a.Centroid * a.Size + b.Centroid * b.Size) * (1.0 / (a.Size + b.Size));
        return new DivisionFeatures(
            (float)(middle.DistanceTo(expected) / Math.Max(1e-6, mother.DiameterUm)),
            (float)Math.Abs(Math.Log((double)(a.Size + b.Size) / mother.Size)),
            (float)Math.Abs(Math.Log((double)a.Size / b.Size)),
            (float)Math.Log((double)Math.Max(a.Size, b.Size) / mother.Size),
            Math.Min(first.Logit, second.Logit),
            Math.Max(Rival(best[first.Target], u), Rival(best[second.Target], u)));
    }

    private static float Rival((int Source, float First, float Second) best, int u) => best.Source == u ? best.Second : best.First;
}
