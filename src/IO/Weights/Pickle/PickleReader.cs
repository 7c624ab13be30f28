namespace Cellpose3D.IO.Weights.Pickle;

/// <summary>Reads a pickle (protocols 0 to 5) into plain values; runs nothing that the file names.</summary>
/// <remarks>
/// <para>Values come back as null, bool, long, BigInteger, double, string, <see cref="PickleBytes"/>, <c>List&lt;object?&gt;</c>
/// (lists, sets), <c>object?[]</c> (tuples), <see cref="PickleDict"/>, <see cref="NumpyArray"/>, <see cref="NumpyDtype"/>,
/// <see cref="TorchTensor"/>, <see cref="TorchStorage"/> or <see cref="PickleGlobal"/>.</para>
/// <para>Bounded whatever the bytes say: each step takes at least one byte, the number of values built is limited by
/// <see cref="MostValues"/>, copies by the file's own length, and nothing here calls itself, so no nesting is too deep.</para>
/// <para>Opcodes: the comments of Python's <c>pickletools</c> module; PEP 307, 3154 and 574.</para>
/// </remarks>
internal sealed partial class PickleReader
{
    /// <summary>The most values one pickle may build; a Cellpose state dict has about 6,000.</summary>
    public const int MostValues = 20_000_000;

    private const int MostOpenMarks = 10_000;
    private const byte NewestProtocol = 5;

    private readonly PickleSource _in;
    private readonly Func<object?, object?>? _persistent;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private long _values, _copied;

    /// <param name="stream">Seekable, positioned at the pickle's first byte; must stay open while its values are used.</param>
    /// <param name="name">Used in messages.</param>
    /// <param name="persistentId">Resolves references to data outside the pickle; null when there can be none.</param>
    public PickleReader(Stream stream, string name, Func<object?, object?>? persistentId = null)
    {
        _in = new PickleSource(stream, name);
        _persistent = persistentId;
    }

    /// <summary>Offset in the stream of the first byte after what was read.</summary>
    public long Position => _in.Position;

    /// <summary>Reads one pickle, to its STOP.</summary>
    /// <returns>The value it describes.</returns>
    /// <exception cref="InvalidDataException">Damaged, too big for its length, or it asks for something other than data.</exception>
    public object? Load()
    {
        while (true)
        {
            byte opcode = _in.ReadByte();
            if (opcode == '.')
                return Pop();
            Count(1);
            if (!Scalar(opcode) && !Container(opcode))
                throw _in.Malformed($"0x{opcode:x2} is no opcode of protocol 0 to 5");
        }
    }

    private void Count(long values)
    {
        _values += values;
        if (_values > MostValues)
            throw _in.Malformed($"it builds more than {MostValues} values");
    }

    private void CountCopy(long bytes)
    {
        _copied += bytes;
        if (_copied > _in.Length)
            throw _in.Malformed("it copies more bytes than it has");
    }

    private int Floor => _marks.Count == 0 ? 0 : _marks.Peek();

    private void Push(object? value) => _stack.Add(value);

    private object? Pop()
    {
        if (_stack.Count <= Floor)
            throw _in.Malformed("a step needs a value that is not there");
        object? value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object? Peek()
    {
        if (_stack.Count <= Floor)
            throw _in.Malformed("a step needs a value that is not there");
        return _stack[^1];
    }

    private object?[] PopToMark()
    {
        if (!_marks.TryPop(out int from))
            throw _in.Malformed("a step needs a mark that is not there");
        object?[] values = [.. _stack[from..]];
        _stack.RemoveRange(from, _stack.Count - from);
        return values;
    }

    private T Pop<T>(string what)
        where T : class => Pop() as T ?? throw _in.Malformed($"{what} is missing or of another kind");

    private static PickleGlobal Global(string module, string name) =>
        PickleGlobal.Find(module, name)
            ?? throw new InvalidDataException(
                $"the file asks for '{Printable(module + "." + name)}'; only tensors, arrays and plain containers are read (nothing was run).");

    /// <summary>Text from a file made fit for a message: no control characters, at most 100 characters.</summary>
    public static string Printable(string text)
    {
        string shown = string.Concat(text.Take(100).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return text.Length > 100 ? shown + "..." : shown;
    }
}
