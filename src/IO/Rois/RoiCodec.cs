using System.Buffers.Binary;
using System.Text;
using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.IO.Rois;

/// <summary>The bytes of one ImageJ <c>.roi</c> file, big-endian.</summary>
/// <remarks>
/// Layout as ImageJ's RoiDecoder documents it: a header of 64 bytes, the coordinates, a second header of 64 bytes and the name.
/// Coordinates are 16-bit offsets from the bounds; above 32,767 float coordinates are added, and an outline of more than
/// 65,535 corners, which has no count in the header, becomes a composite ROI of line segments.
/// </remarks>
internal static class RoiCodec
{
    private const int HeaderSize = 64;
    private const short Version = 228;
    private const byte Polygon = 0, Rectangle = 1, Freehand = 7, Traced = 8;
    private const ushort SubPixel = 128;
    private const int LargestExact = 1 << 24;                            // above, a float skips integers
    private const float MoveTo = 0, LineTo = 1, Close = 4;

    public static byte[] Encode(Roi roi)
    {
        OutlinePoint[] points = WithoutStraightCorners(roi.Points);
        (int top, int left, int bottom, int right) = Bounds(points);
        if (top < 0 || left < 0 || bottom > LargestExact || right > LargestExact)
            throw new ArgumentException($"points of ROI '{roi.Name}' must lie in 0 to {LargestExact}; they reach from ({left}, {top}) to ({right}, {bottom}).", nameof(roi));
        bool composite = points.Length > ushort.MaxValue, subPixel = !composite && (bottom > short.MaxValue || right > short.MaxValue);
        int coordinates = composite ? 4 * (3 * points.Length + 1) : points.Length * (subPixel ? 12 : 4);
        int second = HeaderSize + coordinates;
        byte[] bytes = new byte[second + HeaderSize + 2 * roi.Name.Length];

        "Iout"u8.CopyTo(bytes);
        Short(bytes, 4, Version);
        bytes[6] = composite ? Rectangle : Polygon;
        Short(bytes, 8, top);
        Short(bytes, 10, left);
        Short(bytes, 12, bottom + 1);                                    // bounds end after the last pixel
        Short(bytes, 14, right + 1);
        Short(bytes, 16, composite ? 0 : points.Length);
        Short(bytes, 50, subPixel ? SubPixel : 0);
        Int(bytes, 56, roi.Slice);
        Int(bytes, 60, second);
        if (composite)
            Segments(bytes, points);
        else
            Corners(bytes, points, top, left, subPixel);

        Int(bytes, second + 8, roi.Slice);                               // z of a hyperstack
        Int(bytes, second + 16, second + HeaderSize);
        Int(bytes, second + 20, roi.Name.Length);
        Encoding.BigEndianUnicode.GetBytes(roi.Name, bytes.AsSpan(second + HeaderSize));
        return bytes;
    }

    public static Roi Decode(byte[] bytes, string entryName, string file)
    {
        if (bytes.Length < HeaderSize || !bytes.AsSpan().StartsWith("Iout"u8))
            throw new InvalidDataException($"'{file}': '{entryName}' is no ImageJ ROI: it must start with 'Iout'.");
        int shapeSize = ReadInt(bytes, 36), type = bytes[6], top = ReadShort(bytes, 8), left = ReadShort(bytes, 10);
        int second = ReadInt(bytes, 60), slice = ReadInt(bytes, 56);
        string name = ReadName(bytes, second) ?? entryName;
        if (shapeSize > 0)
            return new Roi(name, ReadSegments(bytes, shapeSize, entryName, file), slice);
        if (type is not (Polygon or Freehand or Traced))
            throw new NotSupportedException($"'{file}': '{entryName}' is a ROI of type {type}; polygons (0), freehand (7) and traced (8) outlines are read.");

        int n = ReadUShort(bytes, 16);
        bool subPixel = (ReadUShort(bytes, 50) & SubPixel) != 0 && ReadShort(bytes, 4) >= 222;
        if (HeaderSize + (long)n * (subPixel ? 12 : 4) > bytes.Length)
            throw new InvalidDataException($"'{file}': '{entryName}' ends before its {n} corners.");
        var points = new OutlinePoint[n];
        for (int i = 0; i < n; i++)
        {
            points[i] = subPixel
                ? new OutlinePoint(Round(bytes, HeaderSize + 4 * n + 4 * (n + i)), Round(bytes, HeaderSize + 4 * n + 4 * i))
                : new OutlinePoint(top + ReadUShort(bytes, HeaderSize + 2 * (n + i)), left + ReadUShort(bytes, HeaderSize + 2 * i));
        }
        return new Roi(name, points, slice);
    }

    /// <summary>Leaves out corners in the middle of a straight line, which an outline of neighbouring pixels has many of.</summary>
    private static OutlinePoint[] WithoutStraightCorners(IReadOnlyList<OutlinePoint> points)
    {
        var kept = new List<OutlinePoint>(points.Count);
        for (int i = 0; i < points.Count; i++)
        {
            OutlinePoint before = kept.Count > 0 ? kept[^1] : points[^1], here = points[i], after = points[(i + 1) % points.Count];
            long ay = here.Y - before.Y, ax = here.X - before.X, by = after.Y - here.Y, bx = after.X - here.X;
            bool straightOn = ay * bx == ax * by && ay * by + ax * bx > 0;
            if (!straightOn)
                kept.Add(here);
        }
        return kept.Count > 0 ? [.. kept] : [.. points];
    }

    private static (int Top, int Left, int Bottom, int Right) Bounds(OutlinePoint[] points) =>
        (points.Min(p => p.Y), points.Min(p => p.X), points.Max(p => p.Y), points.Max(p => p.X));

    private static void Corners(byte[] bytes, OutlinePoint[] points, int top, int left, bool subPixel)
    {
        int n = points.Length;
        for (int i = 0; i < n; i++)
        {
            Short(bytes, HeaderSize + 2 * i, points[i].X - left);
            Short(bytes, HeaderSize + 2 * (n + i), points[i].Y - top);
            if (!subPixel)
                continue;
            BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(HeaderSize + 4 * n + 4 * i), points[i].X);
            BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(HeaderSize + 4 * n + 4 * (n + i)), points[i].Y);
        }
    }

    private static void Segments(byte[] bytes, OutlinePoint[] points)
    {
        Int(bytes, 36, 3 * points.Length + 1);
        int at = HeaderSize;
        for (int i = 0; i < points.Length; i++, at += 12)
        {
            BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(at), i == 0 ? MoveTo : LineTo);
            BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(at + 4), points[i].X);
            BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(at + 8), points[i].Y);
        }
        BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(at), Close);
    }

    private static List<OutlinePoint> ReadSegments(byte[] bytes, int count, string entryName, string file)
    {
        if (HeaderSize + 4L * count > bytes.Length)
            throw new InvalidDataException($"'{file}': '{entryName}' ends before its {count} numbers.");
        var points = new List<OutlinePoint>(count / 3);
        int at = HeaderSize, end = HeaderSize + 4 * count;
        while (at < end)
        {
            float kind = BinaryPrimitives.ReadSingleBigEndian(bytes.AsSpan(at));
            if (kind == Close && at + 4 == end)
                return points;
            if (at + 12 > end || (kind != LineTo && !(kind == MoveTo && points.Count == 0)))
                throw new NotSupportedException($"'{file}': '{entryName}' is a composite of several shapes or of curves; one polygon is read.");
            points.Add(new OutlinePoint(Round(bytes, at + 8), Round(bytes, at + 4)));
            at += 12;
        }
        return points;
    }

    private static string? ReadName(byte[] bytes, int second)
    {
        if (second < HeaderSize || second > bytes.Length - HeaderSize)
            return null;
        int at = ReadInt(bytes, second + 16), length = ReadInt(bytes, second + 20);
        return at >= HeaderSize && length > 0 && at + 2L * length <= bytes.Length
            ? Encoding.BigEndianUnicode.GetString(bytes, at, 2 * length)
            : null;
    }

    private static int Round(byte[] bytes, int at) =>
        (int)Math.Clamp(MathF.Round(BinaryPrimitives.ReadSingleBigEndian(bytes.AsSpan(at))), -LargestExact, LargestExact);

    private static void Short(byte[] bytes, int at, int value) => BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(at), unchecked((short)value));

    private static void Int(byte[] bytes, int at, int value) => BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), value);

    private static int ReadUShort(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));

    private static int ReadInt(byte[] bytes, int at) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));

    /// <summary>A signed number, but one below -5000 is taken as unsigned, as ImageJ does for large images.</summary>
    private static int ReadShort(byte[] bytes, int at) => BinaryPrimitives.ReadInt16BigEndian(bytes.AsSpan(at)) is var n && n >= -5000 ? n : n + 65536;
}
