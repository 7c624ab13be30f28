using System.Globalization;

namespace Cellpose3D.IO.Ctc;

/// <summary>Finds numbered mask files of a folder: <c>mask012.tif</c>, <c>man_track012.tif</c>, <c>man_seg012.tif</c>, <c>man_seg_012_004.tif</c>.</summary>
internal static class CtcMaskFiles
{
    /// <summary>Files named prefix, digits, <c>.tif</c>, by number; none missing in between.</summary>
    /// <exception cref="InvalidDataException">A number is missing or stands twice.</exception>
    public static string[] Numbered(string folder, string prefix)
    {
        var byFrame = new SortedDictionary<int, string>();
        foreach (string file in Directory.EnumerateFiles(folder, prefix + "*.tif").Order(StringComparer.Ordinal))
        {
            if (!TryNumber(Path.GetFileNameWithoutExtension(file)[prefix.Length..], out int frame))
                continue;
            if (!byFrame.TryAdd(frame, file))
                throw new InvalidDataException($"'{folder}' has two files for frame {frame}: '{Path.GetFileName(byFrame[frame])}' and '{Path.GetFileName(file)}'.");
        }
        int expected = 0;
        foreach ((int frame, string file) in byFrame)
        {
            if (frame != expected)
            {
                int digits = Path.GetFileNameWithoutExtension(file).Length - prefix.Length;
                throw new InvalidDataException(
                    $"'{folder}' has no '{prefix}{expected.ToString($"D{digits}", CultureInfo.InvariantCulture)}.tif'; frames must be numbered from 0 without holes. An empty frame is an image of zeros.");
            }
            expected++;
        }
        return [.. byFrame.Values];
    }

    /// <summary>Frame and plane of each file of reference masks; the plane is null where a file holds the whole frame.</summary>
    public static IEnumerable<(int Frame, int? Plane, string Path)> Segmentations(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "man_seg*.tif").Order(StringComparer.Ordinal))
        {
            string[] parts = Path.GetFileNameWithoutExtension(file)["man_seg".Length..].Split('_', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 1 && TryNumber(parts[0], out int frame))
                yield return (frame, null, file);
            else if (parts.Length == 2 && TryNumber(parts[0], out frame) && TryNumber(parts[1], out int plane))
                yield return (frame, plane, file);
        }
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
