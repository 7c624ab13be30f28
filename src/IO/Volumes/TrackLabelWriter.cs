using Cellpose3D.Core2D;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>Writes a movie's masks painted by track, frame by frame: TIFF (TYX or TZYX) or OME-Zarr labels.</summary>
/// <remarks>
/// One frame is in memory at a time. OME-Zarr carries for every track its colour and <c>track_id</c>, <c>parent</c> and <c>lineage</c>
/// as <c>image-label</c> metadata. TIFF is uint16, and uint32 where a track's number is above 65,535; OME-Zarr is uint32.
/// </remarks>
public sealed class TrackLabelWriter : IDisposable
{
    private readonly string _path;
    private readonly TrackedMovie _movie;
    private readonly TrackSet _tracks;
    private readonly VolumeWriteOptions _options;
    private IVolumeOutput<int>? _output;
    private int[] _shape = [];
    private int _written;

    /// <summary>Prepares the file; nothing is written before the first frame.</summary>
    /// <param name="path">Where it appears once complete: .tif, .ome.tif, .zarr, or <c>image.zarr/labels/name</c>.</param>
    /// <param name="movie">The movie; borrowed.</param>
    /// <param name="tracks">Its tracks, which give the numbers; null for those of the solution as it is.</param>
    /// <param name="options">Chunks, compression and so on; time points, voxel size, interval and type are the movie's unless they are given.</param>
    /// <exception cref="ArgumentException">An extension that cannot be written.</exception>
    public TrackLabelWriter(string path, TrackedMovie movie, TrackSet? tracks = null, VolumeWriteOptions? options = null)
    {
        (_path, _movie, _tracks) = (path, movie, tracks ?? movie.Tracks());
        if (VolumeFile.FormatOf(path) == VolumeFormat.Hdf5)
            throw new ArgumentException($"a movie of labels is written to .tif, .ome.tif or .zarr; got '{path}'.", nameof(path));
        VolumeWriteOptions given = options ?? new VolumeWriteOptions();
        var colors = new TrackColors(_tracks);
        _options = given with
        {
            Times = Math.Max(1, movie.FrameCount),
            Channels = 1,
            VoxelSizeUm = given.VoxelSizeUm == default && movie.Spacing != SpacingUm.Unit ? new VoxelSize(movie.IsVolume ? movie.Spacing.Z : null, movie.Spacing.Y, movie.Spacing.X) : given.VoxelSizeUm,
            FrameIntervalS = given.FrameIntervalS ?? movie.FrameSeconds,
            Type = given.Type ?? (VolumeFile.FormatOf(path) != VolumeFormat.OmeZarr && _tracks.Tracks.All(t => t.Id <= ushort.MaxValue) ? PixelType.UInt16 : PixelType.UInt32),
            LabelDescriptions = [.. _tracks.Tracks.OrderBy(t => t.Id).Select(t => new LabelDescription(
                t.Id, colors.Of(t.Id), [new("track_id", t.Id), new("parent", t.ParentId), new("lineage", t.LineageId)]))],
        };
        _options.Validate();
    }

    /// <summary>Paints and writes the next frame.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c> as it was tracked, 0 = background; borrowed.</param>
    /// <exception cref="ArgumentException">Another shape than the frames before, or a label that was not tracked.</exception>
    /// <exception cref="InvalidOperationException">All frames were written.</exception>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public void WriteFrame(NdArray<int> labels)
    {
        if (_written == _movie.FrameCount)
            throw new InvalidOperationException($"all {_movie.FrameCount} frames were written.");
        NdArray<int> painted = TrackPainter.Paint(labels, _written, _movie.Solution.Detections, _tracks);
        if (_output is null)
        {
            _shape = labels.Shape;
            var shape = new VolumeShape(labels.Rank == 3 ? labels.Shape[0] : 1, labels.Shape[^2], labels.Shape[^1]);
            VolumeFormat format = VolumeFile.FormatOf(_path);
            _output = format == VolumeFormat.OmeZarr
                ? new OmeZarrStore<int>(VolumeFile.FolderOf(_path), shape, _options.Type!.Value, _options, isLabels: true)
                : new TiffVolumeOutput<int>(_path, shape, _options.Type!.Value, _options, isOme: format == VolumeFormat.OmeTiff);
        }
        else if (!labels.Shape.AsSpan().SequenceEqual(_shape))
            throw new ArgumentException($"frame {_written} is {string.Join(" x ", labels.Shape)}; frame 0 is {string.Join(" x ", _shape)}.", nameof(labels));
        _output.Write(_written, _output.Shape.All, painted.Data);
        _written++;
    }

    /// <summary>Finishes the file and gives it its name.</summary>
    /// <param name="cancellationToken">Cancelled, nothing is left and the old file stays.</param>
    /// <exception cref="InvalidOperationException">Frames are missing.</exception>
    public void Complete(CancellationToken cancellationToken = default)
    {
        if (_output is null || _written != _movie.FrameCount)
            throw new InvalidOperationException($"a movie of labels must have all of its {_movie.FrameCount} frames, and one at least; got {_written}.");
        _output.Complete(cancellationToken: cancellationToken);
    }

    /// <summary>Removes what was written unless <see cref="Complete"/> was reached.</summary>
    public void Dispose() => _output?.Dispose();
}
