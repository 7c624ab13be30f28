using Cellpose3D.Core2D.Training;

namespace Cellpose3D.Core2D.Tests.Training;

/// <summary>Small labelled images for training tests.</summary>
internal static class TrainingImages
{
    internal static LabelledImage Make(int seed, int height = 40, int width = 44, string set = "", double weight = 1)
    {
        NdArray<int> labels = LabelImages.Squares(height, width, side: 9, seed);
        var random = new Random(seed);
        var image = new NdArray<float>(1, height, width);
        for (int i = 0; i < labels.Length; i++)
            image.Data[i] = (labels.Data[i] > 0 ? 100 + labels.Data[i] % 7 * 10 : 10) + 5 * (float)random.NextDouble();
        return new LabelledImage($"image {seed}", image, labels, set, weight);
    }

    internal static TrainingSet Set(int count, int firstSeed = 1) =>
        TrainingSet.Prepare(Enumerable.Range(firstSeed, count).Select(s => Make(s)));

    /// <summary>Options of a run of seconds: a net of base 2 on crops of 32 pixels.</summary>
    internal static TrainingOptions Tiny { get; } = new()
    {
        Epochs = 4, BaseWidth = 2, BatchSize = 2, Device = "cpu", Seed = 11, ValidateEvery = 2, DiamMean = 9,
        Augmentation = new AugmentationOptions { Crop = 32 }, Schedule = ScheduleKind.Cosine, LearningRate = 0.05,
    };
}
