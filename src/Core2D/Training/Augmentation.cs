namespace Cellpose3D.Core2D.Training;

/// <summary>Makes a training crop from an image: mirrored, turned, scaled so that cells have about the common diameter, shifted, cut.</summary>
/// <remarks>Paper: "Training"; NUMERICS section 14; golden group <c>augment</c>. Flow vectors turn and mirror with the image.</remarks>
internal static class Augmentation
{
    /// <summary>Makes one crop.</summary>
    /// <param name="image">float32 [C, Y, X], normalised, C at most that of the crop; missing channels become 0; borrowed.</param>
    /// <param name="target">float32 [3, Y, X]: 1 inside cells else 0 (or labels), flow y, flow x; borrowed.</param>
    /// <param name="diameterRatio">The image's cell diameter divided by the common one, positive.</param>
    /// <param name="draw">The random numbers.</param>
    /// <param name="options">Which changes are made, and how strong; intensities are not changed here.</param>
    /// <param name="height">Y of the crop.</param>
    /// <param name="width">X of the crop.</param>
    /// <param name="imageCrop">float32 [C', height, width]; overwritten.</param>
    /// <param name="targetCrop">float32 [3, height, width]; overwritten.</param>
    /// <returns>The factor by which the image was enlarged.</returns>
    internal static double Apply(
        NdArray<float> image, NdArray<float> target, double diameterRatio, AugmentationDraw draw, AugmentationOptions options,
        int height, int width, Span<float> imageCrop, Span<float> targetCrop)
    {
        int sourceHeight = image.Shape[1], sourceWidth = image.Shape[2], size = height * width;
        // The reference keeps scales in float32; a bit of difference here moves samples from one 32nd of a pixel to the next.
        double scale = (float)((float)(1 - options.ScaleRange / 2 + options.ScaleRange * draw.Scale) * (1 / diameterRatio));
        double angle = options.Rotate ? draw.Angle * Math.PI * 2 : 0;
        bool flip = options.Flip && draw.Flip > 0.5;
        double shiftX = (draw.ShiftX - 0.5) * Math.Max(0, sourceWidth * scale - width), shiftY = (draw.ShiftY - 0.5) * Math.Max(0, sourceHeight * scale - height);

        var warp = new AffineWarp(Map(sourceHeight, sourceWidth, height, width, scale, angle, shiftX, shiftY), sourceHeight, sourceWidth, height, width, flip);
        int filled = image.Shape[0] * size;
        warp.Bilinear(image.Data, imageCrop[..filled]);
        imageCrop[filled..].Clear();
        warp.Nearest(target.Plane(0), targetCrop[..size]);
        warp.Bilinear(target.Data.AsSpan(target.Length / 3), targetCrop[size..]);
        Turn(targetCrop.Slice(size, size), targetCrop[(2 * size)..], angle, flip);
        return scale;
    }

    /// <summary>The centre of the image goes to the centre of the crop plus the shift; turned about it by the angle.</summary>
    private static AffineMap Map(int sourceHeight, int sourceWidth, int height, int width, double scale, double angle, double shiftX, double shiftY)
    {
        // The reference hands three points in float32 to OpenCV: the centre and one pixel along each axis.
        double centreX = sourceWidth / 2.0, centreY = sourceHeight / 2.0;
        double toX = width / 2.0 + shiftX, toY = height / 2.0 + shiftY;
        (double sin, double cos) = Math.SinCos(angle);
        (double sinY, double cosY) = Math.SinCos(Math.PI / 2 + angle);
        float x0 = (float)toX, y0 = (float)toY;
        double xx = (float)(toX + scale * cos) - (double)x0, yx = (float)(toY + scale * sin) - (double)y0;
        double xy = (float)(toX + scale * cosY) - (double)x0, yy = (float)(toY + scale * sinY) - (double)y0;
        return new AffineMap(xx, xy, x0 - xx * centreX - xy * centreY, yx, yy, y0 - yx * centreX - yy * centreY);
    }

    private static void Turn(Span<float> flowY, Span<float> flowX, double angle, bool mirrored)
    {
        (double sin, double cos) = Math.SinCos(angle);
        float s = (float)sin, c = (float)cos;
        for (int i = 0; i < flowY.Length; i++)
        {
            float y = flowY[i], x = mirrored ? -flowX[i] : flowX[i];
            flowY[i] = x * s + y * c;
            flowX[i] = x * c - y * s;
        }
    }
}
