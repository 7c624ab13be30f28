using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Zarr;

/// <summary>Opens OME-Zarr images, and plain Zarr arrays, as volumes.</summary>
internal static class ZarrVolumes
{
    private const int DeepestSearch = 4;

    /// <summary>Whether a folder is a group or an array of Zarr.</summary>
    public static bool IsZarr(string folder) =>
        File.Exists(Path.Combine(folder, "zarr.json")) || File.Exists(Path.Combine(folder, ".zarray"))
        || File.Exists(Path.Combine(folder, ".zgroup")) || File.Exists(Path.Combine(folder, ".zattrs"));

    public static VolumeReader Open(string path, VolumeOpenOptions options)
    {
        string folder = Path.TrimEndingDirectorySeparator(path);
        if (options.Dataset is { } dataset)
        {
            folder = Path.Combine(folder, dataset.Trim('/'));
            if (!IsZarr(folder))
                throw new InvalidDataException($"'{path}' has no array or group '{dataset}'; it has {Listing(path)}.");
        }
        return OpenNode(path, folder, options);
    }

    private static ArrayVolume OpenNode(string path, string folder, VolumeOpenOptions options)
    {
        if (ZarrHeader.Read(folder) is { } header)
        {
            // an array that is one resolution of the image around it
            string parent = Path.GetDirectoryName(Path.GetFullPath(folder)) ?? folder;
            if (OmeMultiscales.Read(parent) is { } around && around.LevelOf(Path.GetFileName(folder)) is { } level)
                return OpenImage(path, parent, around, options with { Level = level });
            return OpenPlain(path, folder, header, options);
        }
        if (OmeMultiscales.Read(folder) is { } image)
        {
            string[] labels = options.AsLabels && !image.IsLabels ? LabelsOf(folder) : [];
            if (labels.Length > 1)
                throw new InvalidDataException($"'{path}' has labels {string.Join(", ", labels)}; name one: '{path}/labels/{labels[0]}'.");
            string only = labels.Length == 1 ? Path.Combine(folder, "labels", labels[0]) : "";
            return labels.Length == 1 && OmeMultiscales.Read(only) is { } inside ? OpenImage(path, only, inside, options) : OpenImage(path, folder, image, options);
        }
        JsonObject attributes = OmeMultiscales.Attributes(folder) ?? throw new InvalidDataException($"'{folder}' is a folder without Zarr metadata (zarr.json, .zarray, .zgroup).");
        JsonObject ome = attributes["ome"] as JsonObject ?? attributes;
        if (ome["plate"] is not null || ome["well"] is not null)
            throw new NotSupportedException($"'{folder}' is a plate or well of several images; name one of them, for example '{path}/A/1/0'.");
        if (ome["bioformats2raw.layout"] is not null && IsZarr(Path.Combine(folder, "0")))
            return OpenNode(path, Path.Combine(folder, "0"), options);
        VolumeDataset[] arrays = [.. Arrays(folder)];
        VolumeDataset chosen = DatasetNames.Choose(arrays, options.AsLabels, path, inside => $"{path}/{inside}");
        string at = Path.Combine(folder, chosen.Path);
        return OpenPlain(path, at, ZarrHeader.Read(at)!, options);
    }

    private static ArrayVolume OpenImage(string path, string folder, OmeMultiscales image, VolumeOpenOptions options)
    {
        if (options.Level < 0 || options.Level >= image.Levels.Length)
            throw new ArgumentException($"level must be 0 to {image.Levels.Length - 1} for '{path}'; got {options.Level}.", nameof(options));
        ZarrArray[] arrays = [.. image.Levels.Select(level => LevelArray(folder, level.Path, image.Axes.Length))];
        ZarrArray array = arrays[options.Level];
        string letters = options.Axes is { } given ? Given(given, array.Shape, path) : image.Letters;
        (VoxelSize size, double? interval, bool isGuessed) = image.Spacing(image.Levels[options.Level]);
        string source = $"OME-Zarr {image.Version}" + (isGuessed ? ", no unit: taken as micrometres" : "");
        VolumeDescription description = Describe(path, folder, array, letters, $"OME-Zarr {image.Version}", options.Axes is not null ? AxisOrder.OverrideSource : source) with
        {
            Dataset = Path.GetRelativePath(path, Path.Combine(folder, image.Levels[options.Level].Path)),
            IsLabels = image.IsLabels,
            Levels = [.. image.Levels.Select((level, n) => new VolumeLevel(level.Path, SpatialShape(arrays[n].Shape, letters), image.Spacing(level).Size))],
            Datasets = [.. LabelsOf(folder).Select(name => new VolumeDataset($"labels/{name}", [], "labels"))],
        };
        description = description with { Image = description.Image with { VoxelSizeUm = size, FrameIntervalS = interval, ChannelNames = image.ChannelNames } };
        return new ArrayVolume(description, letters, array, options.Time);
    }

    private static ArrayVolume OpenPlain(string path, string folder, ZarrHeader header, VolumeOpenOptions options)
    {
        if (options.Level != 0)
            throw new ArgumentException($"'{path}' is an array without further resolutions; leave the level out; got {options.Level}.", nameof(options));
        var array = new ZarrArray(folder, header);
        string letters, source;
        if (options.Axes is null && header.Names is { } names && names.All(n => n.Length == 1 && AxisOrder.Canonical.Contains(char.ToUpperInvariant(n[0])))
            && names.Length == header.Shape.Length && names.Select(n => n.ToUpperInvariant()).Distinct().Count() == names.Length)
        {
            (letters, source) = (string.Concat(names).ToUpperInvariant(), "names of the dimensions");
        }
        else
        {
            (string found, int[] lengths, source) = AxisOrder.Resolve(header.Shape, options.Axes, !options.AsLabels, path);
            letters = ArrayVolume.Spread(found, lengths, header.Shape);
        }
        VolumeDescription description = Describe(path, folder, array, letters, $"Zarr {header.Version}", source);
        return new ArrayVolume(description with { Dataset = Path.GetRelativePath(path, folder) is "." ? "" : Path.GetRelativePath(path, folder) }, letters, array, options.Time);
    }

    private static VolumeDescription Describe(string path, string folder, ZarrArray array, string letters, string format, string source)
    {
        if (array.Shape.Any(length => length < 1))
            throw new InvalidDataException($"every axis of '{folder}' must be 1 or longer; got [{string.Join(", ", array.Shape)}].");
        (string axes, int[] shape) = AxisOrder.Squeeze(letters, array.Shape);
        return new VolumeDescription
        {
            Image = new ImageInfo { Path = path, Format = format, Axes = axes, Shape = shape, PixelType = array.Type, AxesSource = source, Compression = array.Compression },
            Chunk = ArrayVolume.ChunkOf(array, letters, SpatialShape(array.Shape, letters)),
            Datasets = [],
        };
    }

    private static ZarrArray LevelArray(string folder, string level, int rank)
    {
        string at = Path.Combine(folder, level);
        ZarrHeader header = ZarrHeader.Read(at) ?? throw new InvalidDataException($"the multiscales of '{folder}' name the array '{level}', which is not there: a part of the store is missing.");
        return header.Shape.Length == rank ? new ZarrArray(at, header)
            : throw new InvalidDataException($"array '{at}' has {header.Shape.Length} axes; the multiscales of '{folder}' name {rank}.");
    }

    private static string Given(string axes, int[] shape, string path)
    {
        (string letters, int[] lengths, _) = AxisOrder.Resolve(shape, axes, mayHaveChannels: true, path);
        return ArrayVolume.Spread(letters, lengths, shape);
    }

    private static VolumeShape SpatialShape(int[] shape, string letters)
    {
        return new VolumeShape(Length('Z'), Length('Y'), Length('X'));

        int Length(char letter) => letters.IndexOf(letter, StringComparison.Ordinal) is int axis and >= 0 ? shape[axis] : 1;
    }

    private static string[] LabelsOf(string folder)
    {
        JsonObject? attributes = OmeMultiscales.Attributes(Path.Combine(folder, "labels"));
        JsonNode? list = (attributes?["ome"] as JsonObject ?? attributes)?["labels"];
        return [.. (list as JsonArray ?? []).Select(n => n?.ToString() ?? "").Where(n => n.Length > 0)];
    }

    private static IEnumerable<VolumeDataset> Arrays(string folder, string inside = "", int depth = 0)
    {
        if (depth > DeepestSearch || !Directory.Exists(folder))
            yield break;
        foreach (string child in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            string name = inside.Length == 0 ? Path.GetFileName(child) : $"{inside}/{Path.GetFileName(child)}";
            if (!IsZarr(child))
                continue;
            if (ZarrHeader.Read(child) is { } header)
            {
                yield return new VolumeDataset(name, [.. header.Shape.Select(l => (long)l)], header.Type.Name());
                continue;
            }
            foreach (VolumeDataset deeper in Arrays(child, name, depth + 1))
                yield return deeper;
        }
    }

    private static string Listing(string path)
    {
        string[] names = [.. Arrays(path).Select(a => a.Path).Take(20)];
        return names.Length == 0 ? "none" : string.Join(", ", names);
    }
}
