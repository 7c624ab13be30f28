using System.Runtime.InteropServices;
using Cellpose3D.Core2D;
using OpenCvSharp;

namespace Cellpose3D.IO.Png;

/// <summary>Writes PNG files; each appears whole or not at all.</summary>
public static class PngFile
{
    /// <summary>The highest label that 16 bits hold.</summary>
    public const int LargestLabel = ushort.MaxValue;

    /// <summary>Writes an 8-bit grey or RGB picture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="picture">uint8 [Y, X] grey or [Y, X, 3] red, green, blue; borrowed.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    /// <exception cref="DllNotFoundException">OpenCV does not load; the message names the packages.</exception>
    public static void Write(string path, NdArray<byte> picture)
    {
        bool isColour = picture.Rank == 3 && picture.Shape[2] == 3;
        if (!(picture.Rank == 2 || isColour) || picture.Length == 0)
            throw new ArgumentException($"picture must be [Y, X] or [Y, X, 3] and not empty; got {picture}.", nameof(picture));
        byte[] stored = picture.Data;
        if (isColour)
        {
            stored = new byte[picture.Length];
            for (int i = 0; i < stored.Length; i += 3)
                (stored[i], stored[i + 1], stored[i + 2]) = (picture.Data[i + 2], picture.Data[i + 1], picture.Data[i]);   // OpenCV takes B, G, R
        }
        Encode(path, picture.Shape[0], picture.Shape[1], isColour ? MatType.CV_8UC3 : MatType.CV_8UC1, stored);
    }

    /// <summary>Writes labels as 16-bit grey.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labels">int32 [Y, X], 0 to 65,535; borrowed.</param>
    /// <exception cref="ArgumentException">Another shape, or a label that 16 bits do not hold.</exception>
    /// <exception cref="DllNotFoundException">OpenCV does not load; the message names the packages.</exception>
    public static void WriteLabels(string path, NdArray<int> labels)
    {
        if (labels.Rank != 2 || labels.Length == 0)
            throw new ArgumentException($"labels must be [Y, X] and not empty; got {labels}.", nameof(labels));
        ushort[] stored = new ushort[labels.Length];
        for (int i = 0; i < stored.Length; i++)
        {
            int label = labels.Data[i];
            stored[i] = label is >= 0 and <= LargestLabel ? (ushort)label
                : throw new ArgumentException($"a label of a PNG must be 0 to {LargestLabel}; got {label}: write a TIFF.", nameof(labels));
        }
        Encode(path, labels.Shape[0], labels.Shape[1], MatType.CV_16UC1, MemoryMarshal.AsBytes(stored.AsSpan()).ToArray());
    }

    private static void Encode(string path, int height, int width, MatType type, byte[] values)
    {
        OpenCv.EnsureLoaded();
        using Mat image = Mat.FromPixelData(height, width, type, values);
        Cv2.ImEncode(".png", image, out byte[] encoded);
        AtomicFile.Write(path, stream => stream.Write(encoded));
    }
}
