using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Tracking.Lineages;

/// <summary>Gives cells that were missed for some frames a mask there, between the masks before and after.</summary>
/// <remarks>
/// The mask is where the distances to both outlines, laid over each other at a place on the straight way and weighed by time, are
/// inside on the whole. It takes background only, so no mask that was found changes. Use: <see cref="Observe"/> every frame once, then
/// <see cref="Complete"/> with the frames again.
/// </remarks>
public sealed class GapFiller
{
    private readonly TrackingSolution _solution;
    private readonly SpacingUm _spacing;
    private readonly List<Link> _gaps = [];
    private readonly Dictionary<int, int> _gapByTarget = [];
    private readonly Dictionary<int, CellShape> _shapes = [];            // by cell; of those before and after gaps
    private readonly SortedDictionary<int, List<int>> _gapsAt = [];      // by frame, indices of the gaps that lie over it

    /// <summary>Looks for gaps.</summary>
    /// <param name="solution">A solution; borrowed, not changed.</param>
    /// <param name="spacing">Size of a voxel.</param>
    public GapFiller(TrackingSolution solution, SpacingUm spacing)
    {
        (_solution, _spacing) = (solution, spacing);
        foreach (Link link in solution.Links)
        {
            int from = solution.Detections.FrameOf(link.Source), to = solution.Detections.FrameOf(link.Target);
            if (to == from + 1)
                continue;
            _gapByTarget[link.Target] = _gaps.Count;
            _gaps.Add(link);
            for (int t = from + 1; t < to; t++)
            {
                if (!_gapsAt.TryGetValue(t, out List<int>? there))
                    _gapsAt[t] = there = [];
                there.Add(_gaps.Count - 1);
            }
        }
    }

    /// <summary>Number of links that skip frames.</summary>
    public int GapCount => _gaps.Count;

    /// <summary>Whether a frame gets masks.</summary>
    /// <param name="frame">Counted from 0.</param>
    public bool LiesOver(int frame) => _gapsAt.ContainsKey(frame);

    /// <summary>Whether a frame holds a mask that stands before or after a gap.</summary>
    /// <param name="frame">Counted from 0.</param>
    public bool Needs(int frame) => _gaps.Any(g => _solution.Detections.FrameOf(g.Source) == frame || _solution.Detections.FrameOf(g.Target) == frame);

    /// <summary>Notes the masks before and after gaps.</summary>
    /// <param name="frame">Counted from 0.</param>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c> as they were tracked; borrowed.</param>
    public void Observe(int frame, NdArray<int> labels)
    {
        foreach (Link gap in _gaps)
        {
            foreach (int cell in (ReadOnlySpan<int>)[gap.Source, gap.Target])
            {
                if (_solution.Detections.FrameOf(cell) == frame && !_shapes.ContainsKey(cell))
                    _shapes[cell] = CellShape.Of(_solution.Detections[cell], labels, _spacing);
            }
        }
    }

    /// <summary>Adds the masks to a frame.</summary>
    /// <param name="frame">Counted from 0.</param>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c> as they were tracked; borrowed.</param>
    /// <returns>The labels with new ones above them, or the same array where there is nothing to add; owned by the caller.</returns>
    public NdArray<int> Fill(int frame, NdArray<int> labels)
    {
        if (!_gapsAt.TryGetValue(frame, out List<int>? gaps))
            return labels;
        NdArray<int> filled = labels.Clone();
        foreach (int gap in gaps)
            Paint(frame, filled, _gaps[gap], LabelOf(frame, gap));
        return filled;
    }

    /// <summary>Makes a solution in which the new masks are cells and no link skips a frame that could be filled.</summary>
    /// <param name="read">Reads a frame's labels as they were tracked.</param>
    /// <param name="image">Reads a frame's image for intensities, shaped like its labels; null for none.</param>
    /// <param name="cancellationToken">Checked before every frame.</param>
    public FilledTracks Complete(Func<int, NdArray<int>> read, Func<int, NdArray<float>>? image, CancellationToken cancellationToken = default)
    {
        DetectionTable before = _solution.Detections, after = new();
        int[] ids = new int[before.Count];
        var added = new Dictionary<(int Gap, int Frame), int>();
        var interpolated = new HashSet<int>();
        for (int t = 0; t < before.FrameCount; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Detection[] found = [], old = before.Frame(t).ToArray();
            if (LiesOver(t))
            {
                NdArray<int> labels = Fill(t, read(t));
                int largest = Largest(t);
                for (int i = 0; i < labels.Length; i++)
                    labels.Data[i] = labels.Data[i] > largest ? labels.Data[i] : 0;
                found = CellMeasurerOf(labels, image?.Invoke(t), t);
            }
            int first = after.Add([.. old, .. found]);
            for (int n = 0; n < old.Length; n++)
                ids[before.FrameStart(t) + n] = first + n;
            for (int n = 0; n < found.Length; n++)
            {
                added[(_gapsAt[t][found[n].Label - Largest(t) - 1], t)] = first + old.Length + n;
                interpolated.Add(first + old.Length + n);
            }
        }
        var solution = new TrackingSolution(after);
        foreach (Link link in _solution.Links)
            Add(solution, link, ids, added);
        foreach (LinkPin pin in _solution.Pins)
        {
            if (pin.Accept && solution.ParentOf(ids[pin.Target]) == ids[pin.Source])
                solution.Pin(new LinkPin(ids[pin.Source], ids[pin.Target], Accept: true));
        }
        return new FilledTracks(solution, ids, interpolated);
    }

    private Detection[] CellMeasurerOf(NdArray<int> labels, NdArray<float>? image, int frame) => TemporalFlow.CellMeasurer.Measure(labels, image, frame, _spacing);

    private void Add(TrackingSolution solution, Link link, int[] ids, Dictionary<(int Gap, int Frame), int> added)
    {
        int from = _solution.Detections.FrameOf(link.Source), to = _solution.Detections.FrameOf(link.Target), last = ids[link.Source];
        for (int t = from + 1; t < to; t++)
        {
            if (!added.TryGetValue((_gapByTarget[link.Target], t), out int cell))
                continue;                                                // other cells cover the place
            solution.SetLink(link with { Source = last, Target = cell });
            last = cell;
        }
        solution.SetLink(link with { Source = last, Target = ids[link.Target] });
    }

    private int Largest(int frame)
    {
        ReadOnlySpan<Detection> cells = _solution.Detections.Frame(frame);
        return cells.Length == 0 ? 0 : cells[^1].Label;
    }

    private int LabelOf(int frame, int gap) => Largest(frame) + 1 + _gapsAt[frame].IndexOf(gap);

    private void Paint(int frame, NdArray<int> labels, Link gap, int label)
    {
        Detection from = _solution.Detections[gap.Source], to = _solution.Detections[gap.Target];
        CellShape before = _shapes[gap.Source], after = _shapes[gap.Target];
        double part = (double)(frame - from.Frame) / (to.Frame - from.Frame);
        (double z, double y, double x) = _spacing.ToVoxels(from.Centroid * (1 - part) + to.Centroid * part);
        (int depth, int height, int width) = (labels.Rank == 3 ? labels.Shape[0] : 1, labels.Shape[^2], labels.Shape[^1]);
        VolumeBox box = Union(Around(before, z, y, x), Around(after, z, y, x)).Intersect(new VolumeBox(0, 0, 0, depth, height, width));
        for (int pz = box.Z; pz < box.EndZ; pz++)
        {
            for (int py = box.Y; py < box.EndY; py++)
            {
                for (int px = box.X; px < box.EndX; px++)
                {
                    ref int voxel = ref labels.Data[((long)pz * height + py) * width + px];
                    if (voxel == 0 && (1 - part) * before.Depth(pz - z, py - y, px - x) + part * after.Depth(pz - z, py - y, px - x) > 0)
                        voxel = label;
                }
            }
        }
    }

    private static VolumeBox Around(CellShape shape, double z, double y, double x) => new(
        (int)Math.Floor(z - shape.CentreZ), (int)Math.Floor(y - shape.CentreY), (int)Math.Floor(x - shape.CentreX),
        shape.Box.Depth + 1, shape.Box.Height + 1, shape.Box.Width + 1);

    private static VolumeBox Union(VolumeBox a, VolumeBox b)
    {
        (int z, int y, int x) = (Math.Min(a.Z, b.Z), Math.Min(a.Y, b.Y), Math.Min(a.X, b.X));
        return new VolumeBox(z, y, x, Math.Max(a.EndZ, b.EndZ) - z, Math.Max(a.EndY, b.EndY) - y, Math.Max(a.EndX, b.EndX) - x);
    }
}
