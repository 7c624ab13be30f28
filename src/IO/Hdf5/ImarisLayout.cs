using System.Globalization;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;
using PureHDF;

namespace Cellpose3D.IO.Hdf5;

/// <summary>Imaris 5.5 files (<c>.ims</c>): an array for each resolution, time point and channel, lengths and extents as texts of single letters.</summary>
internal sealed class ImarisLayout
{
    private readonly Hdf5File _file;
    private readonly IH5Group _image;
    private readonly Dictionary<string, Hdf5Array> _arrays = new(StringComparer.Ordinal);

    private ImarisLayout(Hdf5File file, IH5Group image) => (_file, _image) = (file, image);

    public static ImarisLayout? Find(Hdf5File file) =>
        file.Find<IH5Group>("DataSet/ResolutionLevel 0/TimePoint 0") is not null && file.Find<IH5Group>("DataSetInfo/Image") is { } image ? new ImarisLayout(file, image) : null;

    public VolumeReader Open(VolumeOpenOptions options)
    {
        if (options.Axes is not null)
            throw new ArgumentException($"'{_file.Path}' is an Imaris file, whose axes are set; leave axes out; got '{options.Axes}'.", nameof(options));
        int levels = Count(_file.Find<IH5Group>("DataSet")!, "ResolutionLevel ");
        if (options.Level < 0 || options.Level >= levels)
            throw new ArgumentException($"level must be 0 to {levels - 1} for '{_file.Path}'; got {options.Level}.", nameof(options));
        IH5Group level = _file.Find<IH5Group>($"DataSet/ResolutionLevel {options.Level}")!;
        int times = Count(level, "TimePoint "), channels = Count(_file.Find<IH5Group>($"DataSet/ResolutionLevel {options.Level}/TimePoint 0")!, "Channel ");
        if (channels == 0)
            throw new InvalidDataException($"'{_file.Path}' is an Imaris file without channels.");
        VolumeShape shape = ShapeOf(options.Level);
        Hdf5Array first = ArrayAt(options.Level, 0, 0);
        (string axes, int[] lengths) = AxisOrder.Squeeze("TCZYX", [times, channels, shape.Z, shape.Y, shape.X]);
        var description = new VolumeDescription
        {
            Image = new ImageInfo
            {
                Path = _file.Path,
                Format = "Imaris",
                Axes = axes,
                Shape = lengths,
                PixelType = first.Type,
                AxesSource = "Imaris layout",
                Compression = first.Compression,
                VoxelSizeUm = SizeOf(shape),
                ChannelNames = Names(channels),
            },
            Chunk = ArrayVolume.ChunkOf(first, "ZYX", shape),
            Dataset = PathOf(options.Level, 0, 0),
            Levels = [.. Enumerable.Range(0, levels).Select(n => new VolumeLevel($"ResolutionLevel {n}", ShapeOf(n), SizeOf(ShapeOf(n))))],
        };
        return new ArrayVolume(description, "ZYX", (t, c) => ArrayAt(options.Level, t, c), options.Time, _file);
    }

    private static string PathOf(int level, int t, int c) =>
        string.Create(CultureInfo.InvariantCulture, $"DataSet/ResolutionLevel {level}/TimePoint {t}/Channel {c}");

    private Hdf5Array ArrayAt(int level, int t, int c)
    {
        string path = PathOf(level, t, c) + "/Data";
        lock (_arrays)
        {
            if (!_arrays.TryGetValue(path, out Hdf5Array? array))
                _arrays[path] = array = new Hdf5Array(_file, path);
            return array;
        }
    }

    /// <summary>Lengths as the channel's attributes give them: the arrays are padded to whole chunks.</summary>
    private VolumeShape ShapeOf(int level)
    {
        IH5Group channel = _file.Find<IH5Group>(PathOf(level, 0, 0)) ?? throw new InvalidDataException($"'{_file.Path}' has no '{PathOf(level, 0, 0)}'.");
        int[] stored = ArrayAt(level, 0, 0).Shape;
        if (stored.Length != 3)
            throw new InvalidDataException($"'{_file.Path}:/{PathOf(level, 0, 0)}/Data' must have 3 axes; it has {stored.Length}.");
        return new VolumeShape(Length("Z", 0), Length("Y", 1), Length("X", 2));

        int Length(string axis, int n)
        {
            double? said = Number(channel, $"ImageSize{axis}") ?? (level == 0 ? Number(_image, axis) : null);
            if (said is { } l && (l < 1 || l > stored[n]))
                throw new InvalidDataException($"'{_file.Path}' says {axis} has {l} voxels; its array has {stored[n]}.");
            return said is { } length ? (int)length : stored[n];
        }
    }

    private VoxelSize SizeOf(VolumeShape shape)
    {
        double? unit = LengthUnits.Micrometres(_file.Text(_image, "Unit") is { Length: > 0 } text ? text : "um");
        return new VoxelSize(Edge(2, shape.Z), Edge(1, shape.Y), Edge(0, shape.X));

        double? Edge(int axis, int length) =>
            Number(_image, $"ExtMax{axis}") is { } end && Number(_image, $"ExtMin{axis}") is { } start ? LengthUnits.Times((end - start) / length, unit) : null;
    }

    private string[] Names(int channels)
    {
        string[] names = [.. Enumerable.Range(0, channels).Select(c =>
            _file.Find<IH5Group>(string.Create(CultureInfo.InvariantCulture, $"DataSetInfo/Channel {c}")) is { } info ? _file.Text(info, "Name") ?? "" : "")];
        return names.All(n => n.Length == 0) ? [] : names;
    }

    private double? Number(IH5Object owner, string name) =>
        double.TryParse(_file.Text(owner, name), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    private int Count(IH5Group group, string prefix)
    {
        HashSet<string> names = [.. _file.Children(group).Select(c => c.Name)];
        int count = 0;
        while (names.Contains(string.Create(CultureInfo.InvariantCulture, $"{prefix}{count}")))
            count++;
        return count;
    }
}
