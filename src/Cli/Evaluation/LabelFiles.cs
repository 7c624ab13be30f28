using Cellpose3D.Cli.Segmentation;
using Cellpose3D.IO.Volumes;

namespace Cellpose3D.Cli.Evaluation;

/// <summary>The label files of one file or folder, by the name of the image they belong to.</summary>
internal static class LabelFiles
{
    /// <summary>Lists label files; of several for one image the likeliest is taken.</summary>
    /// <param name="path">A file, a Zarr store, an array in either (<c>cells.h5:/label</c>), or a folder whose own files are listed.</param>
    /// <param name="truth">Whether annotations are looked for, or else predictions.</param>
    /// <returns>Path by stem, ordered by stem.</returns>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="InvalidDataException">The folder has no label file, or two that could each be meant.</exception>
    public static SortedDictionary<string, string> Find(string path, bool truth)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (IsOne(path))
        {
            files[LabelFileName.Stem(Path.GetFileName(InputImages.FileOf(path)))] = path;
            return files;
        }
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"the {(truth ? "truth" : "prediction")} '{path}' does not exist.", path);

        IEnumerable<string> candidates = Directory.EnumerateFiles(path).Concat(Directory.EnumerateDirectories(path).Where(VolumeFile.IsContainer))
            .Where(file => LabelFileName.MayBeLabels(Path.GetFileName(file)));
        foreach (IGrouping<string, string> image in candidates.GroupBy(file => LabelFileName.Stem(Path.GetFileName(file))))
            files[image.Key] = Likeliest([.. image.Order(StringComparer.Ordinal)], truth);
        return files.Count > 0
            ? files
            : throw new InvalidDataException($"'{path}' has no label files ({string.Join(", ", LabelFileName.Extensions)}).");
    }

    /// <summary>Whether a path is one label image, be it a file, a store, or an array in one, rather than a folder of several.</summary>
    public static bool IsOne(string path) => File.Exists(path) || VolumeFile.IsContainer(path);

    private static string Likeliest(string[] files, bool truth)
    {
        int best = files.Min(file => LabelFileName.Rank(Path.GetFileName(file), truth));
        string[] ranked = [.. files.Where(file => LabelFileName.Rank(Path.GetFileName(file), truth) == best)
            .OrderBy(file => Array.FindIndex(LabelFileName.Extensions, e => e.Equals(Path.GetExtension(file), StringComparison.OrdinalIgnoreCase)))];
        foreach (string other in ranked.AsSpan(1))
        {
            if (Path.GetFileNameWithoutExtension(other) != Path.GetFileNameWithoutExtension(ranked[0]))
            {
                throw new InvalidDataException($"'{Path.GetFileName(ranked[0])}' and '{Path.GetFileName(other)}' in '{Path.GetDirectoryName(other)}' "
                    + "could each be the labels of one image; move one of them elsewhere.");
            }
        }
        return ranked[0];
    }
}
