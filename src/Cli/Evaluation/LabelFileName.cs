namespace Cellpose3D.Cli.Evaluation;

/// <summary>What the name of a label file says: which image it belongs to, and what kind of file it is.</summary>
internal static class LabelFileName
{
    /// <summary>Extensions of files that may hold labels, in the order of preference when one label image is there several times.</summary>
    public static readonly string[] Extensions = [".tif", ".tiff", ".png", ".npy", ".npz", ".zarr", ".h5", ".hdf5"];

    // Endings that make a file a label image, and those of files that stand beside label images and are none.
    private static readonly string[] Truth = ["_gt", "_labels", "_label", "_masks", "_mask"];
    private static readonly string[] Other = ["_cp_masks", "_ref_masks", "_seg", "_img"];
    private static readonly string[] NoLabels = ["_flows", "_outlines", "_cp_output", "_rois", "_cellprob", "_prob", "_probs"];

    // Longest first: "_cp_masks" ends in "_masks" too.
    private static readonly string[] Endings = [.. Truth.Concat(Other).OrderByDescending(ending => ending.Length)];

    /// <summary>Whether a file may hold labels, judged by its name.</summary>
    public static bool MayBeLabels(string fileName)
    {
        string name = WithoutExtension(fileName);
        return Extensions.Contains(Path.GetExtension(fileName), StringComparer.OrdinalIgnoreCase)
            && !fileName.StartsWith('.')
            && !Array.Exists(NoLabels, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The name of the image a label file belongs to: without extension, <c>.ome</c> and the usual endings.</summary>
    public static string Stem(string fileName)
    {
        string name = WithoutExtension(fileName);
        while (Ending(name) is { Length: > 0 } ending && ending.Length < name.Length)
            name = name[..^ending.Length];
        return name;
    }

    /// <summary>The preference among files of one stem in a folder; smaller is better.</summary>
    /// <param name="fileName">The file's name.</param>
    /// <param name="truth">Whether annotations are looked for, or else predictions, which tools call <c>_cp_masks</c>.</param>
    public static int Rank(string fileName, bool truth) => Ending(WithoutExtension(fileName)) switch
    {
        "_cp_masks" => truth ? 2 : 0,
        "_ref_masks" => 1,
        "_seg" => 3,
        "_img" => 5,                                                     // the image itself, unless there is nothing else
        "" => 4,
        _ => truth ? 0 : 2,
    };

    private static string Ending(string name) =>
        Array.Find(Endings, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) ?? "";

    private static string WithoutExtension(string fileName)
    {
        string extension = Path.GetExtension(fileName);
        string name = Extensions.Contains(extension, StringComparer.OrdinalIgnoreCase) ? fileName[..^extension.Length] : fileName;
        return name.EndsWith(".ome", StringComparison.OrdinalIgnoreCase) && name.Length > 4 ? name[..^4] : name;
    }
}
