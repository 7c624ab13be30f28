using Cellpose3D.Core2D.Synthesis;
using Cellpose3D.Volume.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>A cell while a movie is simulated: where it is, how old, what it is about to do.</summary>
internal sealed class MovieCell
{
    private readonly SynthesisRandom _glow;

    public MovieCell(int id, MovieCell? mother, SynthesisRandom random, NucleusCharacter character)
    {
        (Id, Mother, Random, Character) = (id, mother, random, character);
        _glow = random.Fork(3);
    }

    /// <summary>Log of a factor on its light, which wanders: focus, stain and the cell's own doings.</summary>
    public double Glow { get; private set; }

    /// <summary>Lets <see cref="Glow"/> go on by one frame.</summary>
    /// <param name="spread">Its standard deviation.</param>
    public void Shimmer(double spread) => Glow = 0.8 * Glow + 0.6 * spread * _glow.Normal();

    public int Id { get; }

    public MovieCell? Mother { get; }

    /// <summary>What this cell does at random, apart from all others.</summary>
    public SynthesisRandom Random { get; }

    /// <summary>What it looks like, as long as it lives.</summary>
    public NucleusCharacter Character { get; }

    /// <summary>Centre, pixels of a plane along all axes.</summary>
    public Point3 Place { get; set; }

    /// <summary>Its own step, pixels a frame.</summary>
    public Point3 Velocity { get; set; }

    /// <summary>Factor on its own steps.</summary>
    public double Agility { get; set; } = 1;

    /// <summary>Direction of its long axis, of length 1.</summary>
    public Point3 Axis { get; set; }

    /// <summary>A direction across it, of length 1.</summary>
    public Point3 Across { get; set; }

    /// <summary>Long over short axis between divisions.</summary>
    public double Elongation { get; set; }

    /// <summary>Area (volume) at birth over the movie's mean.</summary>
    public double BirthSize { get; set; }

    /// <summary>Area (volume) at the next division over the movie's mean.</summary>
    public double FullSize { get; set; }

    /// <summary>Frames since birth, slowed in a crowd.</summary>
    public double Age { get; set; }

    /// <summary>Age of division.</summary>
    public double Cycle { get; set; }

    /// <summary>Frames since birth; large for cells that were there at the start.</summary>
    public int FramesSinceBirth { get; set; } = 1000;

    /// <summary>Frames in which it is seen to prepare its division.</summary>
    public int MitosisFrames { get; set; }

    /// <summary>Frames since it began to die, or -1.</summary>
    public int DyingFor { get; set; } = -1;

    /// <summary>Frames dying takes.</summary>
    public int DeathFrames { get; set; }

    /// <summary>Frames it stays invisible.</summary>
    public int HiddenFor { get; set; }

    public bool IsDead => DyingFor >= 0 && DyingFor >= DeathFrames;

    public bool HasDivided { get; set; }

    public double Remaining => Cycle - Age;

    public bool IsMitotic => DyingFor < 0 && Remaining <= MitosisFrames;

    public bool IsSplitting => DyingFor < 0 && Remaining <= 1;

    public CellPhase Phase =>
        DyingFor >= 0 ? CellPhase.Dying
        : IsSplitting ? CellPhase.Splitting
        : IsMitotic ? CellPhase.Rounding
        : FramesSinceBirth == 0 ? CellPhase.Daughter
        : CellPhase.Interphase;

    /// <summary>Kept by <see cref="TrackBook"/>: its track, or 0 before it was seen.</summary>
    public int Label { get; set; }

    /// <summary>Kept frame in which it was last seen, or -1.</summary>
    public int LastSeen { get; set; } = -1;

    /// <summary>Where it was then.</summary>
    public Point3 LastPlace { get; set; }

    /// <summary>Whether a descendant or later part of it has taken up its track.</summary>
    public bool IsContinued { get; set; }
}
