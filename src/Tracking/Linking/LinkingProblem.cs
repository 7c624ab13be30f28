namespace Cellpose3D.Tracking.Linking;

/// <summary>Who may be whose parent, and what each choice costs, in whole thousandths of a nat.</summary>
/// <remarks>
/// Every child takes one parent or appears; a parent with no child disappears, one with two divides, none has three. A cell stands among
/// the parents and among the children: the two are separate, so windows and gaps need nothing special.
/// </remarks>
public sealed class LinkingProblem
{
    /// <summary>Cost of a choice that must not be made.</summary>
    public const long Never = long.MaxValue;

    private const long Forbidden = 1_000_000;                            // a thousand nats; all other choices together cost a few dozen

    private readonly List<(int Parent, int Child, long Cost)> _arcs = [];

    /// <summary>Makes a problem without arcs, in which nothing costs anything.</summary>
    /// <param name="parents">Number of parents.</param>
    /// <param name="children">Number of children.</param>
    public LinkingProblem(int parents, int children)
    {
        Disappear = new long[parents];
        Divide = new long[parents];
        Used = new byte[parents];
        Appear = new long[children];
    }

    /// <summary>For each parent, what having no child costs, 0 or more.</summary>
    public long[] Disappear { get; }

    /// <summary>For each parent, what a second child costs, not below the negative of <see cref="Disappear"/>; <see cref="Never"/> forbids it.</summary>
    public long[] Divide { get; }

    /// <summary>For each parent, how many children it has already, outside this problem: 0, 1 or 2.</summary>
    public byte[] Used { get; }

    /// <summary>For each child, what having no parent costs; <see cref="Never"/> forbids it, which needs an arc that can be taken.</summary>
    public long[] Appear { get; }

    /// <summary>The possible links.</summary>
    public IReadOnlyList<(int Parent, int Child, long Cost)> Arcs => _arcs;

    /// <summary>Makes a link so dear that every other way is cheaper.</summary>
    /// <param name="arc">Its index in <see cref="Arcs"/>.</param>
    public void Forbid(int arc) => _arcs[arc] = _arcs[arc] with { Cost = Forbidden };

    /// <summary>Adds a possible link.</summary>
    /// <param name="parent">The parent.</param>
    /// <param name="child">The child.</param>
    /// <param name="cost">Its cost, any sign.</param>
    /// <returns>Its index in <see cref="Arcs"/>.</returns>
    public int AddArc(int parent, int child, long cost)
    {
        _arcs.Add((parent, child, cost));
        return _arcs.Count - 1;
    }
}
