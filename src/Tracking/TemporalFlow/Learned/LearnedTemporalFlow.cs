using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Linking;

namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>A temporal flow that was trained: what a network says of two frames, weighed with all that the training-free flow says.</summary>
/// <remarks>Keeps the features of the last frames and a motion model: make one for each movie, and dispose it.</remarks>
public sealed class LearnedTemporalFlow : ITemporalFlow, IDisposable
{
    /// <summary>Nearest earlier cells that are candidates, where the options ask for fewer: cells that jump are not among the nearest.</summary>
    private const int LeastNeighbours = 12;

    private readonly TemporalModel _model;
    private readonly TrainingFreeFlow _free;
    private readonly FrameEncoder _encoder;
    private readonly PairJudge _judge;
    private readonly SortedDictionary<int, FrameFeatures> _frames = [];
    private readonly bool _ownsModel;
    private PairEvidence? _evidence;
    private int _later = -1, _oldest = -1;

    /// <summary>Prepares for a movie.</summary>
    /// <param name="model">Must outlive this object; borrowed unless said otherwise.</param>
    /// <param name="options">Of the training-free part; its weights are not used. Null for the defaults.</param>
    /// <param name="ownsModel">Whether <see cref="Dispose"/> frees the model too.</param>
    public LearnedTemporalFlow(TemporalModel model, TrainingFreeFlowOptions? options = null, bool ownsModel = false)
    {
        options ??= new TrainingFreeFlowOptions();
        (_model, _ownsModel) = (model, ownsModel);
        _free = new TrainingFreeFlow(options with { Neighbours = Math.Max(LeastNeighbours, options.Neighbours) }) { JudgeLinks = Judge, JudgeDivisions = Judge };
        _encoder = new FrameEncoder(model, options.Spacing);
        _judge = new PairJudge(model, options.Spacing);
    }

    /// <summary>What is known of the cells' motion so far.</summary>
    public MotionModel Motion => _free.Motion;

    /// <summary>What the head said of the last two frames.</summary>
    internal PairEvidence? Evidence => _evidence;

    /// <inheritdoc/>
    public FlowLinks Propose(FlowFrame earlier, FlowFrame later, PointUm between, CancellationToken cancellationToken = default)
    {
        if (earlier.Cells.Count == 0 || later.Cells.Count == 0)
            return new FlowLinks([], []);
        Forget(earlier, later);
        FrameFeatures first = Features(earlier, cancellationToken), second = Features(later, cancellationToken);
        _evidence = _judge.Judge(first, second, later.Index - earlier.Index, between, _encoder.DiameterUm, _encoder.Stride, cancellationToken);
        return _free.Propose(earlier, later, between, cancellationToken);
    }

    /// <summary>Frees the features.</summary>
    public void Dispose()
    {
        if (_ownsModel)
            _model.Dispose();
        foreach (FrameFeatures frame in _frames.Values)
            frame.Dispose();
        _frames.Clear();
    }

    private FrameFeatures Features(FlowFrame frame, CancellationToken cancellationToken)
    {
        if (!_frames.TryGetValue(frame.Index, out FrameFeatures? features))
            _frames[frame.Index] = features = _encoder.Encode(frame, cancellationToken);
        return features;
    }

    /// <summary>Frees frames that were not asked for while the last later frame was looked at: a tracker does not come back to them.</summary>
    private void Forget(FlowFrame earlier, FlowFrame later)
    {
        if (later.Index == _later)
        {
            _oldest = Math.Min(_oldest, earlier.Index);
            return;
        }
        foreach (int old in _frames.Keys.Where(t => t < _oldest).ToArray())
        {
            _frames[old].Dispose();
            _frames.Remove(old);
        }
        (_later, _oldest) = (later.Index, earlier.Index);
    }

    private LearnedWeights Weights(FlowFrame frame) => frame.Labels.Rank == 3 ? _model.VolumeWeights : _model.Weights;

    private ScoredLink[] Judge(FlowFrame earlier, FlowFrame later, ScoredLink[] links) =>
    [
        .. links.Select(l => l with { Probability = Weights(later).Probability(l.Features, _evidence!.Of(l.Source - earlier.FirstId, l.Target - later.FirstId)) }),
    ];

    private List<ScoredDivision> Judge(FlowFrame earlier, FlowFrame later, List<ScoredDivision> divisions) =>
    [
        .. divisions.Select(d => d with
        {
            Logit = Weights(later).DivisionLogit(
                d.Features, _evidence!.Divides[d.Mother - earlier.FirstId],
                Math.Min(_evidence.IsDaughter[d.First - later.FirstId], _evidence.IsDaughter[d.Second - later.FirstId])),
        }),
    ];
}
