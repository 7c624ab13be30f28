using Cellpose3D.Core2D.Training;

namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>How clips are drawn from movies and varied.</summary>
public sealed record ClipOptions
{
    /// <summary>Frames from one frame of a clip to the next, and how often each is drawn: skipped frames are fast cells.</summary>
    public IReadOnlyList<(int Skip, double Share)> Skips { get; init; } = [(1, 0.55), (2, 0.25), (4, 0.12), (8, 0.08)];

    /// <summary>Width of the range of sizes around the model's diameter: 0.4 is 0.8 to 1.2.</summary>
    public double ScaleRange { get; init; } = 0.4;

    /// <summary>Largest drift between two frames of a clip, in diameters, in half of the clips.</summary>
    public double Drift { get; init; } = 1;

    /// <summary>Deviation of the drift that the head is told from the true one, in diameters.</summary>
    public double DriftError { get; init; } = 0.05;

    /// <summary>Share of cells whose mask is missing in a frame.</summary>
    public double MissingShare { get; init; } = 0.02;

    /// <summary>Share of frames whose masks lose a rim of one pixel.</summary>
    public double ErodedShare { get; init; } = 0.2;

    /// <summary>Share of clips without images, so that masks alone can be linked too.</summary>
    public double BlindShare { get; init; } = 0.08;

    /// <summary>Changes of intensities, drawn for every frame.</summary>
    public IntensityOptions Intensity { get; init; } = new() { Gamma = 0.2, Contrast = 0.2, Brightness = 0.05, BlurShare = 0.2, BlurSigma = 1, NoiseShare = 0.3, NoiseSigma = 0.06 };
}
