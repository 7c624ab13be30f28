using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;
using PureHDF;

namespace Cellpose3D.IO.Hdf5;

/// <summary>BigDataViewer's files: <c>t00000/s00/0/cells</c> for each time point, set-up and resolution; micrometres in the XML beside them.</summary>
/// <remarks>Set-ups of one size are taken as channels. Samples are stored as signed 16 bits but meant unsigned.</remarks>
internal sealed class BigDataViewerLayout
{
    private readonly Hdf5File _file;
    private readonly int[] _times;
    private readonly int[] _setups;
    private readonly Dictionary<string, Hdf5Array> _arrays = new(StringComparer.Ordinal);

    private BigDataViewerLayout(Hdf5File file, int[] times, int[] setups) => (_file, _times, _setups) = (file, times, setups);

    public static BigDataViewerLayout? Find(Hdf5File file)
    {
        int[] times = [.. Numbers(file, file.Root, 't', 5)], setups = [.. Numbers(file, file.Root, 's', 2)];
        if (times.Length == 0 || setups.Length == 0 || file.Find<IH5Object>(PathOf(times[0], setups[0], 0)) is null)
            return null;
        return new BigDataViewerLayout(file, times, setups);
    }

    public VolumeReader Open(VolumeOpenOptions options)
    {
        if (options.Axes is not null)
            throw new ArgumentException($"'{_file.Path}' is a BigDataViewer file, whose axes are set; leave axes out; got '{options.Axes}'.", nameof(options));
        int levels = 0;
        while (_file.Find<IH5Object>(PathOf(_times[0], _setups[0], levels)) is not null)
            levels++;
        if (options.Level < 0 || options.Level >= levels)
            throw new ArgumentException($"level must be 0 to {levels - 1} for '{_file.Path}'; got {options.Level}.", nameof(options));
        Hdf5Array first = ArrayAt(0, _setups[0], options.Level);
        int[] channels = [.. _setups.Where(s => _file.Find<IH5Object>(PathOf(_times[0], s, options.Level)) is not null
            && ArrayAt(0, s, options.Level).Shape.SequenceEqual(first.Shape))];
        if (first.Shape.Length != 3)
            throw new InvalidDataException($"{first.Place} must have 3 axes; it has {first.Shape.Length}.");
        (string axes, int[] lengths) = AxisOrder.Squeeze("TCZYX", [_times.Length, channels.Length, .. first.Shape]);
        VoxelSize finest = SizeOf(channels[0]);
        var description = new VolumeDescription
        {
            Image = new ImageInfo
            {
                Path = _file.Path,
                Format = "BigDataViewer HDF5",
                Axes = axes,
                Shape = lengths,
                PixelType = first.Type,
                AxesSource = "BigDataViewer layout",
                Compression = first.Compression,
                VoxelSizeUm = Scaled(finest, options.Level),
            },
            Chunk = ArrayVolume.ChunkOf(first, "ZYX", Shape(first)),
            Dataset = PathOf(_times[0], channels[0], options.Level),
            Levels = [.. Enumerable.Range(0, levels).Select(n => new VolumeLevel(PathOf(_times[0], channels[0], n), Shape(ArrayAt(0, channels[0], n)), Scaled(finest, n)))],
        };
        return new ArrayVolume(description, "ZYX", (t, c) => ArrayAt(t, channels[c], options.Level), options.Time, _file);
    }

    private static string PathOf(int time, int setup, int level) =>
        string.Create(CultureInfo.InvariantCulture, $"t{time:d5}/s{setup:d2}/{level}/cells");

    private static VolumeShape Shape(Hdf5Array array) => new(array.Shape[0], array.Shape[1], array.Shape[2]);

    private static IEnumerable<int> Numbers(Hdf5File file, IH5Group group, char prefix, int digits) => file.Children(group)
        .Where(c => c.Name.Length >= digits + 1 && c.Name[0] == prefix && c.Name.Skip(1).All(char.IsAsciiDigit))
        .Select(c => int.Parse(c.Name.AsSpan(1), CultureInfo.InvariantCulture)).Order();

    private Hdf5Array ArrayAt(int t, int setup, int level)
    {
        string path = PathOf(_times[t], setup, level);
        lock (_arrays)
        {
            if (!_arrays.TryGetValue(path, out Hdf5Array? array))
                _arrays[path] = array = new Hdf5Array(_file, path, isUnsigned: true);
            return array;
        }
    }

    /// <summary>Voxel size of the finest resolution, from the XML of the same name.</summary>
    private VoxelSize SizeOf(int setup)
    {
        string path = Path.ChangeExtension(_file.Path, ".xml");
        if (!File.Exists(path))
            return default;
        try
        {
            XElement? voxel = XDocument.Load(path).Descendants("ViewSetup").FirstOrDefault(s => s.Element("id")?.Value.Trim() == setup.ToString(CultureInfo.InvariantCulture))?.Element("voxelSize");
            double? unit = LengthUnits.Micrometres(voxel?.Element("unit")?.Value);
            double[] xyz = [.. (voxel?.Element("size")?.Value ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out double d) ? d : 0)];
            return xyz.Length == 3 ? new VoxelSize(LengthUnits.Times(xyz[2], unit), LengthUnits.Times(xyz[1], unit), LengthUnits.Times(xyz[0], unit)) : default;
        }
        catch (XmlException e)
        {
            throw new InvalidDataException($"'{path}', which gives the voxel size of '{_file.Path}', is not readable as XML: {e.Message}", e);
        }
    }

    private VoxelSize Scaled(VoxelSize finest, int level)
    {
        VolumeShape full = Shape(ArrayAt(0, _setups[0], 0)), here = Shape(ArrayAt(0, _setups[0], level));
        return new VoxelSize(finest.Z * Factor(full.Z, here.Z), finest.Y * Factor(full.Y, here.Y), finest.X * Factor(full.X, here.X));

        static double Factor(int whole, int part) => Math.Round((double)whole / part);
    }
}
