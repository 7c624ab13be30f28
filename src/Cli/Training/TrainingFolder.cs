using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Training;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Training;

/// <summary>Finds images with their labels in a folder.</summary>
/// <remarks>
/// Pairs are <c>x_img.*</c> with <c>x_masks.*</c>, Cellpose's <c>x.*</c> with <c>x_masks.*</c>, or <c>x.*</c> with <c>x_seg.npy</c>.
/// </remarks>
internal static class TrainingFolder
{
    private static readonly string[] LabelEndings = ["_masks.tif", "_masks.tiff", "_masks.png", "_masks.npy", "_seg.npy"];

    /// <summary>Reads the pairs of a folder one by one, in order of name; the folder's path is the set's name.</summary>
    /// <param name="folder">Looked at one level deep.</param>
    /// <param name="chan">Channel of the cells; 0 = mean of all.</param>
    /// <param name="chan2">Channel of the nuclei; 0 = none.</param>
    /// <param name="cancellationToken">Checked before every image.</param>
    /// <exception cref="CommandException">There is no such folder, or no pair in it.</exception>
    public static IEnumerable<LabelledImage> Read(string folder, int chan, int chan2, CancellationToken cancellationToken)
    {
        (string Image, string Labels)[] pairs = Pairs(folder);
        if (pairs.Length == 0)
            throw new CommandException(ExitCode.BadInput, $"folder '{folder}' holds no image with labels; name them x_img.tif and x_masks.tif, x.tif and x_masks.tif, or x.tif and x_seg.npy.");
        foreach ((string imagePath, string labelPath) in pairs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LoadedImage image = ImageReader.Read(imagePath, null, cancellationToken);
            NdArray<int> labels = LabelReader.Read(labelPath, null, cancellationToken);
            IReadOnlyList<NdArray<float>> planes = ImagePlanes.Split(image, chan, chan2);
            int size = planes[0].Shape[1] * planes[0].Shape[2];
            if (labels.Length != planes.Count * size || !labels.Shape.AsSpan(labels.Rank - 2).SequenceEqual(planes[0].Shape.AsSpan(1)))
                throw new InvalidDataException($"'{labelPath}' is [{string.Join(", ", labels.Shape)}]; '{imagePath}' is [{string.Join(", ", image.Pixels.Shape)}] ({image.Axes}): labels must have the image's planes.");
            for (int n = 0; n < planes.Count; n++)
            {
                var plane = new NdArray<int>(labels.Span.Slice(n * size, size).ToArray(), labels.Shape[^2..]);
                yield return new LabelledImage(planes.Count == 1 ? imagePath : $"{imagePath}, plane {n}", planes[n], plane, folder);
            }
        }
    }

    private static (string Image, string Labels)[] Pairs(string folder)
    {
        if (!Directory.Exists(folder))
            throw new CommandException(ExitCode.BadInput, $"folder '{folder}' does not exist; name a folder of images with labels.");
        return [.. InputImages.InFolder(folder)
            .Select(image => (image, LabelsOf(image)))
            .Where(p => p.Item2 is not null)
            .Select(p => (p.image, p.Item2!))];
    }

    private static string? LabelsOf(string image)
    {
        string stem = Path.Combine(Path.GetDirectoryName(image)!, InputImages.Stem(image));
        string[] stems = stem.EndsWith("_img", StringComparison.Ordinal) ? [stem[..^4], stem] : [stem];
        return stems.SelectMany(s => LabelEndings.Select(e => s + e)).FirstOrDefault(File.Exists);
    }
}
