using Cellpose3D.Core2D;
using OpenCvSharp;

namespace Cellpose3D.IO.Png;

/// <summary>A PNG or JPEG, decoded by OpenCV.</summary>
/// <remarks>Colours in the order R, G, B(, A). Rotation notes (EXIF) are not applied. Grey with alpha becomes RGBA, as OpenCV expands it.</remarks>
internal sealed class RasterImage : IImageFile
{
    private readonly byte[] _bytes;

    public RasterImage(string path, string? axes)
    {
        var file = new FileInfo(path);
        if (file.Length > Array.MaxLength)
            throw new NotSupportedException($"'{path}' has {file.Length} bytes; a PNG or JPEG of up to {Array.MaxLength} is read.");
        _bytes = File.ReadAllBytes(path);
        RasterHeader header = RasterHeader.Read(_bytes, path);
        bool isGrey = header.Channels == 1;
        int[] shape = isGrey ? [header.Height, header.Width] : [header.Height, header.Width, header.Channels];
        string letters = isGrey ? "YX" : "YXC";
        if (axes is not null)
        {
            string parsed = AxisOrder.Parse(axes);
            letters = parsed.Length == shape.Length ? parsed : throw AxisOrder.Mismatch(axes, path, shape, letters);
        }
        Info = new ImageInfo
        {
            Path = path,
            Format = header.IsPng ? "PNG" : "JPEG",
            Axes = letters,
            Shape = shape,
            PixelType = header.Bits == 16 ? PixelType.UInt16 : PixelType.UInt8,
            AxesSource = axes is not null ? AxisOrder.OverrideSource : isGrey ? "grey samples" : "RGB samples",
            Compression = header.IsPng ? "Deflate" : "JPEG",
        };
    }

    public ImageInfo Info { get; }

    public bool IsPalette => false;

    public NdArray<float> ReadPixels(CancellationToken cancellationToken) => Read<float, FloatConversion>();

    public NdArray<int> ReadLabels(CancellationToken cancellationToken) => Read<int, LabelConversion>();

    public void Dispose()
    {
    }

    private NdArray<T> Read<T, TConversion>()
        where T : unmanaged
        where TConversion : struct, ISampleConversion<T>
    {
        OpenCv.EnsureLoaded();
        using Mat image = Decode();
        int channels = image.Channels(), expected = Info.Shape.Length == 2 ? 1 : Info.Shape[2];
        if (image.Empty() || image.Rows != Info.Shape[0] || image.Cols != Info.Shape[1] || channels != expected || image.Depth() is not (MatType.CV_8U or MatType.CV_16U))
        {
            throw new InvalidDataException($"'{Info.Path}' is damaged: its header says {Info.Shape[0]} x {Info.Shape[1]} x {expected}, "
                + (image.Empty() ? "and nothing decodes." : $"{image.Rows} x {image.Cols} x {channels} were decoded."));
        }
        T[] values = new T[CanonicalLayout.Count(Info.Shape, Info.Path)];
        string place = $"'{Info.Path}'";
        int rows = image.Rows, count = image.Cols * channels;
        bool isByte = image.Depth() == MatType.CV_8U;
        for (int y = 0, to = 0; y < rows; y++)
        {
            if (isByte)
                Copy<byte>(y, ref to);
            else
                Copy<ushort>(y, ref to);
        }
        return CanonicalLayout.Arrange(new NdArray<T>(values, Info.Shape), Info.Axes);

        unsafe void Copy<TIn>(int y, ref int to)
            where TIn : unmanaged, System.Numerics.INumber<TIn>
        {
            var row = new ReadOnlySpan<TIn>((void*)image.Ptr(y), count);
            for (int i = 0; i < row.Length; i++)
            {
                int c = i % channels, stored = channels >= 3 && c < 3 ? i - c + 2 - c : i;     // OpenCV keeps B, G, R(, A)
                values[to++] = TConversion.Convert(row[stored], place);
            }
        }
    }

    private Mat Decode()
    {
        try
        {
            return Cv2.ImDecode(_bytes, ImreadModes.Unchanged);
        }
        catch (OpenCVException e)
        {
            throw new InvalidDataException($"'{Info.Path}' does not decode: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
