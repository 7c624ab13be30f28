using Cellpose3D.Volume.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>The body of a cell in one frame.</summary>
/// <param name="Place">Its centre.</param>
/// <param name="Axis">Direction of its first half axis.</param>
/// <param name="Across">Direction of its second.</param>
/// <param name="Along">First half axis, pixels.</param>
/// <param name="Aside">The other half axes, pixels.</param>
/// <param name="Waviness">Factor on the harmonics of its outline.</param>
/// <param name="Light">Factor on its light.</param>
/// <param name="Contrast">Factor on the contrast of its chromatin.</param>
/// <param name="Nucleoli">Factor on the strength of its spots.</param>
internal readonly record struct NucleusForm(
    Point3 Place, Point3 Axis, Point3 Across, double Along, double Aside, double Waviness, double Light, double Contrast, double Nucleoli)
{
    /// <summary>The radius of the circle or ball with its area or volume.</summary>
    public double MeanRadius(bool isFlat) => isFlat ? Math.Sqrt(Along * Aside) : Core2D.Synthesis.PortableMath.Pow(Along * Aside * Aside, 1.0 / 3);

    /// <summary>The form of a cell as it is now.</summary>
    public static NucleusForm Of(MovieCell cell, MovieScene scene)
    {
        MovieStyle style = scene.Style;
        double size = cell.BirthSize + (cell.FullSize - cell.BirthSize) * Math.Clamp(cell.Age / cell.Cycle, 0, 1);
        double elongation = cell.Elongation, waviness = 1, light = 1, contrast = 1, nucleoli = 1;
        Point3 axis = cell.Axis, across = cell.Across;
        if (cell.DyingFor >= 0)
        {
            double share = (cell.DyingFor + 1.0) / cell.DeathFrames;
            size *= 1 - 0.62 * share;
            (elongation, waviness, light, nucleoli) = (1 + (elongation - 1) * (1 - share), 1 + 2.5 * share, 1 + 1.3 * share, 1 - share);
        }
        else if (cell.IsMitotic)
        {
            double stage = Math.Clamp((cell.MitosisFrames - cell.Remaining + 1) / cell.MitosisFrames, 0, 1);
            size *= 1 - style.Condensation * stage;
            (waviness, light, contrast, nucleoli) = (1 - 0.8 * stage, 1 + style.MitoticGlow * stage, 1 + 0.5 * stage, 1 - stage);
            elongation = 1 + (elongation - 1) * (1 - stage);
            if (cell.IsSplitting)
            {
                elongation = style.SplitElongation;
                if (style.HasPlates)
                    (axis, across) = (across, axis);                     // the plate stands across the way its halves go
            }
        }
        else if (cell.FramesSinceBirth < style.TelophaseFrames)
        {
            double stage = 1 - (double)cell.FramesSinceBirth / style.TelophaseFrames;
            size *= 1 - style.Condensation * stage;
            (waviness, light, contrast, nucleoli) = (1 - 0.7 * stage, 1 + style.MitoticGlow * stage, 1 + 0.4 * stage, 1 - stage);
            elongation += ((style.HasPlates ? 1.7 : 1.15) - elongation) * stage;
        }
        light *= Core2D.Synthesis.PortableMath.Exp(cell.Glow);
        if (scene.IsFlat)
        {
            double radius = 0.5 * scene.Diameter * Math.Sqrt(size), stretch = Math.Sqrt(elongation);
            return new NucleusForm(cell.Place, axis, across, radius * stretch, radius / stretch, waviness, light, contrast, nucleoli);
        }
        double ball = 0.5 * scene.Diameter * Core2D.Synthesis.PortableMath.Pow(size, 1.0 / 3), third = Core2D.Synthesis.PortableMath.Pow(elongation, 1.0 / 3);
        return new NucleusForm(cell.Place, axis, across, ball * third * third, ball / third, waviness, light, contrast, nucleoli);
    }
}
