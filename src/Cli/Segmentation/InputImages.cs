using Cellpose3D.Cli.Reporting;
using Cellpose3D.IO.Volumes;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>Finds the images that files and folders on the command line stand for.</summary>
internal static class InputImages
{
    private static readonly string[] Extensions = [".tif", ".tiff", ".png", ".jpg", ".jpeg", ".npy", ".npz"];

    // what annotators and programs, this one among them, put beside images
    private static readonly string[] NotImages =
    [
        "_masks", "_mask", "_labels", "_label", "_seg", "_flows", "_outlines", "_cp_output", "_cp_masks", "_gt", "_dP_cp_masks",
    ];

    /// <summary>Lists the images, folders expanded one level deep and sorted by name.</summary>
    /// <param name="paths">Files and folders; a file is taken whatever its name.</param>
    /// <exception cref="CommandException">A folder holds no image.</exception>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> paths)
    {
        var files = new List<string>();
        foreach (string path in paths)
        {
            if (!Directory.Exists(path) || VolumeFile.IsContainer(path))
            {
                files.Add(path);
                continue;
            }
            string[] found = [.. InFolder(path).Concat(ContainersIn(path)).Order(StringComparer.Ordinal)];
            if (found.Length == 0)
                throw new CommandException(ExitCode.BadInput, $"folder '{path}' holds no image ({string.Join(", ", Extensions)}, HDF5, Zarr; names ending in _masks, _flows and the like are passed over).");
            files.AddRange(found);
        }
        return files;
    }

    /// <summary>The images of a folder, one level deep, sorted by name; labels and results beside them are passed over.</summary>
    public static string[] InFolder(string folder) => [.. Directory.EnumerateFiles(folder).Where(IsImage).Order(StringComparer.Ordinal)];

    /// <summary>The name results are built on: the file's name without its extension (and without <c>.ome</c>).</summary>
    public static string Stem(string path)
    {
        string stem = Path.GetFileNameWithoutExtension(FileOf(path));
        return stem.EndsWith(".ome", StringComparison.OrdinalIgnoreCase) ? stem[..^4] : stem;
    }

    /// <summary>The file or folder of a path that may name an array in it, as in <c>cells.h5:/raw</c>.</summary>
    public static string FileOf(string path)
    {
        int inside = path.LastIndexOf(":/", StringComparison.Ordinal);
        bool isArray = inside > 0 && !File.Exists(path) && !Directory.Exists(path);
        return Path.TrimEndingDirectorySeparator(isArray ? path[..inside] : path);
    }

    private static IEnumerable<string> ContainersIn(string folder) => Directory.EnumerateFileSystemEntries(folder)
        .Where(path => IsMeantAsImage(path) && !Extensions.Contains(Path.GetExtension(path).ToLowerInvariant()) && VolumeFile.IsContainer(path));

    private static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path).ToLowerInvariant()) && IsMeantAsImage(path);

    private static bool IsMeantAsImage(string path)
    {
        string stem = Stem(path);
        return !stem.StartsWith('.') && !NotImages.Any(s => stem.EndsWith(s, StringComparison.OrdinalIgnoreCase));
    }
}
