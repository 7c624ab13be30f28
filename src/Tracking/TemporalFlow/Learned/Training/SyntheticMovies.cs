using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Training;
using Cellpose3D.Tracking.Synthesis;

namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>Makes synthetic movies to train, validate and calibrate heads on, each of them from its number alone.</summary>
/// <param name="seed">Movies of different seeds have nothing in common.</param>
/// <param name="diameter">Mean diameter of the cells in pixels; the model's own spares resizing.</param>
/// <param name="side">Pixels along Y and X.</param>
/// <param name="frames">Frames.</param>
/// <param name="defects">Rate of each kind of wrong mask in every third movie, 0 to 1.</param>
/// <param name="skipping">Whether every fifth movie keeps only every 2nd, 4th or 8th frame, as a microscope that comes by seldom.</param>
/// <remarks>Motion is 0.05 to 1.5 diameters a frame, all scales equally frequent.</remarks>
public sealed class SyntheticMovies(ulong seed, double diameter, int side = 176, int frames = 26, double defects = 0, bool skipping = false)
{
    private const ulong SoundMovies = 3, FullMovies = 5;
    private const int FirstOfNoTrack = 1_000_000;
    private const double Slowest = 0.05, Fastest = 1.5;                  // diameters a frame
    private const int VolumeDepth = 24, VolumeSide = 72, VolumeFrames = 8;

    /// <summary>Makes a movie.</summary>
    /// <param name="number">Its number.</param>
    public TemporalMovie Make(ulong number)
    {
        var random = new RandomStream(seed, 21, number);
        TimelapseOptions options = Draw(ref random) with { Frames = frames, Height = side, Width = side };
        if (skipping && number % FullMovies == FullMovies - 1)
        {
            int skip = 2 << random.NextBelow(3);
            double slower = Math.Sqrt(skip);                             // a walk of its own takes a cell so much farther
            options = options with { FrameSkip = skip, Motion = options.Motion / slower, CycleFrames = options.CycleFrames * slower };
        }
        return Make(options, number);
    }

    /// <summary>Makes a movie of small volumes whose voxels are cubes.</summary>
    /// <param name="number">Its number.</param>
    public TemporalMovie MakeVolume(ulong number)
    {
        var random = new RandomStream(seed, 22, number);
        return Make(Draw(ref random) with { Frames = VolumeFrames, Depth = VolumeDepth, Height = VolumeSide, Width = VolumeSide, Anisotropy = 1 }, number);
    }

    private TimelapseOptions Draw(ref RandomStream random) => new()
    {
        Seed = (long)(random.NextBits() >> 2),
        Diameter = diameter,
        Motion = Slowest * Math.Pow(Fastest / Slowest, random.NextUnit()),
        CycleFrames = 15 * Math.Pow(4, random.NextUnit()),               // divisions are rare: more of them
    };

    private TemporalMovie Make(TimelapseOptions options, ulong number)
    {
        var movie = new SyntheticMovie(options);
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
