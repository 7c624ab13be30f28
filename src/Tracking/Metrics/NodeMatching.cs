namespace Cellpose3D.Tracking.Metrics;

/// <summary>Which reference nodes and result nodes show the same cell.</summary>
public sealed class NodeMatching
{
    private readonly int[] _referenceStart, _results;                    // results of each reference node
    private readonly int[] _resultStart, _references;                    // references of each result node

    /// <summary>Takes the pairs.</summary>
    /// <param name="referenceCount">Nodes of the reference graph.</param>
    /// <param name="resultCount">Nodes of the result graph.</param>
    /// <param name="pairs">The pairs; a node may stand in several; borrowed.</param>
    public NodeMatching(int referenceCount, int resultCount, IReadOnlyList<(int Reference, int Result)> pairs)
    {
        Pairs = pairs;
        (_referenceStart, _results) = Group(referenceCount, [.. pairs]);
        (_resultStart, _references) = Group(resultCount, [.. pairs.Select(p => (p.Result, p.Reference))]);
    }

    /// <summary>The pairs.</summary>
    public IReadOnlyList<(int Reference, int Result)> Pairs { get; }

    /// <summary>Result nodes of a reference node.</summary>
    /// <param name="reference">The reference node.</param>
    public ReadOnlySpan<int> ResultsOf(int reference) => _results.AsSpan(_referenceStart[reference].._referenceStart[reference + 1]);

    /// <summary>Reference nodes of a result node.</summary>
    /// <param name="result">The result node.</param>
    public ReadOnlySpan<int> ReferencesOf(int result) => _references.AsSpan(_resultStart[result].._resultStart[result + 1]);

    /// <summary>The first result node of a reference node, or -1.</summary>
    /// <param name="reference">The reference node.</param>
    public int ResultOf(int reference) => ResultsOf(reference) is [int first, ..] ? first : -1;

    /// <summary>The first reference node of a result node, or -1.</summary>
    /// <param name="result">The result node.</param>
    public int ReferenceOf(int result) => ReferencesOf(result) is [int first, ..] ? first : -1;

    /// <summary>Whether a result node shows exactly one reference node.</summary>
    /// <param name="result">The result node.</param>
    public bool IsUnique(int result) => ReferencesOf(result).Length == 1;

    /// <summary>The result node that shows a reference node and nothing else, or -1.</summary>
    /// <param name="reference">The reference node.</param>
    public int UniqueResultOf(int reference)
    {
        foreach (int result in ResultsOf(reference))
        {
            if (IsUnique(result))
                return result;
        }
        return -1;
    }

    private static (int[] Start, int[] Values) Group(int count, (int Key, int Value)[] pairs)
    {
        int[] start = new int[count + 1], values = new int[pairs.Length];
        foreach ((int key, _) in pairs)
            start[key + 1]++;
        for (int n = 0; n < count; n++)
            start[n + 1] += start[n];
        int[] fill = [.. start];
        foreach ((int key, int value) in pairs)
            values[fill[key]++] = value;
        return (start, values);
    }
}
