namespace Cellpose3D.IO.Weights.Pickle;

/// <summary>A Python dict in insertion order.</summary>
/// <remarks>
/// Only text keys are looked up and replaced; others are kept as they come, so that no crafted set of numbers can make
/// the hash table slow.
/// </remarks>
internal sealed class PickleDict
{
    private readonly List<KeyValuePair<object?, object?>> _entries = [];
    private Dictionary<string, int>? _index;

    public IReadOnlyList<KeyValuePair<object?, object?>> Entries => _entries;

    public int Count => _entries.Count;

    public void Set(object? key, object? value)
    {
        if (key is string text)
        {
            _index ??= new Dictionary<string, int>(StringComparer.Ordinal);
            if (_index.TryGetValue(text, out int at))
            {
                _entries[at] = new(key, value);
                return;
            }
            _index.Add(text, _entries.Count);
        }
        _entries.Add(new(key, value));
    }

    /// <summary>The value under a text key, or null when there is none (or it is None).</summary>
    public object? Find(string key) => _index is not null && _index.TryGetValue(key, out int at) ? _entries[at].Value : null;

    public bool Has(string key) => _index is not null && _index.ContainsKey(key);
}
