using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO.Ctc;

/// <summary>A movie of the Cell Tracking Challenge: a result (<c>01_RES</c>) or a truth (<c>01_GT</c> or its <c>TRA</c>).</summary>
public sealed class CtcFolder
{
    private readonly string[] _frames;

    private CtcFolder(string path, string tableFile, string[] frames, TrackRow[] rows, CtcSegmentation[] segmentations)
    {
        Path = path;
        TableFile = tableFile;
        _frames = frames;
        Rows = rows;
        Segmentations = segmentations;
    }

    /// <summary>The folder that holds the masks.</summary>
    public string Path { get; }

    /// <summary>The file of the track table.</summary>
    public string TableFile { get; }

    /// <summary>Number of frames.</summary>
    public int FrameCount => _frames.Length;

    /// <summary>The tracks, in the file's order.</summary>
    public IReadOnlyList<TrackRow> Rows { get; }

    /// <summary>Reference masks for SEG, by frame and plane; empty for a result.</summary>
    public IReadOnlyList<CtcSegmentation> Segmentations { get; }

    /// <summary>Whether a folder looks like one: masks and a track table.</summary>
    /// <param name="path">The folder.</param>
    public static bool IsCtc(string path) => Directory.Exists(path) && Candidates(path).Any(c => File.Exists(System.IO.Path.Combine(c.Folder, c.Table)));

    /// <summary>Opens a folder.</summary>
    /// <param name="path">A folder with <c>mask*.tif</c> and <c>res_track.txt</c>, or with <c>man_track*.tif</c> and <c>man_track.txt</c>, itself or in <c>TRA</c>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It has no track table, no masks, or misses a frame.</exception>
    public static CtcFolder Open(string path)
    {
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"'{path}' is not a folder.");
        foreach ((string folder, string prefix, string table) in Candidates(path))
        {
            string tablePath = System.IO.Path.Combine(folder, table);
            if (!File.Exists(tablePath))
                continue;
            string[] frames = CtcMaskFiles.Numbered(folder, prefix);
            if (frames.Length == 0)
                throw new InvalidDataException($"'{folder}' has '{table}' but no '{prefix}000.tif'.");
            string masks = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, "..", "SEG"));
            CtcSegmentation[] segmentations = prefix == "man_track" && Directory.Exists(masks)
                ? [.. CtcMaskFiles.Segmentations(masks).Select(s => new CtcSegmentation(s.Frame, s.Plane, s.Path)).OrderBy(s => s.Frame).ThenBy(s => s.Plane)]
                : [];
            return new CtcFolder(folder, tablePath, frames, CtcTrackFile.Read(tablePath), segmentations);
        }
        throw new InvalidDataException($"'{path}' has neither 'res_track.txt' nor 'man_track.txt'; name a folder in the layout of the Cell Tracking Challenge.");
    }

    /// <summary>Reads the masks of a frame.</summary>
    /// <param name="frame">Counted from 0.</param>
    /// <returns>int32 <c>[(Z,) Y, X]</c>, track numbers, 0 = background; owned by the caller.</returns>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public NdArray<int> ReadFrame(int frame) => LabelReader.Read(_frames[frame]);

    /// <summary>The file of a frame.</summary>
    /// <param name="frame">Counted from 0.</param>
    public string FrameFile(int frame) => _frames[frame];

    private static (string Folder, string Prefix, string Table)[] Candidates(string path) =>
    [
        (path, "mask", "res_track.txt"),
        (path, "man_track", "man_track.txt"),
        (System.IO.Path.Combine(path, "TRA"), "man_track", "man_track.txt"),
    ];
}
