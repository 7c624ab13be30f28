namespace Cellpose3D.IO;

/// <summary>Letters of axes: their canonical order, the caller's override, and guesses for arrays that carry none.</summary>
internal static class AxisOrder
{
    public const string Canonical = "TCZYX";
    public const string OverrideSource = "--axes";

    /// <summary>An axis at most this long beside longer ones is taken for channels.</summary>
    private const int MostChannels = 4;

    public static string Sorted(string axes) => string.Concat(Canonical.Where(axes.Contains));

    /// <summary>Checks the caller's letters; S (samples) becomes C.</summary>
    public static string Parse(string axes)
    {
        string letters = axes.Trim().ToUpperInvariant().Replace('S', 'C');
        foreach (char letter in letters)
        {
            if (!Canonical.Contains(letter))
                throw new ArgumentException($"axes must be letters of T, C, Z, Y, X (S is read as C); got '{axes}'.", nameof(axes));
            if (letters.Count(l => l == letter) > 1)
                throw new ArgumentException($"axes must name each axis once; '{axes}' names {letter} twice.", nameof(axes));
        }
        if (!letters.Contains('Y') || !letters.Contains('X'))
            throw new ArgumentException($"axes must include Y and X; got '{axes}'.", nameof(axes));
        return letters;
    }

    /// <summary>Drops axes of length 1 other than Y and X.</summary>
    public static (string Axes, int[] Shape) Squeeze(string axes, int[] shape)
    {
        int[] kept = [.. Enumerable.Range(0, axes.Length).Where(i => shape[i] != 1 || axes[i] is 'Y' or 'X')];
        return (string.Concat(kept.Select(i => axes[i])), [.. kept.Select(i => shape[i])]);
    }

    /// <summary>The axes of an array: the caller's, else a guess from its shape.</summary>
    /// <returns>Letters and lengths, the first of which may be shorter than <paramref name="shape"/>, and the reason.</returns>
    public static (string Axes, int[] Shape, string Source) Resolve(int[] shape, string? axes, bool mayHaveChannels, string path)
    {
        foreach (int length in shape)
        {
            if (length < 1)
                throw new InvalidDataException($"every axis of '{path}' must be 1 or longer; got [{string.Join(", ", shape)}].");
        }
        if (axes is null)
        {
            (string guess, int[] used) = Guess(shape, mayHaveChannels, path);
            (string kept, int[] lengths) = Squeeze(guess, used);
            return (kept, lengths, $"guessed from shape [{string.Join(", ", shape)}]");
        }

        string letters = Parse(axes);
        int[] squeezed = [.. shape.Where(l => l != 1)];
        if (letters.Length == shape.Length)
            return (letters, shape, OverrideSource);
        if (letters.Length == squeezed.Length)
            return (letters, squeezed, OverrideSource);
        throw Mismatch(axes, path, shape, null);
    }

    public static ArgumentException Mismatch(string axes, string path, int[] shape, string? readAs) =>
        new($"axes '{axes}' names {axes.Trim().Length} axes; '{path}' has {shape.Length}: [{string.Join(", ", shape)}]"
            + (readAs is null ? "." : $", read as {readAs}."), nameof(axes));

    /// <summary>
    /// Two axes are YX. A last axis of at most 4 beside longer ones is C; so is the axis before YX, or the first of
    /// three. Otherwise three axes are ZYX, four TZYX, five TZCYX.
    /// </summary>
    /// <remarks>Labels have no channels: there two axes are YX, three ZYX, four TZYX, and lengths of 1 do not count.</remarks>
    public static (string Axes, int[] Shape) Guess(int[] shape, bool mayHaveChannels, string path)
    {
        int[] s = shape;
        while (s.Length > (mayHaveChannels ? 5 : 2) && s[0] == 1)
            s = s[1..];
        if (!mayHaveChannels && s.Length > 2 && s[^1] == 1)
            s = s[..^1];
        string? axes = s.Length switch
        {
            3 when !mayHaveChannels => "ZYX",
            4 when !mayHaveChannels => "TZYX",
            5 when !mayHaveChannels => null,
            2 => "YX",
            3 when IsChannels(s[2], s[0], s[1]) => "YXC",
            3 when IsChannels(s[0], s[1], s[2]) => "CYX",
            3 => "ZYX",
            4 when IsChannels(s[3], s[1], s[2]) => "ZYXC",
            4 when IsChannels(s[1], s[2], s[3]) => "ZCYX",
            4 when IsChannels(s[0], s[2], s[3]) => "CZYX",
            4 => "TZYX",
            5 when IsChannels(s[4], s[2], s[3]) => "TZYXC",
            5 => "TZCYX",
            _ => null,
        };
        return axes is not null ? (axes, s) : throw new InvalidDataException(
            $"an image has 2 to 5 axes; '{path}' has {shape.Length}: [{string.Join(", ", shape)}].");
    }

    private static bool IsChannels(int candidate, int first, int second) =>
        candidate <= MostChannels && first > MostChannels && second > MostChannels;
}
