using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Viewer.Coloring;

/// <summary>Gives every cell a colour.</summary>
public static class LabelPalette
{
    /// <summary>How different the colours of touching cells look at least, in OKLab, unless one cell has very many neighbours.</summary>
    public const double TouchingDistance = 0.14;

    private const double GoldenRatio = 0.6180339887498949;
    private const int Tries = 48;
    private static readonly Rgb NoValue = new(120, 120, 120);

    /// <summary>The colour of an id alone: hues a golden ratio of the wheel apart, three lightnesses.</summary>
    /// <param name="id">1 or more.</param>
    /// <param name="seed">Another number gives other colours.</param>
    public static Rgb OfId(uint id, int seed = 0) => Color(id, seed, 0).ToRgb();

    /// <summary>Colours by id, where touching cells are taken apart: the smaller id keeps its colour.</summary>
    /// <param name="contacts">The cells and which of them touch.</param>
    /// <param name="seed">Another number gives other colours.</param>
    public static Dictionary<uint, Rgb> ByContact(LabelContacts contacts, int seed = 0)
    {
        var chosen = new Dictionary<uint, OkColor>();
        foreach (uint id in contacts.Ids)
        {
            OkColor[] around = [.. contacts.Neighbours(id).Order().Where(chosen.ContainsKey).Select(n => chosen[n])];
            (OkColor best, double distance) = (Color(id, seed, 0), -1);
            for (int attempt = 0; attempt < Tries && distance < TouchingDistance; attempt++)
            {
                OkColor color = Color(id, seed, attempt);
                double nearest = around.Length == 0 ? double.PositiveInfinity : around.Min(color.DistanceTo);
                if (nearest > distance)
                    (best, distance) = (color, nearest);
            }
            chosen[id] = best;
        }
        return chosen.ToDictionary(c => c.Key, c => c.Value.ToRgb());
    }

    /// <summary>Colours of tracks, the same in every frame: a founder's by its id, a daughter's hue a little beside its mother's.</summary>
    /// <param name="ids">The cells.</param>
    /// <param name="parents">Mother of each daughter; those without are founders.</param>
    /// <param name="seed">Another number gives other colours.</param>
    public static Dictionary<uint, Rgb> ByTrack(IEnumerable<uint> ids, IReadOnlyDictionary<uint, uint> parents, int seed = 0)
    {
        ILookup<uint, uint> daughters = parents.OrderBy(p => p.Key).ToLookup(p => p.Value, p => p.Key);
        return ids.ToDictionary(id => id, id => Bright(Lightness(id), Hue(id, 0)).ToRgb());

        double Hue(uint id, int depth)
        {
            if (depth > 64 || !parents.TryGetValue(id, out uint mother) || mother == 0 || mother == id)
                return Turn(id, seed);
            uint[] sisters = [.. daughters[mother]];
            double spread = 0.07 / (1 + 0.5 * depth);
            return Hue(mother, depth + 1) + spread * (sisters.Length < 2 ? 0 : 2.0 * Array.IndexOf(sisters, id) / (sisters.Length - 1) - 1);
        }

        double Lightness(uint id) => 0.66 + 0.07 * (id % 3);
    }

    /// <summary>Colours of a number of each cell; grey where there is none.</summary>
    /// <param name="ids">The cells.</param>
    /// <param name="values">The numbers.</param>
    /// <param name="map">Name of a colour map.</param>
    /// <param name="low">Number at the map's lower end; null: the smallest.</param>
    /// <param name="high">Number at the map's upper end; null: the largest.</param>
    /// <returns>The colours and the range they stand for.</returns>
    public static (Dictionary<uint, Rgb> Colors, double Low, double High) ByFeature(
        IEnumerable<uint> ids, IReadOnlyDictionary<uint, double> values, string map, double? low = null, double? high = null)
    {
        double[] known = [.. values.Values.Where(double.IsFinite)];
        double from = low ?? (known.Length == 0 ? 0 : known.Min()), to = high ?? (known.Length == 0 ? 1 : known.Max());
        Rgb[] table = ColorMap.Table(map);
        double scale = to > from ? (table.Length - 1) / (to - from) : 0;
        return (ids.ToDictionary(id => id, id => values.TryGetValue(id, out double v) && double.IsFinite(v)
            ? table[(int)Math.Clamp(Math.Round((v - from) * scale), 0, table.Length - 1)] : NoValue), from, to);
    }

    private static double Turn(uint id, int seed) => (id + (seed * 7919L)) * GoldenRatio % 1;

    private static OkColor Color(uint id, int seed, int attempt)
    {
        uint level = (id + (uint)attempt) % 3;
        return Bright(0.645 + 0.075 * level, Turn(id, seed) + attempt * GoldenRatio);
    }

    // yellows of the lightness of blues are olive: they are lifted to where they glow
    private static OkColor Bright(double lightness, double turns)
    {
        const double Yellow = 0.29;
        double lift = Math.Max(0, Math.Cos(2 * Math.PI * (turns - Yellow)));
        return OkColor.OfHue(lightness + 0.14 * lift * lift, 0.17, turns);
    }
}
