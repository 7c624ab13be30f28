using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.TemporalFlow;

namespace Cellpose3D.Tracking;

/// <summary>Tracks a movie, frame by frame: measures the cells, asks a temporal flow for candidates, solves window after window.</summary>
/// <remarks>
/// Memory holds <see cref="TrackerOptions.MaxGap"/> + 1 frames, the candidates of one window, some 125,000 cells, and 20 bytes for every
/// other cell of the movie, which waits in a temporary file (<see cref="DetectionTable"/>). Masks are not written here: <see cref="Lineages.TrackPainter"/> paints them once all is decided.
/// </remarks>
public sealed class Tracker
{
    private readonly TrackerOptions _options;
    private readonly ITemporalFlow _flow;
    private readonly WindowSolver _solver;
    private readonly List<FlowFrame> _recent = [];
    private readonly DroppedArrays _dropped = new();
    private DriftEstimator? _drift;
    private int[] _shape = [];
    private int _decided;                                                // frames whose links are kept
    private bool _isFinished;

    /// <summary>Prepares for a movie.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="flow">What proposes candidates; null for the training-free flow.</param>
    public Tracker(TrackerOptions? options = null, ITemporalFlow? flow = null)
    {
        _options = options ?? new TrackerOptions();
        _options.Validate();
        _flow = flow ?? new TrainingFreeFlow(_options.Flow());
        Solution = new TrackingSolution(new DetectionTable(_options.CellsInMemory));
        _solver = new WindowSolver(Solution, Candidates, _options.Linking with { Threads = _options.Threads });
    }

    /// <summary>The cells and links so far; links of the last window follow with <see cref="Finish"/>.</summary>
    public TrackingSolution Solution { get; }

    /// <summary>Candidate links that are still held.</summary>
    public CandidateStore Candidates { get; } = new();

    /// <summary>Called with what the flow says of every two frames; null for nobody.</summary>
    public Action<FlowFrame, FlowFrame, FlowLinks>? Proposed { get; init; }

    /// <summary>Tracks a movie in one call.</summary>
    /// <param name="frames">Label images in the order of time, each int32 <c>[(Z,) Y, X]</c>; read once.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Checked before every frame and between steps.</param>
    public static TrackingSolution Track(IEnumerable<NdArray<int>> frames, TrackerOptions? options = null, CancellationToken cancellationToken = default)
    {
        var tracker = new Tracker(options);
        foreach (NdArray<int> labels in frames)
            tracker.Add(labels, null, cancellationToken);
        return tracker.Finish();
    }

    /// <summary>Adds the next frame.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c>, 0 = background, no cell; borrowed until <see cref="TrackerOptions.MaxGap"/> more frames were added.</param>
    /// <param name="image">float32, shaped like <paramref name="labels"/>, for intensities and drift; null for none; borrowed likewise.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <exception cref="ArgumentException">Another shape than the frames before, or a label below 0.</exception>
    /// <exception cref="InvalidOperationException">The movie is finished.</exception>
    public void Add(NdArray<int> labels, NdArray<float>? image = null, CancellationToken cancellationToken = default)
    {
        if (_isFinished)
            throw new InvalidOperationException("the movie is finished; make another tracker.");
        int t = Solution.Detections.FrameCount;
        if (t == 0)
            _shape = labels.Shape;
        else if (!labels.Shape.AsSpan().SequenceEqual(_shape))
            throw new ArgumentException($"frame {t} is {string.Join(" x ", labels.Shape)}; frame 0 is {string.Join(" x ", _shape)}.", nameof(labels));
        cancellationToken.ThrowIfCancellationRequested();

        Detection[] cells = CellMeasurer.Measure(labels, image, t, _options.Spacing, _options.Threads);
        var frame = new FlowFrame(t, Solution.Detections.Add(cells), labels, image, cells);
        FindDrift(frame);
        var links = new List<CandidateLink>();
        var between = new PointUm();
        for (int back = 1; back <= Math.Min(_options.MaxGap, _recent.Count); back++)
        {
            FlowFrame earlier = _recent[^back];
            between += back == 1 ? frame.Drift : _recent[^(back - 1)].Drift;
            FlowLinks proposal = _flow.Propose(earlier, frame, between, cancellationToken);
            Proposed?.Invoke(earlier, frame, proposal);
            Take(proposal, earlier, frame, links);
        }
        Candidates.Set(t, [.. links], Math.Max(1, Math.Min(_options.MaxGap, t)));
        _recent.Add(frame);
        if (_recent.Count > _options.MaxGap)
            _recent.RemoveAt(0);
        if (t + 1 - _decided == _options.Linking.Window)
            Solve(t, _decided + _options.Linking.Commit - 1);
        _dropped.Collect();
    }

    /// <summary>Decides the last frames.</summary>
    /// <returns>The solution.</returns>
    public TrackingSolution Finish()
    {
        int last = Solution.Detections.FrameCount - 1;
        if (!_isFinished && last >= _decided)
            Solve(last, last);
        _isFinished = true;
        _recent.Clear();
        return Solution;
    }

    /// <summary>Solves some frames anew, after pins were set. Links outside stay.</summary>
    /// <param name="firstFrame">First frame whose cells may get another parent.</param>
    /// <param name="lastFrame">Last such frame, inclusive.</param>
    /// <exception cref="InvalidOperationException">The movie is not finished, or its candidates were not kept.</exception>
    /// <exception cref="ArgumentException">Pins contradict each other.</exception>
    public void SolveAgain(int firstFrame, int lastFrame)
    {
        if (!_isFinished || !_options.KeepCandidates)
            throw new InvalidOperationException("frames can be solved again once the movie is finished, if its candidates were kept (KeepCandidates).");
        int end = Solution.Detections.FrameCount - 1;
        (firstFrame, lastFrame) = (Math.Max(0, firstFrame), Math.Min(end, lastFrame));
        if (firstFrame <= lastFrame)
            _solver.Solve(firstFrame, lastFrame, lastFrame, isEnd: lastFrame == end);
    }

    private void FindDrift(FlowFrame frame)
    {
        if (!_options.Drift || frame.Labels.Length == 0)
            return;
        _drift ??= new DriftEstimator(_shape, _options.Spacing);
        frame.Prepared = _drift.Prepare(frame.Labels, frame.Image);
        if (_recent.Count == 0)
            return;
        frame.Drift = _drift.Between(_recent[^1].Prepared!, frame.Prepared);
        _recent[^1].Prepared = null;
    }

    private void Take(FlowLinks proposal, FlowFrame earlier, FlowFrame later, List<CandidateLink> links)
    {
        foreach (ScoredLink link in proposal.Links)
        {
            links.Add(new CandidateLink(link.Source, link.Target, link.Probability));
            ref float forward = ref earlier.BestForward[link.Source - earlier.FirstId], backward = ref later.BestBackward[link.Target - later.FirstId];
            forward = Math.Max(forward, link.Probability);
            backward = Math.Max(backward, link.Probability);
        }
        foreach (ScoredDivision division in proposal.Divisions)
            Candidates.SetDivision(division.Mother, division.Logit);
    }

    private void Solve(int last, int keepTo)
    {
        _solver.Solve(_decided, last, keepTo, isEnd: true);
        _decided = keepTo + 1;
        if (!_options.KeepCandidates)
            Candidates.DropBefore(_decided, Solution.Detections.FrameStart(Math.Max(0, _decided - _options.MaxGap)));
    }
}
