using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Preprocessing;

namespace Cellpose3D.Core2D.Training;

/// <summary>Fits the ridge regression that tells the cells' diameter from an image's style.</summary>
/// <remarks>
/// Paper: "Size model"; NUMERICS section 13. Styles are taken exactly as they are when segmenting: the image resized by diam_mean /
/// diam_labels and averaged over tiles. The reference instead takes turned crops of 512 pixels padded with zeros, and leaves the factor
/// out, so that there a network whose two diameters differ is fitted at one scale and used at another.
/// </remarks>
public static class SizeModelTrainer
{
    /// <summary>Collects styles of images at random scales and fits the regression.</summary>
    /// <param name="model">The network, with its diameters; borrowed.</param>
    /// <param name="training">Images with cells; borrowed. Generated images have no part in it.</param>
    /// <param name="options">Checked here, once.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between images and tiles.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the set has no image with a cell.</exception>
    public static SizeModelFit Train(
        CellposeModel model, TrainingSet training, SizeModelOptions? options = null,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new SizeModelOptions();
        options.Validate();
        int[] looks = Plan(training, options);
        if (looks.Length == 0)
            throw new ArgumentException("the training set must have at least one image with a cell; got none.", nameof(training));
        var styles = new List<float[]>();
        var diameters = new List<double>();
        for (int n = 0; n < looks.Length; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TrainingImage image = training.Images[looks[n]];
            var random = new RandomStream(options.Seed, (ulong)n, 4);
            double scale = 1 - options.ScaleRange / 2 + options.ScaleRange * random.NextUnit();
            NdArray<float> look = Look(image.Image, scale * model.Info.DiamMean / model.Info.DiamLabels, options.Crop, ref random);
            float[] style = TiledInference.Run(model, look, new SegmentationOptions(), null, cancellationToken).Style;
            if (style.All(float.IsFinite))              // an all-zero map has no style
            {
                styles.Add(style);
                diameters.Add(image.Diameter * scale);
            }
            progress?.Report((n + 1f) / looks.Length);
        }
        if (styles.Count == 0)
            throw new ArgumentException("no image gave a style: every image is empty to the network.", nameof(training));
        double ridge = options.Ridge ?? RidgeRegression.Choose(styles, [.. diameters.Select(d => Math.Log(d))]);
        return Fit(styles, diameters, model.Info.DiamMean, ridge);
    }

    /// <summary>Fits the regression to styles and diameters.</summary>
    /// <param name="styles">float32 [N] of [S], unit length; borrowed.</param>
    /// <param name="diameters">float64 [N], pixels, positive; borrowed.</param>
    /// <param name="diamMean">Diameter, in pixels, the network was trained at.</param>
    /// <param name="ridge">Strength of the pull towards 0, positive.</param>
    /// <exception cref="ArgumentException">There are no styles, or not as many as diameters.</exception>
    public static SizeModelFit Fit(IReadOnlyList<float[]> styles, IReadOnlyList<double> diameters, double diamMean, double ridge = 1)
    {
        if (styles.Count == 0 || styles.Count != diameters.Count)
            throw new ArgumentException($"there must be a diameter for each style, and at least one; got {styles.Count} styles and {diameters.Count} diameters.", nameof(styles));
        double[] logs = [.. diameters.Select(d => Math.Log(d / diamMean))];
        RidgeRegression fit = RidgeRegression.Fit(styles, logs, ridge);
        var model = new SizeModel(fit.Weights, fit.Mean, fit.Offset, diamMean);
        double[] predicted = [.. styles.Select(s => model.PredictDiameter(s))];
        return new SizeModelFit(model, Correlation([.. diameters], predicted), [.. diameters], predicted);
    }

    /// <summary>Pearson's r between the logarithms of true and predicted diameters.</summary>
    /// <param name="truth">float64 [N], pixels, positive; borrowed.</param>
    /// <param name="predicted">float64 [N], pixels, positive; borrowed.</param>
    /// <returns>In [-1, 1]; NaN when either is constant.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Correlation(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted)
    {
        if (truth.Length != predicted.Length)
            throw new ArgumentException($"there must be a prediction for each of {truth.Length} diameters; got {predicted.Length}.", nameof(predicted));
        double meanT = 0, meanP = 0, tt = 0, pp = 0, tp = 0;
        for (int n = 0; n < truth.Length; n++)
        {
            meanT += Math.Log(truth[n]) / truth.Length;
            meanP += Math.Log(predicted[n]) / truth.Length;
        }
        for (int n = 0; n < truth.Length; n++)
        {
            double t = Math.Log(truth[n]) - meanT, p = Math.Log(predicted[n]) - meanP;
            tt += t * t;
            pp += p * p;
            tp += t * p;
        }
        return tp / Math.Sqrt(tt * pp);
    }

    // indices of images with cells, in the order they are looked at
    private static int[] Plan(TrainingSet training, SizeModelOptions options)
    {
        int[] plan = options.Looks is { } looks
            ? training.PlanEpoch(options.Seed, 0, looks)
            : [.. Enumerable.Range(0, options.Epochs).SelectMany(_ => Enumerable.Range(0, training.Images.Count))];
        return [.. plan.Where(i => i < training.Images.Count && training.Images[i].Cells > 0)];
    }

    // the image at a scale, mirrored at random, cut to what fits
    private static NdArray<float> Look(NdArray<float> image, double scale, int crop, ref RandomStream random)
    {
        int channels = image.Shape[0], fullHeight = Resizer.ScaledSize(image.Shape[1], scale), fullWidth = Resizer.ScaledSize(image.Shape[2], scale);
        NdArray<float> resized = Resizer.Bilinear(image, fullHeight, fullWidth);
        int height = Math.Min(fullHeight, crop), width = Math.Min(fullWidth, crop);
        int y0 = random.NextBelow(fullHeight - height + 1), x0 = random.NextBelow(fullWidth - width + 1);
        bool flipY = random.NextUnit() > 0.5, flipX = random.NextUnit() > 0.5;
        var look = new NdArray<float>(channels, height, width);
        for (int row = 0; row < channels * height; row++)
        {
            (int c, int y) = Math.DivRem(row, height);
            Span<float> target = look.Data.AsSpan(row * width, width);
            resized.Plane(c).Slice((y0 + (flipY ? height - 1 - y : y)) * fullWidth + x0, width).CopyTo(target);
            if (flipX)
                target.Reverse();
        }
        return look;
    }
}
