using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Synthesis;

namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>Makes synthetic movies to train, validate and calibrate heads on, each of them from its number alone.</summary>
/// <param name="seed">Movies of different seeds have nothing in common.</param>
/// <param name="diameter">Mean diameter of the cells in pixels; the model's own spares resizing.</param>
/// <param name="side">Pixels along Y and X.</param>
/// <param name="frames">Frames.</param>
/// <param name="defects">Rate of each kind of wrong mask in every third movie, 0 to 1.</param>
/// <param name="slowest">Least motion, in diameters a frame; the most is 1.5, and all scales between are equally frequent.</param>
public sealed class SyntheticMovies(ulong seed, double diameter, int side = 176, int frames = 26, double slowest = 0.05, double defects = 0)
{
    private const ulong SoundMovies = 3;
    private const int FirstOfNoTrack = 1_000_000;
    private const double Fastest = 1.5;                                  // diameters a frame

    /// <summary>Makes a movie.</summary>
    /// <param name="number">Its number.</param>
    public TemporalMovie Make(ulong number)
    {
        var random = new Core2D.Training.RandomStream(seed, 21, number);
        var movie = new SyntheticMovie(new TimelapseOptions
        {
            Seed = (long)(random.NextBits() >> 2),
            Frames = frames,
            Height = side,
            Width = side,
            Diameter = diameter,
            Motion = slowest * Math.Pow(Fastest / slowest, random.NextUnit()),
            CycleFrames = 15 * Math.Pow(4, random.NextUnit()),           // divisions are rare: more of them
        });
        var images = new List<NdArray<float>>();
        var labels = new List<NdArray<int>>();
        MaskDegrader? degrader = defects > 0 && number % SoundMovies == 0 ? new MaskDegrader(MaskDefects.Of(defects), movie.Options.Seed) : null;
        foreach (SyntheticFrame frame in movie.Frames())
        {
            images.Add(frame.Image!);
            labels.Add(degrader is null ? frame.Labels : Named(degrader.Degrade(frame.Labels, frame.Index)));
        }
        return new TemporalMovie(images, labels, movie.Rows);
    }

    /// <summary>Wrong masks under the names of the tracks they come from; false ones, and second pieces of a cell, under numbers of no track.</summary>
    private static NdArray<int> Named(DegradedFrame frame)
    {
        var taken = new HashSet<int>();
        var names = new Dictionary<int, int> { [0] = 0 };
        foreach (DegradedMask mask in frame.Masks)
        {
            int track = mask.Sources.FirstOrDefault(taken.Add);
            names[mask.Label] = track > 0 ? track : FirstOfNoTrack + mask.Label;
        }
        return new NdArray<int>([.. frame.Labels.Data.Select(l => names[l])], frame.Labels.Shape);
    }
}
