namespace Cellpose3D.IO.Weights.Pickle;

/// <summary>An element type of NumPy, as a pickle builds it: a code, then a byte order.</summary>
/// <param name="code">Kind and size without byte order, for example <c>f8</c>, <c>b1</c> or <c>O8</c>.</param>
internal sealed class NumpyDtype(string code)
{
    public string Code => code;

    /// <summary>The byte order's letter: <c>&lt;</c>, <c>&gt;</c> or <c>|</c>.</summary>
    public char Order { get; set; } = '<';

    /// <summary>Whether it is a record of named fields.</summary>
    public bool IsRecord { get; set; }

    public bool IsObject => code.StartsWith('O');

    /// <summary>Bytes of one value; 0 when the type is not a plain number.</summary>
    public int Size => !IsRecord && code.Length == 2 && "biuf".Contains(code[0], StringComparison.Ordinal) && "1248".Contains(code[1], StringComparison.Ordinal)
        ? code[1] - '0'
        : 0;

    /// <summary>The type string of a <c>.npy</c> header.</summary>
    public string Descr => (Size == 1 ? '|' : Order == '>' ? '>' : '<') + code;
}
