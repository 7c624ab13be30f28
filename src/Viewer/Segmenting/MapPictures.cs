using System.Buffers.Binary;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Flows;

namespace Cellpose3D.Viewer.Segmenting;

/// <summary>Paints what the network said, as pages show it.</summary>
internal static class MapPictures
{
    // a page's slice has no more pixels; larger planes are thinned
    private const int LongestSide = 2048;

    /// <summary>Flows: the hue is their direction, the brightness their length, as in Cellpose.</summary>
    /// <param name="flows">float32 [2, Y, X]; borrowed.</param>
    /// <returns>As <see cref="Probability"/>.</returns>
    public static byte[] Flows(NdArray<float> flows)
    {
        NdArray<byte> colors = FlowColors.Paint(flows);
        return Pack(flows.Shape[1], flows.Shape[2], (at, pixel) => colors.Data.AsSpan(3 * at, 3).CopyTo(pixel));
    }

    /// <summary>Probabilities, 0 black and 1 white.</summary>
    /// <param name="cellProb">float32 [Y, X], logit; borrowed.</param>
    /// <returns>Width and height as int32, then red, green, blue and opacity of each pixel; little-endian; owned by the caller.</returns>
    public static byte[] Probability(NdArray<float> cellProb) => Pack(
        cellProb.Shape[0], cellProb.Shape[1], (at, pixel) => pixel[..3].Fill((byte)(255 / (1 + Math.Exp(-cellProb.Data[at])))));

    private static byte[] Pack(int height, int width, Painter paint)
    {
        int step = (Math.Max(height, width) + LongestSide - 1) / LongestSide, rows = (height + step - 1) / step, columns = (width + step - 1) / step;
        byte[] bytes = new byte[8 + 4 * rows * columns];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, columns);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), rows);
        for (int y = 0, n = 8; y < rows; y++)
        {
            for (int x = 0; x < columns; x++, n += 4)
            {
                Span<byte> pixel = bytes.AsSpan(n, 4);
                paint(Math.Min(y * step + step / 2, height - 1) * width + Math.Min(x * step + step / 2, width - 1), pixel);
                pixel[3] = 255;
            }
        }
        return bytes;
    }

    private delegate void Painter(int at, Span<byte> pixel);
}
