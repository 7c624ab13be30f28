using Cellpose3D.Core2D.Synthesis;
using Cellpose3D.Volume.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>A smooth flow that turns and changes slowly, in which neighbours move alike; without sources or sinks.</summary>
/// <remarks>In the plane, the curl of a sum of waves that fit the box; along Z, a wave of its own. Mean speed is about 1.</remarks>
internal sealed class FlowField
{
    private const int Waves = 5;

    private readonly Point3 _low, _high;
    private readonly bool _isFlat;
    private readonly (int Y, int X, double Phase, double Speed, double Strength)[] _waves = new (int, int, double, double, double)[Waves];

    public FlowField(MovieScene scene)
    {
        (_low, _high, _isFlat) = (scene.Low, scene.High, scene.IsFlat);
        SynthesisRandom random = scene.FlowRandom();
        double power = 0;
        for (int n = 0; n < Waves; n++)
        {
            int y = random.Whole(-2, 2), x = random.Whole(y == 0 ? 1 : 0, 2);
            _waves[n] = (y, x, random.Angle(), random.Uniform(-0.06, 0.06), random.Uniform(0.5, 1));
            power += _waves[n].Strength * _waves[n].Strength;
        }
        for (int n = 0; n < Waves; n++)
            _waves[n].Strength *= Math.Sqrt(2 / power);
    }

    /// <summary>The flow at a place and time.</summary>
    public Point3 At(Point3 place, int frame)
    {
        double v = (place.Y - _low.Y) / (_high.Y - _low.Y), u = (place.X - _low.X) / (_high.X - _low.X);
        double y = 0, x = 0, z = 0;
        foreach ((int ky, int kx, double phase, double speed, double strength) in _waves)
        {
            (double sin, double cos) = PortableMath.SinCos(2 * Math.PI * (ky * v + kx * u) + phase + speed * frame);
            double length = Math.Sqrt(ky * ky + kx * kx);
            y += strength * kx / length * cos;                           // along the crests: no sources
            x -= strength * ky / length * cos;
            z += 0.4 * strength * sin;
        }
        return new Point3(_isFlat ? 0 : z, y, x);
    }
}
