namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Where one cell samples a texture: a random shift, a rotation, and texels per pixel along and across.</summary>
internal readonly struct TextureFrame
{
    private readonly float _shiftY, _shiftX, _alongX, _alongY, _acrossX, _acrossY;

    /// <param name="random">Source of the shift.</param>
    /// <param name="angle">Direction of the along axis, radians.</param>
    /// <param name="along">Texels per pixel along it.</param>
    /// <param name="across">Texels per pixel across it.</param>
    public TextureFrame(SynthesisRandom random, double angle, double along, double across)
    {
        (double sin, double cos) = PortableMath.SinCos(angle);
        _shiftY = (float)random.Uniform(0, 256);
        _shiftX = (float)random.Uniform(0, 256);
        _alongX = (float)(cos * along);
        _alongY = (float)(sin * along);
        _acrossX = (float)(-sin * across);
        _acrossY = (float)(cos * across);
    }

    /// <summary>The texture's value under a pixel.</summary>
    public float Sample(Texture texture, int y, int x) =>
        texture.Sample(_shiftY + x * _acrossX + y * _acrossY, _shiftX + x * _alongX + y * _alongY);
}
