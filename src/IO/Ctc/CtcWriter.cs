using System.Globalization;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO.Ctc;

/// <summary>Writes a movie in the layout of the Cell Tracking Challenge: <c>maskTTT.tif</c> frame by frame, then <c>res_track.txt</c>.</summary>
/// <remarks>The folder appears whole by <see cref="Complete"/>, in place of an older result, or, disposed before, not at all.</remarks>
public sealed class CtcWriter : IDisposable
{
    /// <summary>The largest track number that its 16-bit masks can hold.</summary>
    public const int LargestLabel = ushort.MaxValue;

    private readonly AtomicFolder _folder;
    private readonly string _format;
    private readonly TrackRow[] _rows;
    private readonly int _frameCount;
    private int _written;

    /// <summary>Prepares to write.</summary>
    /// <param name="folder">For example <c>01_RES</c>.</param>
    /// <param name="rows">All tracks, split at gaps; borrowed.</param>
    /// <param name="frameCount">Frames that follow.</param>
    /// <exception cref="NotSupportedException">A track number is above 65,535.</exception>
    /// <exception cref="IOException">The folder is there and holds something else, or the place cannot be written to.</exception>
    public CtcWriter(string folder, IReadOnlyList<TrackRow> rows, int frameCount)
    {
        RequireFits(rows);
        (_rows, _frameCount) = ([.. rows], frameCount);
        _format = $"D{Math.Max(3, (frameCount - 1).ToString(CultureInfo.InvariantCulture).Length)}";
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        _folder = new AtomicFolder(full, CtcFolder.IsCtc, "result of the Cell Tracking Challenge");
    }

    /// <summary>Refuses track numbers that the format cannot hold.</summary>
    /// <param name="rows">All tracks; borrowed.</param>
    /// <exception cref="NotSupportedException">A track number is above 65,535.</exception>
    public static void RequireFits(IReadOnlyList<TrackRow> rows)
    {
        int largest = rows.Count == 0 ? 0 : rows.Max(r => r.Label);
        if (largest > LargestLabel)
            throw new NotSupportedException(
                $"the CTC format holds track numbers up to {LargestLabel}; this movie needs {largest}. Write GEFF with OME-Zarr labels or a uint32 TIFF instead.");
    }

    /// <summary>Writes the next frame.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, track numbers, each with a row; borrowed.</param>
    /// <param name="spacing">Voxel size noted in the file; null for none.</param>
    public void WriteFrame(NdArray<int> labels, VoxelSize? spacing = null)
    {
        if (_written == _frameCount)
            throw new InvalidOperationException($"{_frameCount} frames were announced; got another.");
        string name = $"mask{_written.ToString(_format, CultureInfo.InvariantCulture)}.tif";
        TiffWriter.WriteLabels(Path.Combine(_folder.Temporary, name), labels, options: new TiffWriterOptions { VoxelSizeUm = spacing ?? default });
        _written++;
    }

    /// <summary>Writes the track table and gives the folder its name.</summary>
    /// <exception cref="InvalidOperationException">Frames are missing.</exception>
    public void Complete()
    {
        if (_written != _frameCount)
            throw new InvalidOperationException($"{_frameCount} frames were announced; got {_written}.");
        CtcTrackFile.Write(Path.Combine(_folder.Temporary, "res_track.txt"), _rows);
        _folder.Commit();
    }

    /// <summary>Removes what was not completed.</summary>
    public void Dispose() => _folder.Dispose();
}
