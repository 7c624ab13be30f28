namespace Cellpose3D.Core2D.Training;

/// <summary>Images that are made while training, each from its own seed, so that none is seen twice.</summary>
/// <param name="Set">The collection they form.</param>
/// <param name="Generate">Makes the image of a seed: always the same for the same seed; called from several threads at once.</param>
/// <param name="ImageCount">They are drawn as often as so many images of weight 1, unless sets are balanced.</param>
public sealed record GeneratedImages(string Set, Func<ulong, LabelledImage> Generate, double ImageCount = 100);
