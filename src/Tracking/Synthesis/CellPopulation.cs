using Cellpose3D.Core2D.Synthesis;
using Cellpose3D.Volume.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>The cells of a movie and a little around it: they grow, divide, die, wander, drift, and push each other apart.</summary>
/// <remarks>
/// Each cell draws from a stream of its own, so a change of one leaves the others' fates. The box is a torus: what leaves on one
/// side is replaced by another cell on the other, out of view, so the number of cells does not depend on the drift.
/// </remarks>
internal sealed class CellPopulation
{
    private const double MeanSize = 0.96;                                // of ages as they are in a growing culture
    private const int MostCrowdedShare = 4;                              // crowding may grow so many times, at most to the limit
    private const double CrowdLimit = 0.75;

    private readonly MovieScene _scene;
    private readonly FlowField _flow;
    private readonly SynthesisRandom _random;
    private readonly double _ownStep, _flowStep, _jitter, _crowdLimit;
    private readonly Point3 _drift;
    private List<MovieCell> _cells = [];
    private int _lastId, _frame;

    public CellPopulation(MovieScene scene)
    {
        (_scene, _flow, _random) = (scene, new FlowField(scene), scene.LayoutRandom());
        double power = scene.Motion * scene.Diameter;
        power *= power * (scene.IsFlat ? 4 / Math.PI : 3 * Math.PI / 8); // a step of this mean length has this mean square
        _flowStep = Math.Sqrt(power * scene.FlowShare);
        _ownStep = Math.Sqrt(power * Math.Max(0, 1 - scene.FlowShare - scene.DriftShare) / (scene.IsFlat ? 2 : 2.25));
        (double sin, double cos) = PortableMath.SinCos(_random.Angle());
        _drift = new Point3(0, sin, cos) * Math.Sqrt(0.8 * power * scene.DriftShare);
        _jitter = Math.Sqrt(0.1 * power * scene.DriftShare);
        _crowdLimit = Math.Min(CrowdLimit, Math.Max(0.15, MostCrowdedShare * scene.Crowding));
        Populate();
    }

    /// <summary>The cells that live now, by id, some of them out of view.</summary>
    public IReadOnlyList<MovieCell> Cells => _cells;

    /// <summary>Cells that died in the last step.</summary>
    public List<MovieCell> Dead { get; } = [];

    /// <summary>Goes on by one frame.</summary>
    public void Step()
    {
        _frame++;
        Dead.Clear();
        double covered = _cells.Sum(c => NucleusForm.Of(c, _scene).MeanRadius(_scene.IsFlat) is double r ? (_scene.IsFlat ? Math.PI * r * r : 4.18879 * r * r * r) : 0);
        double growth = Math.Clamp((_crowdLimit - covered / _scene.Room) / 0.1, 0, 1);
        var next = new List<MovieCell>(_cells.Count);
        foreach (MovieCell cell in _cells)
        {
            Live(cell, growth);
            if (cell.IsDead)
                Dead.Add(cell);
            else
                next.Add(cell);
        }
        Point3 shift = _drift + new Point3(_scene.IsFlat ? 0 : 0.3 * _random.Normal(), _random.Normal(), _random.Normal()) * _jitter;
        for (int n = 0; n < next.Count; n++)
            Move(next[n], shift);
        var born = new List<MovieCell>();
        next.RemoveAll(cell =>
        {
            if (cell.DyingFor >= 0 || cell.Remaining > 0 || next.Count + born.Count / 2 >= _scene.Options.MaxCells)
                return false;
            born.AddRange(Divide(cell));
            return true;
        });
        next.AddRange(born);
        _cells = next;
        PushApart(3);
        for (int n = 0; n < _cells.Count; n++)
            _cells[n] = Wrapped(_cells[n]);
        _cells.Sort((a, b) => a.Id.CompareTo(b.Id));
    }

    private void Populate()
    {
        int count = (int)Math.Min(_scene.Options.MaxCells, Math.Floor(_scene.Crowding * _scene.Room / (MeanSize * _scene.CellRoom) + 0.5));
        double spacing = _scene.Diameter * Math.Clamp(0.95 - 0.5 * _scene.Crowding, 0.55, 0.95), patchiness = _random.Chance(0.5) ? _random.Uniform(0, 0.8) : 0;
        var patches = new FlowField(_scene);                             // as good a smooth field as any
        List<Point3> places = SeedPoints.Scatter(_random, _scene.Low, _scene.High, count, spacing, 0, p =>
            patchiness == 0 || _random.Uniform() > patchiness * PortableMath.SmoothStep(-0.6, 0.9, patches.At(p, 40).X));
        foreach (Point3 place in places)
            _cells.Add(Stranger(place));
        PushApart(15);
    }

    private MovieCell Stranger(Point3 place)
    {
        int id = ++_lastId;
        SynthesisRandom random = _scene.CellRandom(id);
        MovieStyle style = _scene.Style;
        var cell = new MovieCell(id, null, random, new NucleusCharacter(random.Fork(1), style, Math.Clamp(0.6 * random.LogNormal(style.Variety), 0.15, 2.5)))
        {
            Place = place,
            Agility = random.LogNormal(0.3),
        };
        Point3 axis = _scene.IsFlat ? Turned(random.Angle()) : SeedPoints.Direction(random);
        SetAxes(cell, axis, _scene.IsFlat ? new Point3(0, axis.X, -axis.Y) : SeedPoints.Direction(random));
        Mature(cell);
        double phase = -PortableMath.Log(1 - random.Uniform() / 2) / PortableMath.Log(2);
        cell.BirthSize = cell.FullSize * 0.5;
        cell.Age = phase * cell.Cycle;
        cell.Velocity = OwnStep(cell, 1);
        return cell;
    }

    /// <summary>Draws how a new cell will be when it is grown.</summary>
    private void Mature(MovieCell cell)
    {
        SynthesisRandom random = cell.Random;
        MovieStyle style = _scene.Style;
        cell.FullSize = 1.36 * random.LogNormal(style.SizeSpread);
        cell.Elongation = 1 + (style.Elongation - 1) * random.LogNormal(0.5);
        cell.MitosisFrames = Math.Clamp(style.MitosisFrames + random.Whole(-1, 1), 1, 3);
        cell.Cycle = _scene.CycleFrames == 0 ? 1e12 : Math.Max(6, _scene.CycleFrames * random.LogNormal(0.2));
    }

    private void Live(MovieCell cell, double growth)
    {
        SynthesisRandom random = cell.Random;
        cell.FramesSinceBirth++;
        cell.Shimmer(_scene.Style.Shimmer);
        bool falters = random.Chance(_scene.Options.DeathRate), blinks = random.Chance(_scene.Options.BlinkRate);
        int length = 1 + random.Pick([0.6, 0.3, 0.1]), death = random.Whole(2, 4);
        cell.HiddenFor = Math.Max(0, cell.HiddenFor - 1);
        if (cell.DyingFor >= 0)
        {
            cell.DyingFor++;
            return;
        }
        cell.Age += cell.IsMitotic ? 1 : growth;
        bool isQuiet = !cell.IsMitotic && cell.Remaining > cell.MitosisFrames + 4 && cell.FramesSinceBirth > 4;
        if (falters && !cell.IsMitotic)
            (cell.DyingFor, cell.DeathFrames) = (0, death);
        else if (blinks && isQuiet && cell.HiddenFor == 0)
            cell.HiddenFor = length;
    }

    private void Move(MovieCell cell, Point3 shift)
    {
        SynthesisRandom random = cell.Random;
        double hold = _scene.Persistence;
        cell.Velocity = cell.Velocity * hold + OwnStep(cell, Math.Sqrt(Math.Max(0, 1 - hold * hold)));
        double mobility = cell.IsMitotic || cell.DyingFor >= 0 ? 0.4 : 1;
        cell.Place = cell.Place + cell.Velocity * mobility + _flow.At(cell.Place, _frame) * _flowStep + shift;

        double turn = cell.IsMitotic ? 0.03 : 0.1;
        Point3 drawn = new(random.Normal(), random.Normal(), random.Normal());
        if (_scene.IsFlat)
        {
            (double sin, double cos) = PortableMath.SinCos(turn * drawn.X);
            SetAxes(cell, cell.Axis * cos + cell.Across * sin, cell.Across * cos - cell.Axis * sin);
        }
        else
            SetAxes(cell, cell.Axis + drawn * turn, cell.Across);
        cell.Elongation = Math.Clamp(cell.Elongation * (1 + 0.03 * drawn.Y), 1, 2.6);
    }

    private Point3 OwnStep(MovieCell cell, double factor)
    {
        SynthesisRandom random = cell.Random;
        var drawn = new Point3(random.Normal() * 0.5, random.Normal(), random.Normal());
        return (_scene.IsFlat ? drawn with { Z = 0 } : drawn) * (factor * _ownStep * cell.Agility);
    }

    private IEnumerable<MovieCell> Divide(MovieCell mother)
    {
        mother.HasDivided = true;
        SynthesisRandom random = mother.Random;
        double share = Math.Clamp(0.5 + 0.02 * random.Normal(), 0.45, 0.55), size = mother.FullSize;
        double radius = 0.5 * _scene.Diameter * (_scene.IsFlat ? Math.Sqrt(size) : PortableMath.Pow(size, 1.0 / 3));
        double apart = radius * random.Uniform(0.5, 0.65), tilt = 0.15 * random.Normal();
        Point3 axis = Unit(mother.Axis + mother.Across * tilt);
        MovieCell first = Daughter(1, share), second = Daughter(-1, 1 - share);
        return [first, second];

        MovieCell Daughter(int side, double part)
        {
            int id = ++_lastId;
            SynthesisRandom own = _scene.CellRandom(id);
            double brightness = Math.Clamp(mother.Character.Brightness * own.LogNormal(0.06), 0.15, 2.5);
            var cell = new MovieCell(id, mother, own, new NucleusCharacter(own.Fork(1), _scene.Style, brightness))
            {
                Place = mother.Place + axis * (side * 2 * apart * (1 - part)),    // the middle of mass stays
                Velocity = mother.Velocity * 0.5 + axis * (side * 0.12 * radius),
                Agility = mother.Agility * own.LogNormal(0.1),
                FramesSinceBirth = 0,
            };
            Mature(cell);
            cell.Cycle *= Math.Sqrt(Math.Clamp(mother.Cycle / Math.Max(1, _scene.CycleFrames), 0.5, 2));
            cell.BirthSize = size * part;
            cell.FullSize = Math.Max(cell.FullSize, 1.3 * cell.BirthSize);
            Point3 side2 = mother.Across;
            if (_scene.Style.HasPlates)
                SetAxes(cell, Unit(side2 + axis * (0.2 * own.Normal())), axis);
            else
                SetAxes(cell, Unit(axis + side2 * (0.4 * own.Normal())), side2);
            return cell;
        }
    }

    private void PushApart(int rounds)
    {
        var places = new Point3[_cells.Count];
        double[] radii = new double[_cells.Count];
        for (int n = 0; n < places.Length; n++)
        {
            places[n] = _cells[n].Place;
            radii[n] = 0.97 * NucleusForm.Of(_cells[n], _scene).MeanRadius(_scene.IsFlat);
        }
        SeedPoints.Relax(places, radii, rounds);
        for (int n = 0; n < places.Length; n++)
            _cells[n].Place = places[n];
    }

    /// <summary>The cell, or another one on the other side of the box where it left that.</summary>
    private MovieCell Wrapped(MovieCell cell)
    {
        var place = new Point3(
            _scene.IsFlat ? 0 : Wrap(cell.Place.Z, _scene.Low.Z, _scene.High.Z), Wrap(cell.Place.Y, _scene.Low.Y, _scene.High.Y), Wrap(cell.Place.X, _scene.Low.X, _scene.High.X));
        return place == cell.Place ? cell : Stranger(place);
    }

    private static double Wrap(double at, double low, double high)
    {
        if (at >= low && at < high)
            return at;
        double length = high - low, share = (at - low) / length;
        return low + (share - Math.Floor(share)) * length;
    }

    private static Point3 Turned(double angle)
    {
        (double sin, double cos) = PortableMath.SinCos(angle);
        return new Point3(0, sin, cos);
    }

    private static Point3 Unit(Point3 p) => p * (1 / Math.Max(1e-9, p.Length));

    /// <summary>Makes two directions of length 1 that stand on each other.</summary>
    private static void SetAxes(MovieCell cell, Point3 axis, Point3 across)
    {
        axis = Unit(axis);
        double along = Dot(axis, across);
        Point3 rest = across - axis * along;
        if (rest.SquaredLength < 1e-4)
            rest = new Point3(axis.X, axis.Z, axis.Y) - axis * Dot(axis, new Point3(axis.X, axis.Z, axis.Y));
        if (rest.SquaredLength < 1e-4)
            rest = new Point3(-axis.Y, axis.Z, 0) + new Point3(0, -axis.X, axis.Y);
        (cell.Axis, cell.Across) = (axis, Unit(rest));
    }

    private static double Dot(Point3 a, Point3 b) => a.Z * b.Z + a.Y * b.Y + a.X * b.X;
}
