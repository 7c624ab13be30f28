using Cellpose3D.Core2D;

namespace Cellpose3D.IO;

/// <summary>An image in memory.</summary>
/// <param name="Pixels">float32 [T, C, Z, Y, X] minus absent axes, in the file's intensity units; owned by the receiver.</param>
/// <param name="Axes">Letters of the axes of <paramref name="Pixels"/>.</param>
/// <param name="Info">What the file said.</param>
public sealed record LoadedImage(NdArray<float> Pixels, string Axes, ImageInfo Info);
