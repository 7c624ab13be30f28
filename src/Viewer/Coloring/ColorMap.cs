using System.Globalization;
using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Coloring;

/// <summary>Colour maps for intensities and for numbers of cells.</summary>
public static class ColorMap
{
    private const int Entries = 256;

    // a few colours of each, evenly spaced, those between mixed
    private static readonly Dictionary<string, string> Knots = new(StringComparer.Ordinal)
    {
        ["gray"] = "000000 ffffff",
        ["red"] = "000000 ff0000",
        ["green"] = "000000 00ff00",
        ["blue"] = "000000 0000ff",
        ["magenta"] = "000000 ff00ff",
        ["cyan"] = "000000 00ffff",
        ["yellow"] = "000000 ffff00",
        ["hot"] = "000000 b00000 ff8000 ffff80 ffffff",
        ["viridis"] = "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725",
        ["magma"] = "000004 180f3d 440f76 721f81 9e2f7f cd4071 f1605d fd9668 feca8d fcfdbf",
        ["inferno"] = "000004 1b0c41 4a0c6b 781c6d a52c60 cf4446 ed6925 fb9b06 f7d13d fcffa4",
        ["turbo"] = "30123b 4145ab 4675ed 39a2fc 1bcfd4 24eca6 61fc6c a4fc3b d1e834 f3c63a fe9b2d f36315 d93806 b11901 7a0402",
    };

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Knots.Keys];

    /// <summary>The colours of a map, 256 from its lower to its upper end.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such map.</exception>
    public static Rgb[] Table(string name)
    {
        if (!Knots.TryGetValue(name, out string? text))
            throw new ArgumentException($"a colour map must be one of {string.Join(", ", Names)}; got '{name}'.", nameof(name));
        uint[] knots = [.. text.Split(' ').Select(t => uint.Parse(t, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
        var table = new Rgb[Entries];
        for (int n = 0; n < Entries; n++)
        {
            double at = (double)n / (Entries - 1) * (knots.Length - 1);
            int below = Math.Min((int)at, knots.Length - 2);
            double share = at - below;
            table[n] = new Rgb(Mix(16), Mix(8), Mix(0));

            byte Mix(int shift) => (byte)Math.Round((knots[below] >> shift & 255) * (1 - share) + (knots[below + 1] >> shift & 255) * share);
        }
        return table;
    }
}
