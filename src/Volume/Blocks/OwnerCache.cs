namespace Cellpose3D.Volume.Blocks;

/// <summary>Keeps what was read of some owners: a block meets cells of its neighbours, and its neighbours meet them again.</summary>
/// <typeparam name="T">What is known of an owner's cells.</typeparam>
/// <param name="load">Reads it.</param>
internal sealed class OwnerCache<T>(Func<int, T> load)
{
    private const int Most = 64;                                         // two layers of 27 blocks and some

    private readonly Dictionary<int, T> _known = [];

    /// <summary>What is known of an owner.</summary>
    public T this[int owner]
    {
        get
        {
            if (_known.TryGetValue(owner, out T? known))
                return known;
            if (_known.Count == Most)
                _known.Clear();
            return _known[owner] = load(owner);
        }
    }
}
