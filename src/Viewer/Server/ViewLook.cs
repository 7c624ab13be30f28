using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Server;

/// <summary>What a view begins with; everything can be changed in the page.</summary>
public sealed record ViewLook
{
    /// <summary>Time point, from 0.</summary>
    public int Time { get; init; }

    /// <summary>Colour map of each channel; empty, the default: grey for one channel, else one colour each.</summary>
    public IReadOnlyList<string> Luts { get; init; } = [];

    /// <summary>Intensities shown black and in full; null, the default: by <see cref="Percentiles"/>.</summary>
    public (double Low, double High)? Contrast { get; init; }

    /// <summary>Shares of the voxels below black and below full. Default 0.01 and 0.998.</summary>
    public (double Low, double High) Percentiles { get; init; } = (0.01, 0.998);

    /// <summary>How the image is shown in 3D; null, the default: its brightest values, and not at all where there are labels.</summary>
    public ProjectionMode? Mode { get; init; }

    /// <summary>How labels are shown.</summary>
    public LabelLayer Labels { get; init; } = new();

    /// <summary>Time points that tails of tracks go back; 0 for none. Default 8.</summary>
    public int Tails { get; init; } = 8;
}
