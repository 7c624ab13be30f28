namespace Cellpose3D.Tracking.Linking;

/// <summary>Candidate links by the frame they lead to, and how likely each cell divides; frames that were decided can be dropped.</summary>
public sealed class CandidateStore
{
    private readonly Dictionary<int, CandidateLink[]> _byFrame = [];
    private readonly Dictionary<int, float> _divisions = [];             // log odds by cell

    /// <summary>The largest number of frames between the ends of a link.</summary>
    public int LargestStep { get; private set; } = 1;

    /// <summary>Number of links held.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the links that lead to a frame, in place of earlier ones.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="links">The links, in any order; no pair twice; owned from here on.</param>
    /// <param name="largestStep">The largest number of frames any of them spans.</param>
    public void Set(int frame, CandidateLink[] links, int largestStep)
    {
        Array.Sort(links, (a, b) => a.Target != b.Target ? a.Target.CompareTo(b.Target) : a.Source.CompareTo(b.Source));
        Count += links.Length - (_byFrame.TryGetValue(frame, out CandidateLink[]? before) ? before.Length : 0);
        _byFrame[frame] = links;
        LargestStep = Math.Max(LargestStep, largestStep);
    }

    /// <summary>The links that lead to a frame, by target, then by source; empty where none are held.</summary>
    /// <param name="frame">The frame.</param>
    public ReadOnlySpan<CandidateLink> To(int frame) => _byFrame.TryGetValue(frame, out CandidateLink[]? links) ? links : [];

    /// <summary>Notes how likely a cell divides.</summary>
    /// <param name="cell">Its id.</param>
    /// <param name="logit">Natural log of the odds.</param>
    public void SetDivision(int cell, float logit) => _divisions[cell] = logit;

    /// <summary>Log odds that a cell divides, or null where nothing is known.</summary>
    /// <param name="cell">Its id.</param>
    public float? DivisionLogit(int cell) => _divisions.TryGetValue(cell, out float logit) ? logit : null;

    /// <summary>Forgets frames that were decided.</summary>
    /// <param name="frame">The first frame that is kept.</param>
    /// <param name="firstCell">The first cell whose division is kept.</param>
    public void DropBefore(int frame, int firstCell)
    {
        foreach (int t in _byFrame.Keys.Where(t => t < frame).ToArray())
        {
            Count -= _byFrame[t].Length;
            _byFrame.Remove(t);
        }
        foreach (int cell in _divisions.Keys.Where(c => c < firstCell).ToArray())
            _divisions.Remove(cell);
    }
}
