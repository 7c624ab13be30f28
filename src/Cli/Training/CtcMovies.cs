using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Ctc;
using Cellpose3D.Tracking.TemporalFlow.Learned.Training;

namespace Cellpose3D.Cli.Training;

/// <summary>Movies with known tracks in the layout of the Cell Tracking Challenge: <c>01</c> with images, <c>01_GT</c> with the truth.</summary>
internal static class CtcMovies
{
    private const string TruthSuffix = "_GT";
    private const int MostFrames = 40;                                   // of one movie in memory; longer ones are cut into pieces

    /// <summary>Finds the pieces of the movies of folders.</summary>
    /// <param name="folders">Each the folder of images or of the truth.</param>
    /// <exception cref="CommandException">The other one is not there, or they differ in length.</exception>
    public static IReadOnlyList<Func<TemporalMovie>> Open(IEnumerable<string> folders)
    {
        var pieces = new List<Func<TemporalMovie>>();
        foreach (string named in folders)
        {
            string folder = Path.TrimEndingDirectorySeparator(named);
            string images = folder.EndsWith(TruthSuffix, StringComparison.Ordinal) ? folder[..^TruthSuffix.Length] : folder, truth = images + TruthSuffix;
            if (!Directory.Exists(images) || !Directory.Exists(truth))
                throw new CommandException(ExitCode.BadInput, $"'{named}': a movie to train on needs its images in '{images}' and its tracks in '{truth}'.");
            CtcFolder tracks = CtcFolder.Open(truth);
            string[] files = [.. Directory.EnumerateFiles(images, "t*.tif").Order(StringComparer.Ordinal)];
            if (files.Length != tracks.FrameCount)
                throw new CommandException(ExitCode.BadInput, $"'{images}' has {files.Length} images; '{truth}' has {tracks.FrameCount} frames.");
            for (int first = 0; first < files.Length; first += MostFrames)
            {
                int from = first, end = Math.Min(files.Length, first + MostFrames);
                if (end - from >= 2)
                    pieces.Add(() => Read(files, tracks, from, end));
            }
        }
        return pieces;
    }

    private static TemporalMovie Read(string[] files, CtcFolder tracks, int first, int end)
    {
        var images = new List<NdArray<float>>();
        var labels = new List<NdArray<int>>();
        for (int t = first; t < end; t++)
        {
            NdArray<float> image = ImageReader.Read(files[t]).Pixels;
            NdArray<int> frame = tracks.ReadFrame(t);
            if (frame.Rank != 2 || image.Length != frame.Length)
                throw new CommandException(ExitCode.BadInput, $"'{files[t]}' is {image}; frames to train on must be single planes of the size of their masks, {frame}.");
            images.Add(image.Reshape(frame.Shape));
            labels.Add(frame);
        }
        return new TemporalMovie(images, labels, tracks.Rows);
    }
}
