using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO.TrackMate;

/// <summary>Reads and writes TrackMate's XML, in the layout of versions 7 and 8.</summary>
public static class TrackMateFile
{
    /// <summary>Reads a file with all of its features.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no TrackMate file, is damaged, or contradicts itself.</exception>
    public static TrackMateModel ReadModel(string path) =>
        File.Exists(path) ? TrackMateReader.Read(path) : throw new FileNotFoundException($"'{path}' does not exist.", path);

    /// <summary>Reads a file as a movie: places in micrometres, numbers of tracks where this program wrote them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keptTracksOnly">Whether only the tracks that the user's filters kept are linked; spots are all read. Default false.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no TrackMate file, is damaged, or contradicts itself.</exception>
    /// <exception cref="NotSupportedException">Tracks merge.</exception>
    public static TrackedMovie Read(string path, bool keptTracksOnly = false) => TrackMateMovie.From(ReadModel(path), $"'{path}'", keptTracksOnly);

    /// <summary>Writes a model; the file appears whole or not at all.</summary>
    /// <param name="path">Where it appears.</param>
    /// <param name="model">What it holds; borrowed.</param>
    /// <param name="outlines">Outlines of the spots of a frame, by spot, for those without one; asked once for every frame; null for none.</param>
    /// <exception cref="IOException">The folder is missing or cannot be written to.</exception>
    public static void WriteModel(string path, TrackMateModel model, Func<int, IReadOnlyDictionary<int, double[]>>? outlines = null) =>
        AtomicFile.Write(path, stream => TrackMateWriter.Write(stream, model, outlines));

    /// <summary>Writes a movie, in micrometres and seconds.</summary>
    /// <param name="path">Where it appears.</param>
    /// <param name="movie">The movie; borrowed.</param>
    /// <param name="masks">The masks of a frame as they were tracked, int32 <c>[Y, X]</c>, for outlines of spots; asked once for every frame; null for none. Not used for volumes, whose spots TrackMate shows as balls.</param>
    /// <exception cref="IOException">The folder is missing or cannot be written to.</exception>
    public static void Write(string path, TrackedMovie movie, Func<int, NdArray<int>>? masks = null) =>
        WriteModel(path, TrackMateMovie.ToModel(movie), masks is null || movie.IsVolume ? null : frame => TrackMateMovie.Outlines(movie, frame, masks(frame)));
}
