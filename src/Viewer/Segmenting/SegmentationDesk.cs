using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.Viewer.Editing;

namespace Cellpose3D.Viewer.Segmenting;

/// <summary>Runs the network for all pages, one run at a time, keeps what it said, and makes masks of it anew whenever thresholds change.</summary>
/// <remarks>
/// Nothing that takes long happens on the caller's thread. A run belongs to the session, not to a page: it goes on when the page is closed.
/// Of thresholds that come while masks are being made the newest count. Members may be called from several threads at once.
/// </remarks>
public sealed class SegmentationDesk : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);      // between two messages about progress

    // masks that take longer than this are given up when other thresholds are wanted; quicker ones are shown on the way
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    private readonly ISegmenter _segmenter;
    private readonly string? _refusal;
    private readonly Func<IReadOnlyList<FoundCells>, bool, PlacedCells?, bool, Task<PlacedCells>> _put;
    private readonly Func<int, IReadOnlySet<uint>, int?, Task<ChosenCells?>> _find;
    private readonly Action<JsonObject> _tell;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Stopwatch _sinceTold = Stopwatch.StartNew();
    private CancellationTokenSource? _stop, _giveUp;
    private Task _work = Task.CompletedTask;
    private SegmentationPhase _phase;
    private SegmentationProgress _progress;
    private (string Text, bool IsError)? _message;
    private MaskThresholds _thresholds = new();
    private bool _isWanted, _keepsOthers;
    private TimeSpan _lastMasks;
    private double? _estimate;
    private Kept? _kept;
    private int _version;

    /// <summary>Begins without a result.</summary>
    /// <param name="segmenter">Does the work; disposed with this.</param>
    /// <param name="refusal">Why labels cannot be changed; null where they can.</param>
    /// <param name="put">Brings cells into the labels: as <see cref="EditSession.Put"/>, off the caller's thread.</param>
    /// <param name="find">Looks for cells in the labels: as <see cref="ChosenCells.Find"/>, off the caller's thread.</param>
    /// <param name="tell">Tells every page how things are.</param>
    internal SegmentationDesk(
        ISegmenter segmenter, string? refusal, Func<IReadOnlyList<FoundCells>, bool, PlacedCells?, bool, Task<PlacedCells>> put,
        Func<int, IReadOnlySet<uint>, int?, Task<ChosenCells?>> find, Action<JsonObject> tell) => (_segmenter, _refusal, _put, _find, _tell) = (segmenter, refusal, put, find, tell);

    /// <summary>What a page must know once.</summary>
    public JsonObject DescribeAll() => new()
    {
        ["models"] = new JsonArray([.. _segmenter.Models.Select(m => (JsonNode)m)]),
        ["channels"] = new JsonArray([.. _segmenter.Channels.Select(c => (JsonNode)c)]),
        ["refusal"] = _refusal,
        ["status"] = Describe(),
    };

    /// <summary>How things are.</summary>
    public JsonObject Describe()
    {
        lock (_gate)
        {
            return new JsonObject
            {
                ["type"] = "segmentation",
                ["phase"] = NameOf(_phase),
                ["progress"] = Math.Round(_progress.Fraction, 4),
                ["step"] = _progress.Step,
                ["message"] = _message?.Text,
                ["is_error"] = _message?.IsError ?? false,
                ["estimate"] = _estimate,
                ["output"] = _kept is { } kept ? Describe(kept) : null,
            };
        }
    }

    /// <summary>Begins a run.</summary>
    /// <param name="request">What to run on what.</param>
    /// <param name="thresholds">How masks are made of it at first.</param>
    /// <param name="keepsOthers">Whether cells that are there stay as they are, those of the last run excepted.</param>
    /// <param name="around">Cells to find anew, of the request's time point: the network sees a box around them, and all others are kept. Empty for none.</param>
    /// <returns>Why it was not begun; null where it was.</returns>
    public string? Run(SegmentationRequest request, MaskThresholds thresholds, bool keepsOthers, IReadOnlyCollection<uint>? around = null) => RefusalOf(request) ?? Begin(SegmentationPhase.Network, () =>
    {
        bool isPart = around is { Count: > 0 };
        (_thresholds, _keepsOthers, _isWanted) = (thresholds, keepsOthers || isPart, true);
        return stop => RunAsync(isPart ? request with { AllTimes = false } : request, isPart ? new HashSet<uint>(around!) : null, stop);
    });

    /// <summary>Begins to estimate the cells' diameter.</summary>
    /// <param name="request">What of; its diameter is ignored.</param>
    /// <returns>Why it was not begun; null where it was.</returns>
    public string? EstimateDiameter(SegmentationRequest request) => RefusalOf(request) ?? Begin(SegmentationPhase.Estimate, () => stop => EstimateAsync(request, stop));

    /// <summary>Makes masks of what the network said last, with other thresholds.</summary>
    /// <param name="thresholds">Which.</param>
    /// <param name="keepsOthers">Null: the run's own result gets other thresholds, unless somebody edited since. Else the masks are put anew, over such edits.</param>
    /// <returns>Why they are not made; null where they are, or will be by the run that goes on.</returns>
    public string? Adjust(MaskThresholds thresholds, bool? keepsOthers = null)
    {
        lock (_gate)
        {
            if (_phase is SegmentationPhase.Network or SegmentationPhase.Masks)
            {
                (_thresholds, _isWanted) = (thresholds, true);
                if (_phase == SegmentationPhase.Masks && _lastMasks > Long)
                    _giveUp?.Cancel();
                return null;
            }
            if (_phase == SegmentationPhase.Idle && _kept is null)
                return "there is no network output to make masks of; run the network first.";
            if (keepsOthers is not null && _kept?.Chosen is not null)
                return "chosen cells are not put over edits; select them and run again.";
        }
        return Begin(SegmentationPhase.Masks, () =>
        {
            (_thresholds, _isWanted) = (thresholds, true);
            return stop => AdjustAsync(keepsOthers, stop);
        });
    }

    /// <summary>Stops what is going on; the labels stay as they are.</summary>
    public void Stop()
    {
        lock (_gate)
            _stop?.Cancel();
    }

    /// <summary>One plane of what the network said.</summary>
    /// <param name="time">Time point.</param>
    /// <param name="z">Plane.</param>
    /// <returns>As <see cref="INetworkOutput.PlaneAt"/>.</returns>
    public (NdArray<float> Flows, NdArray<float> CellProb)? PlaneAt(int time, int z)
    {
        INetworkOutput? output;
        lock (_gate)
            output = _kept?.Output;
        return output?.PlaneAt(time, z);
    }

    /// <summary>Stops what is going on, and lets go of models and results.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        Task work;
        lock (_gate)
            work = _work;
        await work.ConfigureAwait(false);
        _segmenter.Dispose();
        _closing.Dispose();
    }

    private static string? RefusalOf(SegmentationRequest request) =>
        string.IsNullOrWhiteSpace(request.Model) ? "a model must be named, by its name or the path of its weights." : request.Time < 0 || request.Plane < 0 ? "time point and plane must be 0 or more." : null;

    private string? Begin(SegmentationPhase phase, Func<Func<CancellationToken, Task>> prepare)
    {
        lock (_gate)
        {
            if (_refusal is not null)
                return _refusal;
            if (_closing.IsCancellationRequested)
                return "the program is closing; this was not done.";
            if (_phase != SegmentationPhase.Idle)
                return "a run is going on already, of this page or another one; wait for it, or stop it.";
            (_phase, _progress, _message) = (phase, default, null);
            Func<CancellationToken, Task> job = prepare();
            _stop = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            CancellationToken stop = _stop.Token;
            _work = Task.Factory.StartNew(() => DoAsync(job, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        }
        return null;
    }

    private async Task DoAsync(Func<CancellationToken, Task> job, CancellationToken stop)
    {
        Tell(always: true);
        while (await TryAsync(job, stop).ConfigureAwait(false) is var message)
        {
            lock (_gate)
            {
                // thresholds that came at the last moment
                if (_phase == SegmentationPhase.Masks && _isWanted && message is null)
                {
                    job = again => AdjustAsync(null, again);
                    continue;
                }
                (_phase, _isWanted, _message) = (SegmentationPhase.Idle, false, message ?? _message);
                _stop?.Dispose();
                _stop = null;
            }
            break;
        }
        Tell(always: true);
    }

    // what to say where it was not done
    private static async Task<(string Text, bool IsError)?> TryAsync(Func<CancellationToken, Task> job, CancellationToken stop)
    {
        try
        {
            await job(stop).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException)
        {
            return ("stopped.", false);
        }
        catch (Exception e) when (e is SegmentationException or ArgumentException)
        {
            return (e.Message, true);
        }
    }

    private async Task RunAsync(SegmentationRequest request, HashSet<uint>? around, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        ChosenCells? chosen = null;
        if (around is not null)
        {
            chosen = await _find(request.Time, around, request.IsVolume ? null : request.Plane).ConfigureAwait(false)
                ?? throw new SegmentationException($"the cells to find anew are not on {(request.IsVolume ? "this time point" : "this plane")}; select others.");
            request = request with { Box = chosen.Box };
        }
        INetworkOutput output = _segmenter.RunNetwork(request, new Progress(Report), stop);
        lock (_gate)
            _phase = SegmentationPhase.Masks;
        await MasksAsync(new Kept(output, request, chosen, 0, chosen?.Placed, 0, watch.Elapsed.TotalSeconds, new MaskThresholds()), _keepsOthers, continues: false, stop).ConfigureAwait(false);
    }

    private Task AdjustAsync(bool? keepsOthers, CancellationToken stop) =>
        MasksAsync(_kept!, keepsOthers ?? _kept!.Placed!.KeptOthers, continues: keepsOthers is null, stop);

    private Task EstimateAsync(SegmentationRequest request, CancellationToken stop)
    {
        double diameter = Math.Round(_segmenter.EstimateDiameter(request, new Progress(Report), stop), 2);
        lock (_gate)
            (_estimate, _message) = (diameter, (string.Create(CultureInfo.InvariantCulture, $"diameter {diameter:f1} px"), false));
        return Task.CompletedTask;
    }

    // until no other thresholds are wanted
    private async Task MasksAsync(Kept run, bool keepsOthers, bool continues, CancellationToken stop)
    {
        // what was put last, by whatever run, gives way to this; of a run for chosen cells, they alone do
        PlacedCells? last = run.Placed ?? _kept?.Placed;
        while (true)
        {
            MaskThresholds thresholds;
            CancellationToken giveUp;
            lock (_gate)
            {
                if (!_isWanted)
                    return;
                (thresholds, _isWanted) = (_thresholds, false);
                _giveUp = CancellationTokenSource.CreateLinkedTokenSource(stop);
                giveUp = _giveUp.Token;
            }
            var watch = Stopwatch.StartNew();
            try
            {
                IReadOnlyList<FoundCells> found = run.Output.MakeMasks(thresholds, new Progress(Report), giveUp);
                if (run.Chosen is { } chosen)
                    found = [.. found.Select(chosen.Of)];
                _lastMasks = watch.Elapsed;
                last = await _put(found, keepsOthers, last, continues).ConfigureAwait(false);
                continues = true;
                Keep(run with { Placed = last, Cells = found.Sum(f => f.Count), Thresholds = thresholds });
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // other thresholds are wanted
            }
            finally
            {
                lock (_gate)
                {
                    _giveUp?.Dispose();
                    _giveUp = null;
                }
            }
        }
    }

    private void Keep(Kept run)
    {
        lock (_gate)
        {
            _kept = run with { Version = _kept?.Output == run.Output ? _version : ++_version };
            int left = run.Cells - run.Placed!.Count;
            _message = (string.Create(CultureInfo.InvariantCulture,
                $"{run.Cells} cells{(left > 0 ? $", {left} of them where others are" : "")}; diameter {run.Output.Diameter:f1} px; network {run.NetworkSeconds:f1} s, masks {_lastMasks.TotalSeconds:f2} s"), false);
        }
        Tell(always: true);
    }

    private void Report(SegmentationProgress progress)
    {
        bool isNew;
        lock (_gate)
            (isNew, _progress) = (_progress.Step != progress.Step, progress);
        Tell(always: isNew);
    }

    private void Tell(bool always)
    {
        lock (_gate)
        {
            if (!always && _sinceTold.Elapsed < Pause)
                return;
            _sinceTold.Restart();
        }
        _tell(Describe());
    }

    private static string NameOf(SegmentationPhase phase) => phase switch
    {
        SegmentationPhase.Network => "network",
        SegmentationPhase.Masks => "masks",
        SegmentationPhase.Estimate => "estimate",
        _ => "idle",
    };

    private static JsonObject Describe(Kept kept) => new()
    {
        ["version"] = kept.Version,
        ["diameter"] = Math.Round(kept.Output.Diameter, 2),
        ["is_volume"] = kept.Request.IsVolume,
        ["all_times"] = kept.Request.AllTimes,
        ["time"] = kept.Request.Time,
        ["plane"] = kept.Request.Plane,
        ["box"] = kept.Request.Box is { } b ? new JsonObject { ["z"] = b.Z, ["y"] = b.Y, ["x"] = b.X, ["depth"] = b.Depth, ["height"] = b.Height, ["width"] = b.Width } : null,
        ["cells"] = kept.Cells,
        ["placed_state"] = kept.Placed!.State,
        ["kept_others"] = kept.Placed.KeptOthers,
        ["thresholds"] = new JsonObject { ["cell_prob"] = kept.Thresholds.CellProb, ["flow"] = kept.Thresholds.Flow, ["min_size"] = kept.Thresholds.MinSize },
    };

    // what the network said last that got into the labels
    private sealed record Kept(INetworkOutput Output, SegmentationRequest Request, ChosenCells? Chosen, int Version, PlacedCells? Placed, int Cells, double NetworkSeconds, MaskThresholds Thresholds);

    // at once, on the thread that works: Progress<T> of .NET would post elsewhere, out of order
    private sealed class Progress(Action<SegmentationProgress> report) : IProgress<SegmentationProgress>
    {
        public void Report(SegmentationProgress value) => report(value);
    }
}
