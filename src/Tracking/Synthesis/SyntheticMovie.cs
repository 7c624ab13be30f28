using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Synthesis;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Volume.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>A movie of fluorescent nuclei in two or three dimensions with exact truth, made frame by frame.</summary>
/// <remarks>
/// The same options give the same bits on every machine. Single-threaded: make as many movies at once as there are threads. Memory holds
/// one frame, whatever the movie's length. Cells move by a persistent walk of their own, a smooth flow and a drift of the whole image;
/// they push each other apart, so that they touch but never overlap.
/// </remarks>
public sealed class SyntheticMovie
{
    // a sliver at the border is not yet a cell; one that was seen before stays to its last voxels, so that cells do not flicker
    private const double LeastShareToEnter = 0.15;

    private readonly MovieScene _scene;
    private readonly CellPopulation _population;
    private readonly TrackBook _book;
    private readonly INucleusBrush _brush;
    private readonly MovieMicroscope? _microscope;
    private readonly MovieCanvas _canvas;
    private readonly List<(MovieCell Cell, int Age)> _remains = [];      // of the dead, for a few frames

    /// <summary>Prepares the first frame.</summary>
    /// <param name="options">What to show.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SyntheticMovie(TimelapseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        _scene = new MovieScene(options);
        _population = new CellPopulation(_scene);
        _book = new TrackBook(_scene);
        _brush = _scene.IsFlat ? new FlatNucleusBrush(_scene) : new SolidNucleusBrush(_scene);
        _microscope = options.Images ? new MovieMicroscope(_scene) : null;
        _canvas = new MovieCanvas(options.Depth, options.Height, options.Width, _microscope?.MarginZ ?? 0, _microscope?.Margin ?? 0, options.Images);
    }

    /// <summary>What was asked for.</summary>
    public TimelapseOptions Options { get; }

    /// <summary>Frames made so far.</summary>
    public int FrameCount { get; private set; }

    /// <summary>Size of a voxel: nuclei of the drawn diameter are 12 um wide.</summary>
    public VoxelSize SpacingUm => _scene.SpacingUm;

    /// <summary>Seconds between frames.</summary>
    public double FrameIntervalS => Options.FrameIntervalS * Options.FrameSkip;

    /// <summary>Mean diameter that was asked for or drawn, pixels of a plane.</summary>
    public double Diameter => _scene.Diameter;

    /// <summary>Mean distance a cell moved between neighbouring frames so far, in diameters.</summary>
    public double MeanStepDiameters => _book.MeanStep;

    /// <summary>The tracks so far, by label.</summary>
    public IReadOnlyList<TrackRow> Rows => _book.Rows;

    /// <summary>What happened to them, by frame.</summary>
    public IReadOnlyList<LineageEvent> Events => _book.Events;

    /// <summary>Makes the frames that are left, one at a time.</summary>
    public IEnumerable<SyntheticFrame> Frames()
    {
        while (Next() is { } frame)
            yield return frame;
    }

    /// <summary>Makes the next frame.</summary>
    /// <returns>The frame, or null after the last.</returns>
    public SyntheticFrame? Next()
    {
        if (FrameCount == Options.Frames)
            return null;
        for (int n = 0; FrameCount > 0 && n < Options.FrameSkip; n++)
            Step();
        int frame = FrameCount++;
        Paint();
        NdArray<int> labels = Crop(out Dictionary<int, MovieCell> visible);
        SyntheticCell[] cells = Name(labels, frame, visible);
        NdArray<float>? image = _microscope?.Expose(_canvas, Options.Frames == 1 ? 0 : (double)frame / (Options.Frames - 1));
        return new SyntheticFrame(frame, image, labels, cells);
    }

    private void Step()
    {
        _population.Step();
        for (int n = _remains.Count - 1; n >= 0; n--)
        {
            if (_remains[n].Age >= 2)
                _remains.RemoveAt(n);
            else
                _remains[n] = (_remains[n].Cell, _remains[n].Age + 1);
        }
        foreach (MovieCell dead in _population.Dead)
            _remains.Add((dead, 0));
    }

    private void Paint()
    {
        _canvas.Clear();
        for (int n = 0; n < _population.Cells.Count; n++)
        {
            MovieCell cell = _population.Cells[n];
            bool isHidden = cell.HiddenFor > 0;
            if (!isHidden || _canvas.HasLight)
                _brush.Paint(_canvas, NucleusForm.Of(cell, _scene), cell.Character, isHidden ? 0 : n + 1);
        }
        if (!_canvas.HasLight)
            return;
        foreach ((MovieCell cell, int age) in _remains)
            PaintRemains(cell, age);
    }

    /// <summary>What is left of a dead cell: a few small, fading pieces that have no mask.</summary>
    private void PaintRemains(MovieCell cell, int age)
    {
        SynthesisRandom random = cell.Random.Fork(2);
        NucleusForm form = NucleusForm.Of(cell, _scene);
        double radius = 0.5 * _scene.Diameter;
        for (int n = 0; n < 3; n++)
        {
            Point3 aside = SeedPoints.Direction(random) * (radius * random.Uniform(0.3, 0.8) * (1 + 0.3 * age));
            double size = radius * random.Uniform(0.12, 0.25);
            Point3 place = cell.Place + (_scene.IsFlat ? aside with { Z = 0 } : aside);
            _brush.Paint(_canvas, form with { Place = place, Along = size, Aside = size, Light = 5.0 / (1 + age) }, cell.Character, 0);
        }
    }

    /// <summary>The image's part of the canvas, with masks of one piece.</summary>
    private NdArray<int> Crop(out Dictionary<int, MovieCell> visible)
    {
        (int depth, int height, int width) = (Options.Depth, Options.Height, Options.Width);
        NdArray<int> labels = _scene.IsFlat ? new NdArray<int>(height, width) : new NdArray<int>(depth, height, width);
        for (int row = 0; row < depth * height; row++)
        {
            int from = ((row / height + _canvas.MarginZ) * _canvas.Height + row % height + _canvas.Margin) * _canvas.Width + _canvas.Margin;
            _canvas.Owner.AsSpan(from, width).CopyTo(labels.Data.AsSpan(row * width));
        }
        TruthCleanup.KeepLargest(labels.Data, depth, height, width);
        int[] sizes = new int[_population.Cells.Count + 1];
        foreach (int owner in labels.Data)
            sizes[owner]++;
        visible = [];
        for (int owner = 1; owner < sizes.Length; owner++)
        {
            MovieCell cell = _population.Cells[owner - 1];
            if (sizes[owner] > 0 && (cell.LastSeen == FrameCount - 2 || sizes[owner] >= LeastShareToEnter * Voxels(cell)))
                visible[owner] = cell;
        }
        foreach (ref int owner in labels.Span)
            owner = owner == 0 || visible.ContainsKey(owner) ? owner : 0;
        return labels;
    }

    private double Voxels(MovieCell cell)
    {
        double radius = NucleusForm.Of(cell, _scene).MeanRadius(_scene.IsFlat);
        return _scene.IsFlat ? Math.PI * radius * radius : 4 * Math.PI / 3 * radius * radius * radius / _scene.Anisotropy;
    }

    private SyntheticCell[] Name(NdArray<int> labels, int frame, Dictionary<int, MovieCell> visible)
    {
        int[] owners = [.. visible.Keys.Order()];                        // cells are ordered by id
        (int Label, int Parent, int ParentFrame)[] entries = _book.Enter(frame, [.. owners.Select(o => visible[o])]);
        int[] names = new int[_population.Cells.Count + 1];
        var cells = new SyntheticCell[owners.Length];
        for (int n = 0; n < owners.Length; n++)
        {
            MovieCell cell = visible[owners[n]];
            names[owners[n]] = entries[n].Label;
            cells[n] = new SyntheticCell(
                entries[n].Label, entries[n].Parent, entries[n].ParentFrame, cell.Phase, cell.Place.Z / _scene.Anisotropy, cell.Place.Y, cell.Place.X);
        }
        foreach (ref int label in labels.Span)
            label = names[label];
        Array.Sort(cells, (a, b) => a.Label.CompareTo(b.Label));
        return cells;
    }
}
