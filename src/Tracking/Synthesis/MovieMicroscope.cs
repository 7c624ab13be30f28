using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>
/// Turns the light on a canvas into the image of one frame: focus that wanders, blur along z, haze, background, dust and unevenness that
/// stay where they are, a lamp that flickers, stain that bleaches, and a camera.
/// </summary>
internal sealed class MovieMicroscope
{
    private readonly MovieScene _scene;
    private readonly SynthesisRandom _wander;
    private readonly Camera _camera;
    private readonly double _lens, _axial, _unfocused, _focusWander, _glow, _glowWidth, _floor, _flicker, _loss;
    private readonly Plane _background, _illumination;
    private double _focus;

    public MovieMicroscope(MovieScene scene)
    {
        _scene = scene;
        TimelapseOptions options = scene.Options;
        SynthesisRandom random = scene.OpticsRandom();
        double diameter = scene.Diameter;
        _lens = options.Blur * Math.Min(random.Uniform(0.5, 1.3) + diameter * random.Uniform(0, 0.025), 0.2 + 0.1 * diameter);
        _axial = scene.IsFlat ? 0 : options.Blur * Math.Min(_lens * random.Uniform(2, 3.2), 0.16 * diameter);
        _unfocused = 0.16 * diameter;
        _focusWander = options.Blur * random.Uniform(0, 0.25);
        _glow = options.Blur > 0 ? options.Debris * random.LogUniform(0.01, 0.2) : 0;
        _glowWidth = diameter * random.Uniform(0.5, 1.5);
        _floor = random.Chance(0.5) ? random.LogUniform(0.005, 0.05) : random.Uniform(0.02, 0.2);
        _flicker = random.Uniform(0, 0.02);
        _loss = scene.IsFlat ? 0 : random.Uniform(0, 0.7) / Math.Max(1, options.Depth);
        _background = Background(random.Fork(1));
        _illumination = new Plane(options.Height, options.Width);
        _illumination.Fill(1);
        Camera.Illuminate(random.Fork(2), _illumination, options.Unevenness * (random.Chance(0.5) ? random.Uniform(0, 0.5) : 0.05));
        _camera = scene.IsFlat ? Camera.Fluorescence(random.Fork(3), options.Noise, striping: 0) : Camera.Scanning(random.Fork(3), options.Noise);
        _wander = random.Fork(4);
    }

    /// <summary>Rows and columns of margin a canvas needs.</summary>
    public int Margin => (int)Math.Ceiling(3 * _lens * (1 + 2 * _focusWander)) + 2 + (int)(0.3 * _scene.Diameter);

    /// <summary>Planes of margin a canvas needs.</summary>
    public int MarginZ => _scene.IsFlat ? 0 : (int)Math.Ceiling(2.5 * _axial / _scene.Anisotropy);

    /// <summary>Takes the picture of the next frame.</summary>
    /// <param name="canvas">Its light.</param>
    /// <param name="share">Share of the movie that is over, 0 to 1.</param>
    /// <returns>float32 <c>[(Z,) Y, X]</c>, counts; owned by the caller.</returns>
    public NdArray<float> Expose(MovieCanvas canvas, double share)
    {
        TimelapseOptions options = _scene.Options;
        (int height, int width) = (options.Height, options.Width);
        _focus = 0.85 * _focus + 0.5 * _wander.Normal();
        double lens = _lens * (1 + _focusWander * Math.Min(2, Math.Abs(_focus)));
        double lamp = 1 + _flicker * _wander.Normal(), stain = lamp * PortableMath.Pow(1 - _scene.Bleaching, share);
        var planes = new Plane[canvas.Depth];
        for (int z = 0; z < planes.Length; z++)
        {
            planes[z] = canvas.Sharp[z].Blurred(lens);
            if (canvas.HasSoft)
                planes[z].Add(canvas.Soft[z].Blurred(_unfocused), 1);
        }
        NdArray<float> image = _scene.IsFlat ? new NdArray<float>(height, width) : new NdArray<float>(options.Depth, height, width);
        float[] weights = AxialWeights();
        for (int z = 0; z < options.Depth; z++)
        {
            Plane light = _scene.IsFlat ? planes[0] : Gather(planes, z + canvas.MarginZ, weights);
            if (_glow > 0)
                light.Add(light.Blurred(_glowWidth), _glow);
            Plane seen = light.Cropped(canvas.Margin, height, width);
            float factor = (float)(stain * PortableMath.Exp(-_loss * z));
            for (int n = 0; n < seen.Data.Length; n++)
                seen.Data[n] = (seen.Data[n] * factor + _background.Data[n] * (float)lamp) * _illumination.Data[n];
            _camera.Expose(seen).Data.CopyTo(image.Data.AsSpan(z * height * width));
        }
        return image;
    }

    /// <summary>Floor, clouds and dust, which stay.</summary>
    private Plane Background(SynthesisRandom random)
    {
        TimelapseOptions options = _scene.Options;
        Plane cloud = NoiseField.Fractal(random, options.Height, options.Width, Math.Max(8, Math.Max(options.Height, options.Width) / random.Uniform(1.5, 5)), 2, 0.5);
        double wave = random.Uniform(0, 0.35);
        for (int n = 0; n < cloud.Data.Length; n++)
            cloud.Data[n] = (float)(_floor * Math.Max(0.1, 1 + wave * cloud.Data[n]));
        if (!_scene.IsFlat || !random.Chance(0.4))
            return cloud;
        Plane dust = new(options.Height, options.Width);
        int specks = (int)random.Poisson(options.Debris * random.LogUniform(0.5, 6) * options.Height * options.Width / (512.0 * 512));
        Clutter.Specks(dust, random, specks, 1.5, Math.Max(2.5, _scene.Diameter * 0.2), random.Uniform(0.05, 0.3));
        cloud.Add(dust.Blurred(random.Uniform(0.6, 1.5)), 1);
        return cloud;
    }

    private float[] AxialWeights()
    {
        int reach = MarginZ;
        double[] weights = new double[2 * reach + 1];
        double sigma = Math.Max(0.05, _axial / _scene.Anisotropy);
        for (int k = -reach; k <= reach; k++)
            weights[k + reach] = PortableMath.Exp(-0.5 * k * k / (sigma * sigma));
        double sum = weights.Sum();
        return [.. weights.Select(w => (float)(w / sum))];
    }

    private static Plane Gather(Plane[] planes, int middle, float[] weights)
    {
        var sum = new Plane(planes[0].Height, planes[0].Width);
        int reach = weights.Length / 2;
        for (int k = -reach; k <= reach; k++)
            sum.Add(planes[Math.Clamp(middle + k, 0, planes.Length - 1)], weights[k + reach]);
        return sum;
    }
}
