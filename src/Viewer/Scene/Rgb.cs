using System.Globalization;

namespace Cellpose3D.Viewer.Scene;

/// <summary>A colour as screens mix it (sRGB), 0 to 255.</summary>
/// <param name="Red">Red.</param>
/// <param name="Green">Green.</param>
/// <param name="Blue">Blue.</param>
public readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    /// <summary>Reads <c>#rrggbb</c>, <c>black</c>, <c>white</c> or <c>grey</c>.</summary>
    /// <param name="text">The colour.</param>
    /// <exception cref="FormatException">None of these.</exception>
    public static Rgb Parse(string text) => text switch
    {
        "black" => new Rgb(0, 0, 0),
        "white" => new Rgb(255, 255, 255),
        "grey" or "gray" => new Rgb(128, 128, 128),
        ['#', _, _, _, _, _, _] when uint.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint v) =>
            new Rgb((byte)(v >> 16), (byte)(v >> 8), (byte)v),
        _ => throw new FormatException($"a colour must be black, white, grey or #rrggbb; got '{text}'."),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"#{Red:x2}{Green:x2}{Blue:x2}");
}
