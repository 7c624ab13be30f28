namespace Cellpose3D.Tracking.Lineages;

/// <summary>A colour for every track: families lie a golden ratio of the colour wheel apart, daughters beside their mother.</summary>
public sealed class TrackColors
{
    private const double GoldenRatio = 0.6180339887498949;
    private const double DaughterTurn = 1.0 / 12;                        // of the wheel, halved with every generation
    private const double SmallestTurn = 1.0 / 96;

    private readonly Dictionary<int, (double Hue, int Generation)> _hues = [];

    /// <summary>Gives every track its hue.</summary>
    /// <param name="tracks">The tracks; borrowed.</param>
    public TrackColors(TrackSet tracks)
    {
        var daughters = new Dictionary<int, int>();
        foreach (Track track in tracks.Tracks)                           // mothers come before daughters
        {
            if (!_hues.TryGetValue(track.ParentId, out (double Hue, int Generation) mother))
            {
                _hues[track.Id] = (track.Id * GoldenRatio % 1, 0);
                continue;
            }
            if (track.Generation == mother.Generation)                   // the same cell after a gap
            {
                _hues[track.Id] = mother;
                continue;
            }
            int n = daughters[track.ParentId] = daughters.GetValueOrDefault(track.ParentId) + 1;
            double turn = Math.Max(SmallestTurn, DaughterTurn / Math.Pow(2, track.Generation - 1));
            _hues[track.Id] = (mother.Hue + (n % 2 == 1 ? turn : -turn) * ((n + 1) / 2), track.Generation);
        }
    }

    /// <summary>The colour of a track.</summary>
    /// <param name="track">Its number.</param>
    /// <exception cref="KeyNotFoundException">There is no such track.</exception>
    public TrackColor Of(int track)
    {
        (double hue, int generation) = _hues[track];
        return FromHsl(hue - Math.Floor(hue), 0.95, 0.55 + 0.08 * (generation % 3));
    }

    private static TrackColor FromHsl(double hue, double saturation, double lightness)
    {
        double reach = saturation * Math.Min(lightness, 1 - lightness);
        return new TrackColor(Channel(0), Channel(8), Channel(4));

        byte Channel(double shift)
        {
            double k = (shift + hue * 12) % 12;
            return (byte)Math.Round(255 * (lightness - reach * Math.Max(-1, Math.Min(Math.Min(k - 3, 9 - k), 1))));
        }
    }
}
