namespace Cellpose3D.Core2D.Training;

/// <summary>Changes a crop's intensities at random.</summary>
internal static class IntensityAugmentation
{
    private const int SecondChannel = 1;

    /// <summary>Changes one crop.</summary>
    /// <param name="crop">float32 [C, height, width], normalised; overwritten. A channel of zeros is left alone.</param>
    /// <param name="height">Y of the crop.</param>
    /// <param name="width">X of the crop.</param>
    /// <param name="options">How strong.</param>
    /// <param name="random">The crop's own stream.</param>
    internal static void Apply(Span<float> crop, int height, int width, IntensityOptions options, ref RandomStream random)
    {
        int size = height * width;
        bool dropSecond = random.NextUnit() < options.DropSecondShare;
        for (int c = 0; c * size < crop.Length; c++)
        {
            Span<float> channel = crop.Slice(c * size, size);
            if (!channel.ContainsAnyExcept(0f))
                continue;
            if (c == SecondChannel && dropSecond)
            {
                channel.Clear();
                continue;
            }
            double spread = options.Gamma * (2 * random.NextUnit() - 1);
            ChangeTone(
                channel,
                gamma: spread < 0 ? 1 / (1 - spread) : 1 + spread,
                contrast: 1 + options.Contrast * (2 * random.NextUnit() - 1),
                offset: options.Brightness * (2 * random.NextUnit() - 1));
            if (random.NextUnit() < options.BlurShare)
                Blur(channel, height, width, options.BlurSigma * random.NextUnit());
            if (random.NextUnit() < options.NoiseShare)
                AddNoise(channel, options.NoiseSigma * random.NextUnit(), ref random);
            if (c != SecondChannel && random.NextUnit() < options.InvertShare)
            {
                foreach (ref float value in channel)
                    value = 1 - value;
            }
        }
    }

    private static void ChangeTone(Span<float> channel, double gamma, double contrast, double offset)
    {
        if (gamma == 1 && contrast == 1 && offset == 0)
            return;
        float power = (float)gamma, factor = (float)contrast, add = (float)(0.5 - 0.5 * contrast + offset);
        foreach (ref float value in channel)
            value = MathF.CopySign(MathF.Pow(MathF.Abs(value), power), value) * factor + add;
    }

    private static void AddNoise(Span<float> channel, double sigma, ref RandomStream random)
    {
        for (int i = 0; i < channel.Length; i += 2)
        {
            (double first, double second) = random.NextNormals();
            channel[i] += (float)(first * sigma) * Growth(channel[i]);
            if (i + 1 < channel.Length)
                channel[i + 1] += (float)(second * sigma) * Growth(channel[i + 1]);
        }
    }

    private static float Growth(float value) => MathF.Sqrt(0.5f + 0.5f * Math.Clamp(value, 0, 1));

    // separable, edges repeated
    private static void Blur(Span<float> channel, int height, int width, double sigma)
    {
        int radius = (int)Math.Ceiling(3 * sigma);
        if (radius == 0)
            return;
        float[] kernel = [.. Enumerable.Range(-radius, 2 * radius + 1).Select(k => (float)Math.Exp(-k * k / (2 * sigma * sigma)))];
        float sum = kernel.Sum();
        float[] rows = new float[channel.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                float total = 0;
                for (int k = -radius; k <= radius; k++)
                    total += kernel[k + radius] * channel[y * width + Math.Clamp(x + k, 0, width - 1)];
                rows[y * width + x] = total / sum;
            }
        }
        channel.Clear();
        for (int y = 0; y < height; y++)
        {
            for (int k = -radius; k <= radius; k++)
            {
                int from = Math.Clamp(y + k, 0, height - 1) * width;
                float weight = kernel[k + radius] / sum;
                for (int x = 0; x < width; x++)
                    channel[y * width + x] += weight * rows[from + x];
            }
        }
    }
}
