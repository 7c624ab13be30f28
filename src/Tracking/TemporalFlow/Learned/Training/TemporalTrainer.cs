using System.Diagnostics;
using System.Globalization;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>Trains a temporal flow head on movies whose tracks are known; the encoder stays as it is.</summary>
public sealed class TemporalTrainer : IDisposable
{
    private const string Prefix = "training.";
    private const ulong ClipKey = 11, ValidationKey = 12;
    private const int Attempts = 8;                                      // to draw a clip with cells

    private readonly TemporalModel _model;
    private readonly TemporalTrainingOptions _options;
    private readonly TemporalTrainingRun _run;
    private readonly FlatWeights _weights;
    private readonly AdamW _optimizer;
    private readonly MoviePool _pool;
    private readonly ClipMaker _clips;
    private readonly Lazy<Clip[]> _validation;
    private readonly List<TemporalRecord> _history = [];
    private double[] _sums = new double[5];
    private int _step;

    /// <summary>Prepares, and takes up the checkpoint if there is one.</summary>
    /// <param name="model">Its head is trained; borrowed.</param>
    /// <param name="movies">Makes the training movie of a number; the same number always gives the same movie.</param>
    /// <param name="heldOut">Makes movies to validate on, of numbers from 0; null for none.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="run">What it goes on from and whom it tells; null for nobody.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the checkpoint is one of other options.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    public TemporalTrainer(
        TemporalModel model, Func<ulong, TemporalMovie> movies, Func<ulong, TemporalMovie>? heldOut, TemporalTrainingOptions options, TemporalTrainingRun? run = null)
    {
        options.Validate();
        (_model, _options, _run) = (model, options, run ?? new TemporalTrainingRun());
        if (_run.Resume is { } checkpoint)
            model.LoadHead(checkpoint);
        _weights = new FlatWeights(model.Head);
        _optimizer = new AdamW(_weights.Vector, options.WeightDecay);
        _pool = new MoviePool(movies, options.StepsPerMovie);
        _clips = new ClipMaker(options.Clips, options.Frames, options.Crop, model.Diameter);
        _validation = new Lazy<Clip[]>(() => heldOut is null ? [] : [.. Enumerable.Range(0, options.ValidationClips).Select(n => HeldOut(heldOut, n)).OfType<Clip>()]);
        if (_run.Resume is { } state)
            Take(state);
    }

    /// <summary>Steps done.</summary>
    public int Step => _step;

    /// <summary>Rows of the curve, those before an interruption included.</summary>
    public IReadOnlyList<TemporalRecord> History => _history;

    /// <summary>Trains to the last step.</summary>
    /// <param name="progress">Receives the fraction done, in (0, 1], after every step.</param>
    /// <param name="cancellationToken">Checked before every step; a checkpoint is kept before the exception leaves.</param>
    public void Train(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            while (_step < _options.Steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                double[] parts = TakeStep();
                for (int n = 0; n < parts.Length; n++)
                    _sums[n] += parts[n];
                _step++;
                if (_step % _options.StepsPerRow == 0 || _step == _options.Steps)
                {
                    EndRow(watch.Elapsed.TotalSeconds);
                    watch.Restart();
                }
                progress?.Report((float)_step / _options.Steps);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _run.SaveLast?.Invoke(ToCheckpoint());
            throw;
        }
    }

    /// <summary>Frees the optimizer; the model stays.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        _weights.Dispose();
    }

    /// <summary>Loss, its parts, and accuracy of one step.</summary>
    private double[] TakeStep()
    {
        Clip? clip = Draw();
        if (clip is null)
            return new double[5];
        using DisposeScope scope = NewDisposeScope();
        (Tensor loss, Tensor parts) = Forward(clip);
        _optimizer.Step(_weights.Gradient(loss), _options.Rate(_step));
        double value = loss.item<float>();
        if (!double.IsFinite(value))
            throw new ArithmeticException(string.Create(CultureInfo.InvariantCulture, $"the loss is no longer a number in step {_step} (learning rate {_options.Rate(_step):g3}); lower the learning rate, or resume from an earlier checkpoint."));
        return [value, .. TensorInterop.ToArray(parts).Data.Select(v => (double)v)];
    }

    private Clip? Draw()
    {
        var random = new RandomStream(_options.Seed, ClipKey, (ulong)_step);
        for (int n = 0; n < Attempts; n++)
        {
            if (_clips.Make(_pool.Take(_step, random.NextBelow(_options.Pool)), ref random) is { } clip && clip.Graph.Edges > 0)
                return clip;
        }
        return null;
    }

    private Clip? HeldOut(Func<ulong, TemporalMovie> heldOut, int number)
    {
        var random = new RandomStream(_options.Seed, ValidationKey, (ulong)number);
        return _clips.Make(heldOut((ulong)number), ref random) is { Graph.Edges: > 0 } clip ? clip : null;
    }

    private (Tensor Loss, Tensor Parts) Forward(Clip clip)
    {
        using DisposeScope scope = NewDisposeScope();
        HeadOutput output;
        using (_options.MixedPrecision ? new AutocastScope(_model.Device.type) : null)
        {
            Tensor features = _model.Encode(clip.Images);
            CellPlane first = clip.Graph.Planes[0];
            float[] maps = [.. clip.Graph.Planes.SelectMany(p => p.Masks)];
            Tensor masks = tensor(maps, device: _model.Device).view(clip.Graph.Planes.Count, CellPlane.MaskChannels, first.Height, first.Width);
            Tensor stem = _model.Head.Stem(features, masks);
            output = _model.Head.Relate(stem, _model.Head.Embed(stem, clip.Graph.Planes), clip.Graph);
        }
        (Tensor loss, Tensor parts) = TemporalLoss.Compute(clip.Graph, output, clip.Truth);
        return (loss.MoveToOuterDisposeScope(), parts.MoveToOuterDisposeScope());
    }

    private void EndRow(double seconds)
    {
        int steps = (_step - 1) % _options.StepsPerRow + 1;
        double[] means = [.. _sums.Select(s => s / steps)];
        (double loss, double accuracy) = Validate();
        var record = new TemporalRecord(_step, means[0], means[1], means[2], means[3], means[4], loss, accuracy, _options.Rate(_step - 1), seconds);
        _history.Add(record);
        _sums = new double[5];
        _run.SaveLast?.Invoke(ToCheckpoint());
        _run.Recorded?.Invoke(record);
    }

    private (double Loss, double Accuracy) Validate()
    {
        if (_validation.Value.Length == 0)
            return (double.NaN, double.NaN);
        using IDisposable noGrad = no_grad();
        double sum = 0, right = 0;
        foreach (Clip clip in _validation.Value)
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor loss, Tensor parts) = Forward(clip);
            sum += loss.item<float>();
            right += parts[3].item<float>();
        }
        return (sum / _validation.Value.Length, right / _validation.Value.Length);
    }

    private StateDict ToCheckpoint()
    {
        StateDict model = _model.ToStateDict(new Dictionary<string, string>
        {
            [Prefix + "step"] = _step.ToString(CultureInfo.InvariantCulture),
            [Prefix + "sums"] = string.Join(' ', _sums.Select(s => s.ToString("r", CultureInfo.InvariantCulture))),
            [Prefix + "history"] = string.Join('\n', _history.Select(r => r.ToCsv())),
            [Prefix + "options"] = Fingerprint(),
        });
        return model with { Tensors = [.. model.Tensors, .. _optimizer.Save()] };
    }

    private void Take(StateDict checkpoint)
    {
        string there = Read(checkpoint, "options"), here = Fingerprint();
        if (there != here)
            throw new ArgumentException($"the checkpoint was made with other settings: '{there}' there, '{here}' here; resume with the same settings.", nameof(checkpoint));
        try
        {
            _step = int.Parse(Read(checkpoint, "step"), CultureInfo.InvariantCulture);
            _sums = [.. Read(checkpoint, "sums").Split(' ').Select(s => double.Parse(s, CultureInfo.InvariantCulture))];
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"The checkpoint's position is damaged: {e.Message}", e);
        }
        string history = Read(checkpoint, "history");
        if (history.Length > 0)
            _history.AddRange(history.Split('\n').Select(TemporalRecord.FromCsv));
        _optimizer.Load(checkpoint, _step);
    }

    private static string Read(StateDict checkpoint, string key) => checkpoint.Metadata.TryGetValue(Prefix + key, out string? value)
        ? value
        : throw new InvalidDataException($"The file is no training checkpoint: it lacks '{Prefix + key}'.");

    /// <summary>What a resumed run must have in common with the interrupted one; the number of steps may change, and with it the rest of the cosine.</summary>
    private string Fingerprint()
    {
        string skips = string.Join(' ', _options.Clips.Skips.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Skip}:{s.Share}")));
        TemporalTrainingOptions free = _options with { Steps = int.MaxValue, Clips = _options.Clips with { Skips = [] } };
        return string.Create(CultureInfo.InvariantCulture, $"{free} skips {skips}");
    }
}
