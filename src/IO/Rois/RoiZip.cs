using System.IO.Compression;
using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.IO.Rois;

/// <summary>Writes and reads ImageJ's ROI Manager archives: a zip with one <c>.roi</c> file per cell.</summary>
public static class RoiZip
{
    private const long LongestRoi = 64 << 20;

    /// <summary>Writes an archive.</summary>
    /// <param name="stream">Receives the zip; borrowed.</param>
    /// <param name="rois">The polygons; those without points are left out. Borrowed.</param>
    /// <returns>How many were written.</returns>
    /// <exception cref="ArgumentException">A point lies outside the range that ImageJ's coordinates have.</exception>
    public static int Write(Stream stream, IEnumerable<Roi> rois)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        int count = 0;
        foreach (Roi roi in rois.Where(r => r.Points.Count > 0))
        {
            int times = taken[roi.Name] = taken.GetValueOrDefault(roi.Name) + 1;
            string name = times == 1 ? roi.Name : $"{roi.Name}-{times}";  // the ROI Manager needs names of their own
            ZipArchiveEntry entry = zip.CreateEntry(name + ".roi", CompressionLevel.Fastest);
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);    // same input, same bytes
            using Stream target = entry.Open();
            target.Write(RoiCodec.Encode(roi with { Name = name }));
            count++;
        }
        return count;
    }

    /// <summary>Writes an archive of one plane's outlines, named by their labels.</summary>
    /// <param name="stream">Receives the zip; borrowed.</param>
    /// <param name="outlines">As <see cref="Outlines.Trace"/> gives them; borrowed.</param>
    /// <returns>How many were written; outlines without points are left out.</returns>
    public static int Write(Stream stream, IReadOnlyList<Outline> outlines)
    {
        int digits = Math.Max(4, $"{outlines.Select(o => o.Label).DefaultIfEmpty().Max()}".Length);
        return Write(stream, outlines.Select(o => new Roi(Name(o.Label, digits), o.Points)));
    }

    /// <summary>Reads an archive.</summary>
    /// <param name="stream">Seekable; borrowed.</param>
    /// <param name="name">Used in messages.</param>
    /// <returns>The polygons in the archive's order; other kinds of ROI are refused. Owned.</returns>
    /// <exception cref="InvalidDataException">Not a zip, or a damaged entry.</exception>
    /// <exception cref="NotSupportedException">A kind of ROI other than polygons.</exception>
    public static IReadOnlyList<Roi> Read(Stream stream, string name)
    {
        try
        {
            return ReadEntries(stream, name);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"'{name}' is a damaged zip file: {e.Message}", e);
        }
        catch (InvalidDataException e) when (!e.Message.Contains(name, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{name}' is no zip file, or a damaged one: {e.Message}", e);
        }
    }

    private static List<Roi> ReadEntries(Stream stream, string name)
    {
        var rois = new List<Roi>();
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        foreach (ZipArchiveEntry entry in zip.Entries.Where(e => e.FullName.EndsWith(".roi", StringComparison.OrdinalIgnoreCase)))
        {
            if (entry.Length > LongestRoi)
                throw new NotSupportedException($"'{name}': '{entry.Name}' has {entry.Length} bytes; at most {LongestRoi} are read.");
            byte[] bytes = new byte[entry.Length];
            using Stream source = entry.Open();
            if (source.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
                throw new InvalidDataException($"'{name}' ends inside '{entry.Name}'.");
            rois.Add(RoiCodec.Decode(bytes, Path.GetFileNameWithoutExtension(entry.Name), name));
        }
        return rois;
    }

    private static string Name(int label, int digits) => label.ToString("D" + digits, System.Globalization.CultureInfo.InvariantCulture);
}
