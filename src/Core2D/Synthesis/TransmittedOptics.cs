namespace Cellpose3D.Core2D.Synthesis;

/// <summary>What microscopes make of the phase, radians, that cells add to the light passing through.</summary>
internal static class TransmittedOptics
{
    /// <summary>Zernike phase contrast: the ring dims and turns the undeviated light, and light near it too, hence halo and shade-off.</summary>
    /// <param name="phase">Radians.</param>
    /// <param name="halo">Width of the light the ring takes along, pixels.</param>
    /// <param name="ring">Amplitude the ring lets through, in (0, 1).</param>
    /// <param name="bright">True for negative contrast: cells brighter than the ground.</param>
    /// <returns>Intensity, 1 where there is nothing.</returns>
    public static Plane PhaseContrast(Plane phase, double halo, double ring, bool bright)
    {
        Plane real = new(phase.Height, phase.Width), imaginary = new(phase.Height, phase.Width);
        for (int n = 0; n < phase.Data.Length; n++)
        {
            (double sin, double cos) = PortableMath.SinCos(phase.Data[n]);
            real.Data[n] = (float)cos;
            imaginary.Data[n] = (float)sin;
        }
        Plane nearReal = real.Blurred(halo), nearImaginary = imaginary.Blurred(halo);
        float turn = (float)(bright ? ring : -ring), scale = (float)(1 / (ring * ring));
        for (int n = 0; n < phase.Data.Length; n++)
        {
            float re = real.Data[n] - nearReal.Data[n] - turn * nearImaginary.Data[n];
            float im = imaginary.Data[n] - nearImaginary.Data[n] + turn * nearReal.Data[n];
            real.Data[n] = (re * re + im * im) * scale;
        }
        return real;
    }

    /// <summary>Bright field a little out of focus: light gathers where the phase curves, in rings when far from focus.</summary>
    /// <param name="phase">Radians.</param>
    /// <param name="defocus">Width of the nearest ring, pixels.</param>
    /// <param name="strength">Contrast; its sign says which side of focus.</param>
    /// <param name="rings">Strength of the second ring over the first.</param>
    /// <param name="absorption">Optical density per radian.</param>
    /// <returns>Intensity, 1 where there is nothing.</returns>
    public static Plane BrightField(Plane phase, double defocus, double strength, double rings, double absorption)
    {
        Plane near = phase.Blurred(defocus * 0.6), middle = phase.Blurred(defocus), far = phase.Blurred(defocus * 2.2);
        Plane light = new(phase.Height, phase.Width);
        for (int n = 0; n < light.Data.Length; n++)
        {
            double curve = near.Data[n] - middle.Data[n] - rings * (middle.Data[n] - far.Data[n]);
            light.Data[n] = (float)PortableMath.Exp(Math.Clamp(strength * curve, -2.5, 1.6) - absorption * near.Data[n]);
        }
        return light;
    }

    /// <summary>Differential interference contrast: the slope of the phase along one direction, as relief.</summary>
    public static Plane Relief(Plane phase, double angle, double shear, double strength)
    {
        (double sin, double cos) = PortableMath.SinCos(angle);
        double dx = cos * shear, dy = sin * shear;
        Plane light = new(phase.Height, phase.Width);
        for (int y = 0; y < phase.Height; y++)
        {
            for (int x = 0; x < phase.Width; x++)
            {
                double slope = phase.Sample(y + dy, x + dx) - phase.Sample(y - dy, x - dx);
                light.Data[y * phase.Width + x] = (float)Math.Max(0.02, 1 + strength * slope);
            }
        }
        return light;
    }

    /// <summary>The looks.</summary>
    internal enum Look
    {
        PhaseContrast,
        BrightField,
        Relief,
        Quantitative,
    }
}
