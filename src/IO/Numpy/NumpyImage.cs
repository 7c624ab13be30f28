using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Numpy;

/// <summary>A <c>.npy</c> file, or one array of a <c>.npz</c>, as an image.</summary>
internal sealed class NumpyImage : IImageFile
{
    private readonly string _path;
    private readonly string? _array;            // name inside a .npz

    public NumpyImage(string path, string? axes, bool isArchive, IReadOnlyList<string> preferred, bool mayHaveChannels)
    {
        _path = path;
        _array = isArchive ? Choose(path, preferred) : null;
        NpyHeader header = ReadHeader();
        PixelType type = NpyFile.ElementType(header, path);
        (string letters, int[] shape, string source) = AxisOrder.Resolve(header.Shape, axes, mayHaveChannels, path);
        Info = new ImageInfo
        {
            Path = path,
            Format = isArchive ? "npz" : "npy",
            Axes = letters,
            Shape = shape,
            PixelType = type,
            AxesSource = source,
            Compression = isArchive ? "zip" : "none",
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
        NdArray<T> values;
        if (_array is null)
        {
            using FileStream stream = File.OpenRead(_path);
            NpyHeader header = NpyFile.ReadHeader(stream, _path);
            values = NpyFile.ReadValues<T, TConversion>(stream, header, _path, stream.Length - stream.Position);
        }
        else
        {
            values = NpzFile.Read<T, TConversion>(_path, _array);
        }
        return CanonicalLayout.Arrange(values.Reshape(Info.Shape), Info.Axes);
    }

    private NpyHeader ReadHeader()
    {
        if (_array is not null)
            return NpzFile.ReadHeader(_path, _array);
        using FileStream stream = File.OpenRead(_path);
        return NpyFile.ReadHeader(stream, _path);
    }

    private static string Choose(string path, IReadOnlyList<string> preferred)
    {
        IReadOnlyList<string> names = NpzFile.Names(path);
        return names.Count == 1 ? names[0] : preferred.FirstOrDefault(names.Contains) ?? throw new InvalidDataException(
            $"'{path}' must hold one array, or one named {string.Join(" or ", preferred)}; it holds {(names.Count == 0 ? "none" : string.Join(", ", names))}.");
    }
}
