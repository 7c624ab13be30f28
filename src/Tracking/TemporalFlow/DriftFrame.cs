using System.Numerics;

namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>A frame as <see cref="DriftEstimator"/> compares it.</summary>
public sealed class DriftFrame
{
    internal DriftFrame(double[] small, Complex[] spectrum)
    {
        Small = small;
        Spectrum = spectrum;
    }

    internal double[] Small { get; }

    internal Complex[] Spectrum { get; }
}
