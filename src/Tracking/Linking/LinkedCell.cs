namespace Cellpose3D.Tracking.Linking;

/// <summary>How a cell hangs together with others: its parent, and its place in the chain of its parent's children.</summary>
internal struct LinkedCell
{
    /// <summary>Id of the parent, or -1.</summary>
    public int Parent;

    /// <summary>The child with the smallest id, or -1.</summary>
    public int FirstChild;

    /// <summary>The parent's next child by id, or -1.</summary>
    public int NextSibling;

    /// <summary>Of the link to the parent, as in <see cref="Link"/>.</summary>
    public float Probability;

    /// <summary>Of the link to the parent, as in <see cref="Link"/>.</summary>
    public float Margin;
}
