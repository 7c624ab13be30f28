namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Turns light into counts: uneven illumination, shot and read noise, gain, offset, saturation, whole numbers.</summary>
internal sealed class Camera
{
    private readonly SynthesisRandom _random;
    private readonly double _noise;

    private Camera(SynthesisRandom random, double noise)
    {
        _random = random;
        _noise = noise;
    }

    /// <summary>Photons a signal of 1 stands for.</summary>
    public double Photons { get; private init; }

    /// <summary>Read noise, as signal.</summary>
    public double ReadNoise { get; private init; }

    /// <summary>Counts with no light.</summary>
    public double Offset { get; private init; }

    /// <summary>Counts per signal.</summary>
    public double Gain { get; private init; }

    /// <summary>Highest count.</summary>
    public double Ceiling { get; private init; }

    /// <summary>Smoothing after the noise, pixels: images that were resized, denoised or compressed.</summary>
    public double Smoothing { get; private init; }

    /// <summary>Quality of block compression, 0 for none.</summary>
    public double Compression { get; private init; }

    /// <summary>Share of the exposures whose rows differ in offset.</summary>
    public double Striping { get; private init; }

    /// <summary>A fluorescence camera; a signal of 1 is a typical bright cell.</summary>
    /// <param name="random">Source of the camera and of its noise.</param>
    /// <param name="noise">Factor on the noise.</param>
    /// <param name="striping">Share of the exposures whose rows differ in offset.</param>
    public static Camera Fluorescence(SynthesisRandom random, double noise, double striping = 0.08)
    {
        int depth = random.Pick([5, 2, 3]);                              // 8 bit, 12 bit, 16 bit
        double ceiling = depth switch { 0 => 255, 1 => 4095, _ => 65535 };
        double white = random.Chance(0.2) ? random.Uniform(0.65, 1.1) : random.LogUniform(1.2, 4);   // the signal that saturates
        if (depth == 2)
            white *= random.LogUniform(1, 40);                           // most of a 16-bit range usually lies idle
        double photons = random.LogUniform(25, 4000);
        return new Camera(random, noise)
        {
            Photons = photons,
            ReadNoise = random.LogUniform(0.002, 0.03),
            Offset = depth == 0 ? (random.Chance(0.5) ? 0 : random.Uniform(0, 25)) : random.Uniform(80, 400),
            Gain = ceiling / white,
            Ceiling = ceiling,
            Smoothing = random.Chance(0.3) ? random.Uniform(0.35, 0.9) : 0,
            Compression = depth == 0 && random.Chance(0.2) ? random.Uniform(0.2, 1) : 0,
            Striping = striping,
        };
    }

    /// <summary>The detector of a confocal or light-sheet microscope: fewer photons than a camera's; a signal of 1 is a typical bright cell.</summary>
    public static Camera Scanning(SynthesisRandom random, double noise)
    {
        int depth = random.Pick([4, 3, 3]);                              // 8 bit, 12 bit, 16 bit
        double ceiling = depth switch { 0 => 255, 1 => 4095, _ => 65535 };
        double white = random.LogUniform(1.1, 3.5);                      // the signal that saturates
        if (depth == 2)
            white *= random.LogUniform(1, 30);
        return new Camera(random, noise)
        {
            Photons = random.LogUniform(12, 400),
            ReadNoise = random.LogUniform(0.004, 0.05),
            Offset = depth == 0 ? random.Uniform(0, 12) : random.Uniform(20, 300),
            Gain = ceiling / white,
            Ceiling = ceiling,
            Smoothing = random.Chance(0.3) ? random.Uniform(0.35, 0.7) : 0,
            Striping = 0,                                                // a plane unlike the others would be no plane of a stack
        };
    }

    /// <summary>A camera for transmitted light; a signal of 1 is the brightest it takes.</summary>
    public static Camera Transmitted(SynthesisRandom random, double noise)
    {
        bool deep = random.Chance(0.2);
        double ceiling = deep ? 65535 : 255;
        return new Camera(random, noise)
        {
            Photons = random.LogUniform(250, 20000),
            ReadNoise = random.LogUniform(0.001, 0.012),
            Offset = 0,
            Gain = deep ? ceiling * random.LogUniform(0.05, 0.9) : ceiling,
            Ceiling = ceiling,
            Smoothing = random.Chance(0.4) ? random.Uniform(0.35, 0.9) : 0,
            Compression = !deep && random.Chance(0.25) ? random.Uniform(0.2, 1) : 0,
        };
    }

    /// <summary>Multiplies by a smooth, uneven illumination; strength 0.3 is clearly visible.</summary>
    public static void Illuminate(SynthesisRandom random, Plane light, double strength)
    {
        double cx = random.Uniform(0.2, 0.8), cy = random.Uniform(0.2, 0.8);
        double bowl = strength * random.Uniform(0, 2), tiltX = strength * random.Normal() * 0.5, tiltY = strength * random.Normal() * 0.5;
        for (int y = 0; y < light.Height; y++)
        {
            double v = (double)y / light.Height;
            for (int x = 0; x < light.Width; x++)
            {
                double u = (double)x / light.Width;
                double factor = 1 - bowl * ((u - cx) * (u - cx) + (v - cy) * (v - cy)) + tiltX * (u - 0.5) + tiltY * (v - 0.5);
                light.Data[y * light.Width + x] *= (float)Math.Max(0.12, factor);
            }
        }
    }

    /// <summary>The counts of an exposure, a new plane.</summary>
    public Plane Expose(Plane light)
    {
        Plane counts = new(light.Height, light.Width);
        double photons = Photons / Math.Max(1e-6, _noise * _noise), read = ReadNoise * _noise;
        double striping = _random.Chance(Striping) ? ReadNoise * _noise : 0;
        for (int y = 0; y < light.Height; y++)
        {
            double row = striping * _random.Normal();
            for (int x = 0; x < light.Width; x++)
            {
                int at = y * light.Width + x;
                double signal = Math.Max(0, light.Data[at]);
                if (_noise > 0)
                    signal = _random.Poisson(signal * photons) / photons + read * _random.Normal() + row;
                counts.Data[at] = (float)(Offset + Gain * signal);
            }
        }
        if (Smoothing > 0)
            counts = counts.Blurred(Smoothing);
        if (Compression > 0)
            BlockCompression.Apply(counts, Compression);
        for (int n = 0; n < counts.Data.Length; n++)
            counts.Data[n] = (float)Math.Clamp(Math.Floor(counts.Data[n] + 0.5), 0, Ceiling);
        return counts;
    }
}
