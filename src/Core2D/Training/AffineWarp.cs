namespace Cellpose3D.Core2D.Training;

/// <summary>Resamples image planes under an affine map.</summary>
/// <remarks>
/// The rules are those of OpenCV's <c>warpAffine</c>, which the reference calls: positions in fixed point of 1/1024 pixel, bilinear weights
/// of 1/32 pixel, zero outside the image. OpenCV itself is not called: the kernel here samples all planes at once and mirrors as it reads.
/// </remarks>
internal sealed class AffineWarp
{
    private const int PositionBits = 10, WeightBits = 5, WeightSteps = 1 << WeightBits;
    private const int One = 1 << PositionBits;

    private readonly AffineMap _back;
    private readonly int _height, _width, _targetHeight, _targetWidth;
    private readonly bool _mirror;
    private readonly int[] _alongX, _alongY;    // what the source's x and y gain along a row of the target, fixed point

    /// <summary>Prepares a map.</summary>
    /// <param name="map">From source to target.</param>
    /// <param name="height">Y of the source.</param>
    /// <param name="width">X of the source.</param>
    /// <param name="targetHeight">Y of the target.</param>
    /// <param name="targetWidth">X of the target.</param>
    /// <param name="mirror">Whether the source is read mirrored along x.</param>
    internal AffineWarp(AffineMap map, int height, int width, int targetHeight, int targetWidth, bool mirror)
    {
        _back = map.Inverse();
        (_height, _width, _targetHeight, _targetWidth, _mirror) = (height, width, targetHeight, targetWidth, mirror);
        _alongX = [.. Enumerable.Range(0, targetWidth).Select(x => ToFixed(_back.Xx * x))];
        _alongY = [.. Enumerable.Range(0, targetWidth).Select(x => ToFixed(_back.Yx * x))];
    }

    /// <summary>Samples planes bilinearly.</summary>
    /// <param name="source">float32 [P, Y, X]; borrowed.</param>
    /// <param name="target">float32 [P, Y', X']; overwritten.</param>
    internal void Bilinear(ReadOnlySpan<float> source, Span<float> target)
    {
        int size = _height * _width, targetSize = _targetHeight * _targetWidth, planes = target.Length / targetSize;
        int right = _mirror ? -1 : 1;
        for (int y = 0, at = 0; y < _targetHeight; y++)
        {
            int startX = ToFixed(_back.Xy * y + _back.X0) + One / WeightSteps / 2, startY = ToFixed(_back.Yy * y + _back.Y0) + One / WeightSteps / 2;
            for (int x = 0; x < _targetWidth; x++, at++)
            {
                int fixedX = (startX + _alongX[x]) >> (PositionBits - WeightBits), fixedY = (startY + _alongY[x]) >> (PositionBits - WeightBits);
                int sx = fixedX >> WeightBits, sy = fixedY >> WeightBits;
                float fx = (fixedX & (WeightSteps - 1)) / (float)WeightSteps, fy = (fixedY & (WeightSteps - 1)) / (float)WeightSteps;
                float w00 = (1 - fy) * (1 - fx), w01 = (1 - fy) * fx, w10 = fy * (1 - fx), w11 = fy * fx;
                int from = sy * _width + (_mirror ? _width - 1 - sx : sx);
                if ((uint)sx < (uint)(_width - 1) && (uint)sy < (uint)(_height - 1))
                {
                    for (int p = 0, s = from, t = at; p < planes; p++, s += size, t += targetSize)
                        target[t] = source[s] * w00 + source[s + right] * w01 + source[s + _width] * w10 + source[s + _width + right] * w11;
                    continue;
                }
                bool left0 = (uint)sx < (uint)_width, left1 = (uint)(sx + 1) < (uint)_width, top0 = (uint)sy < (uint)_height, top1 = (uint)(sy + 1) < (uint)_height;
                for (int p = 0, s = from, t = at; p < planes; p++, s += size, t += targetSize)
                {
                    target[t] = (top0 && left0 ? source[s] * w00 : 0) + (top0 && left1 ? source[s + right] * w01 : 0)
                        + (top1 && left0 ? source[s + _width] * w10 : 0) + (top1 && left1 ? source[s + _width + right] * w11 : 0);
                }
            }
        }
    }

    /// <summary>Samples planes at the nearest pixel.</summary>
    /// <param name="source">float32 [P, Y, X]; borrowed.</param>
    /// <param name="target">float32 [P, Y', X']; overwritten.</param>
    internal void Nearest(ReadOnlySpan<float> source, Span<float> target)
    {
        int size = _height * _width, targetSize = _targetHeight * _targetWidth, planes = target.Length / targetSize;
        for (int y = 0, at = 0; y < _targetHeight; y++)
        {
            int startX = ToFixed(_back.Xy * y + _back.X0) + One / 2, startY = ToFixed(_back.Yy * y + _back.Y0) + One / 2;
            for (int x = 0; x < _targetWidth; x++, at++)
            {
                int sx = (startX + _alongX[x]) >> PositionBits, sy = (startY + _alongY[x]) >> PositionBits;
                bool inside = (uint)sx < (uint)_width && (uint)sy < (uint)_height;
                int from = sy * _width + (_mirror ? _width - 1 - sx : sx);
                for (int p = 0, s = from, t = at; p < planes; p++, s += size, t += targetSize)
                    target[t] = inside ? source[s] : 0;
            }
        }
    }

    // half to even, as the processor rounds
    private static int ToFixed(double position) => (int)Math.Round(position * One);
}
