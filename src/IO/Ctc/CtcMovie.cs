using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.TemporalFlow;

namespace Cellpose3D.IO.Ctc;

/// <summary>Turns a movie in the layout of the Cell Tracking Challenge into a tracked movie and back, one frame in memory at a time.</summary>
public static class CtcMovie
{
    /// <summary>Reads tracks and measures their masks; a mask's label is the number of its track.</summary>
    /// <param name="folder">The opened folder.</param>
    /// <param name="spacing">Size of a voxel, which the layout does not hold; null for 1 um.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1], after every frame.</param>
    /// <param name="cancellationToken">Checked before every frame.</param>
    /// <exception cref="InvalidDataException">A file is damaged, frames differ in size, or rows and masks disagree.</exception>
    public static TrackedMovie Read(CtcFolder folder, SpacingUm? spacing = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        SpacingUm voxel = spacing ?? SpacingUm.Unit;
        var cells = new DetectionTable();
        int[] shape = [];
        for (int t = 0; t < folder.FrameCount; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            NdArray<int> labels = folder.ReadFrame(t);
            if (t == 0)
                shape = labels.Shape;
            else if (!labels.Shape.AsSpan().SequenceEqual(shape))
                throw new InvalidDataException($"'{folder.FrameFile(t)}' is {string.Join(" x ", labels.Shape)}; '{folder.FrameFile(0)}' is {string.Join(" x ", shape)}.");
            cells.Add(CellMeasurer.Measure(labels, null, t, voxel));
            progress?.Report((t + 1.0) / folder.FrameCount);
        }
        return new TrackedMovie { Solution = SolutionFromRows.Build(cells, folder.Rows, $"'{folder.TableFile}'"), Spacing = voxel, Shape = shape };
    }

    /// <summary>Writes a movie: masks painted by track, and the track table.</summary>
    /// <param name="folder">For example <c>01_RES</c>; made where it is missing.</param>
    /// <param name="movie">The movie; borrowed.</param>
    /// <param name="masks">The masks of a frame as they were tracked, int32 <c>[(Z,) Y, X]</c>; asked once for every frame.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1], after every frame.</param>
    /// <param name="cancellationToken">Checked before every frame.</param>
    /// <exception cref="NotSupportedException">A track's number is above 65,535.</exception>
    public static void Write(string folder, TrackedMovie movie, Func<int, NdArray<int>> masks, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        TrackSet tracks = movie.Tracks(splitAtGaps: true);
        using var writer = new CtcWriter(folder, tracks.Rows(), movie.FrameCount);
        var size = new VoxelSize(movie.IsVolume ? movie.Spacing.Z : null, movie.Spacing.Y, movie.Spacing.X);
        for (int t = 0; t < movie.FrameCount; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.WriteFrame(TrackPainter.Paint(masks(t), t, movie.Solution.Detections, tracks), size);
            progress?.Report((t + 1.0) / movie.FrameCount);
        }
        writer.Complete();
    }
}
