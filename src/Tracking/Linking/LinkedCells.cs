namespace Cellpose3D.Tracking.Linking;

/// <summary>The <see cref="LinkedCell"/> of every cell, in pages: growing moves none, and never takes more than a page that is not needed yet.</summary>
internal sealed class LinkedCells
{
    private const int PageBits = 14, PageSize = 1 << PageBits;

    private static readonly LinkedCell Alone = new() { Parent = -1, FirstChild = -1, NextSibling = -1, Probability = float.NaN, Margin = float.NaN };

    private readonly List<LinkedCell[]> _pages = [];

    /// <summary>Number of cells.</summary>
    public int Count { get; private set; }

    /// <summary>A cell's links, to be changed in place.</summary>
    /// <param name="id">Below <see cref="Count"/>.</param>
    public ref LinkedCell this[int id] => ref _pages[id >> PageBits][id & (PageSize - 1)];

    /// <summary>Adds cells without links.</summary>
    /// <param name="count">How many there are then, at least.</param>
    public void Grow(int count)
    {
        while (_pages.Count * (long)PageSize < count)
        {
            var page = new LinkedCell[PageSize];
            Array.Fill(page, Alone);
            _pages.Add(page);
        }
        Count = Math.Max(Count, count);
    }
}
