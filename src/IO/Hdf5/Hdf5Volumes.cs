using System.Text.Json;
using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;
using PureHDF;

namespace Cellpose3D.IO.Hdf5;

/// <summary>Opens HDF5 files as volumes: Imaris, BigDataViewer, and arrays by name as PlantSeg, ilastik and scripts write them.</summary>
internal static class Hdf5Volumes
{
    public const string ElementSize = "element_size_um";
    public const string AxisTags = "axistags";

    public static VolumeReader Open(string path, VolumeOpenOptions options)
    {
        var file = new Hdf5File(path);
        try
        {
            if (options.Dataset is null && ImarisLayout.Find(file) is { } imaris)
                return imaris.Open(options);
            if (options.Dataset is null && BigDataViewerLayout.Find(file) is { } viewer)
                return viewer.Open(options);
            return OpenPlain(file, options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Lengths along Z, Y and X.</summary>
    public static VolumeShape SpatialShape(int[] shape, string letters)
    {
        return new VolumeShape(Length('Z'), Length('Y'), Length('X'));

        int Length(char letter) => letters.IndexOf(letter, StringComparison.Ordinal) is int axis and >= 0 ? shape[axis] : 1;
    }

    private static ArrayVolume OpenPlain(Hdf5File file, VolumeOpenOptions options)
    {
        if (options.Level != 0)
            throw new ArgumentException($"'{file.Path}' holds arrays without further resolutions; leave the level out; got {options.Level}.", nameof(options));
        IReadOnlyList<VolumeDataset> all = file.Datasets();
        string dataset = options.Dataset is { } given ? Existing(given, all, file.Path)
            : DatasetNames.Choose(all, options.AsLabels, file.Path, inside => $"{file.Path}:/{inside}").Path;
        var array = new Hdf5Array(file, dataset);
        bool isLabels = DatasetNames.IsLabels(dataset);
        (string letters, string source) = Axes(file, array, options, isLabels);
        if (array.Shape.Length == 0 || array.Shape.Any(length => length < 1))
            throw new InvalidDataException($"every axis of {array.Place} must be 1 or longer; got [{string.Join(", ", array.Shape)}].");
        (string axes, int[] shape) = AxisOrder.Squeeze(letters.Replace("_", "", StringComparison.Ordinal), [.. array.Shape.Where((_, axis) => letters[axis] != '_')]);
        double[]? size = file.Numbers(array.Dataset, ElementSize);
        var description = new VolumeDescription
        {
            Image = new ImageInfo
            {
                Path = file.Path,
                Format = "HDF5",
                Axes = axes,
                Shape = shape,
                PixelType = array.Type,
                AxesSource = source,
                Compression = array.Compression,
                VoxelSizeUm = size is { Length: 3 } ? new VoxelSize(Positive(size[0]), Positive(size[1]), Positive(size[2]))
                    : size is { Length: 2 } ? new VoxelSize(null, Positive(size[0]), Positive(size[1])) : default,
            },
            Chunk = ArrayVolume.ChunkOf(array, letters, SpatialShape(array.Shape, letters)),
            Dataset = dataset.TrimStart('/'),
            IsLabels = isLabels,
            Datasets = all,
        };
        return new ArrayVolume(description, letters, array, options.Time, file);
    }

    private static string Existing(string given, IReadOnlyList<VolumeDataset> all, string path) =>
        all.FirstOrDefault(d => d.Path.Trim('/') == given.Trim('/'))?.Path ?? throw new InvalidDataException(
            $"'{path}' has no array '{given}'; it has {(all.Count == 0 ? "none" : string.Join(", ", all.Take(20).Select(d => d.Path)))}.");

    private static (string Letters, string Source) Axes(Hdf5File file, Hdf5Array array, VolumeOpenOptions options, bool isLabels)
    {
        if (options.Axes is null && Tags(file.Text(array.Dataset, AxisTags)) is { } tags && tags.Length == array.Shape.Length)
            return (tags, AxisTags);
        (string letters, int[] lengths, string source) = AxisOrder.Resolve(array.Shape, options.Axes, !isLabels && !options.AsLabels, file.Path);
        return (ArrayVolume.Spread(letters, lengths, array.Shape), source);
    }

    /// <summary>Axes of VIGRA and ilastik: a JSON list of keys.</summary>
    private static string? Tags(string? json)
    {
        if (json is null)
            return null;
        try
        {
            string letters = string.Concat((JsonNode.Parse(json)?["axes"] as JsonArray ?? []).Select(a => a?["key"]?.ToString() ?? "?")).ToUpperInvariant();
            return letters.All(AxisOrder.Canonical.Contains) && letters.Distinct().Count() == letters.Length && letters.Contains('Y') && letters.Contains('X') ? letters : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;                                                  // not ours to understand: the shape decides
        }
    }

    private static double? Positive(double value) => LengthUnits.Times(value, 1);
}
