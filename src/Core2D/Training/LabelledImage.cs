namespace Cellpose3D.Core2D.Training;

/// <summary>An image with its true cells.</summary>
/// <param name="Name">Used in messages, for example the file's name.</param>
/// <param name="Image">float32 [C, Y, X], any intensity range; C = 1 (cells) or 2 (cells, nuclei).</param>
/// <param name="Labels">int32 [Y, X], 0 = background.</param>
/// <param name="Set">The collection the image belongs to; collections can be balanced against each other.</param>
/// <param name="Weight">How often the image is drawn compared with the others of its set.</param>
public sealed record LabelledImage(string Name, NdArray<float> Image, NdArray<int> Labels, string Set = "", double Weight = 1);
