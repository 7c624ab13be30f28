namespace Cellpose3D.IO.Volumes;

/// <summary>Finds the array that is meant in a file that holds several.</summary>
internal static class DatasetNames
{
    // what PlantSeg, ilastik, StarDist and people's own scripts call them, the likeliest first
    private static readonly string[] Images = ["raw", "image", "img", "data", "volume/data", "exported_data", "predictions", "volumes/raw", "main"];
    private static readonly string[] Labels = ["label", "labels", "segmentation", "masks", "mask", "gt", "volumes/labels", "exported_data"];

    /// <summary>Whether a path is called labels by its name.</summary>
    public static bool IsLabels(string path)
    {
        string name = path.Split('/')[^1];
        return name.StartsWith("label", StringComparison.OrdinalIgnoreCase) || name.StartsWith("segmentation", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("mask", StringComparison.OrdinalIgnoreCase) || name.Equals("gt", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The only array with 2 to 5 axes, or the one with a usual name.</summary>
    /// <param name="all">Every array of the file.</param>
    /// <param name="asLabels">Whether labels are wanted.</param>
    /// <param name="file">For messages.</param>
    /// <param name="spelling">How the user names an array of the file.</param>
    /// <exception cref="InvalidDataException">There is none, or none that is meant for certain.</exception>
    public static VolumeDataset Choose(IReadOnlyList<VolumeDataset> all, bool asLabels, string file, Func<string, string> spelling)
    {
        VolumeDataset[] fit = [.. all.Where(d => d.Shape.Count is >= 2 and <= 6)];
        if (fit.Length == 0)
            throw new InvalidDataException($"'{file}' must hold an array of 2 to 5 axes; it holds {(all.Count == 0 ? "none" : string.Join(", ", all.Select(Describe)))}.");
        if (fit.Length == 1)
            return fit[0];
        foreach (string name in asLabels ? Labels : Images)
        {
            if (fit.FirstOrDefault(d => d.Path.Trim('/').Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found)
                return found;
        }
        VolumeDataset[] kind = [.. fit.Where(d => IsLabels(d.Path) == asLabels)];
        return kind.Length == 1 ? kind[0] : throw new InvalidDataException(
            $"'{file}' holds {string.Join(", ", fit.Take(20).Select(Describe))}; name one: '{spelling(fit[0].Path.TrimStart('/'))}'.");
    }

    private static string Describe(VolumeDataset d) => $"{d.Path} [{string.Join(", ", d.Shape)}]";
}
