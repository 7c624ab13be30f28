using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.IO.Movies;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume;
using Cellpose3D.Volume.Planes;
using Cellpose3D.Volume.Preprocessing;
using Cellpose3D.Volume.Sources;
using TorchSharp;

namespace Cellpose3D.Cli.Tracking;

/// <summary>Segments the frames of a movie at one diameter and keeps their masks in a folder, from where an interrupted run goes on.</summary>
internal sealed class MovieSegmenter : IDisposable
{
    private const string LabelsName = "masks", RunRecord = "movie";
    private const int SampledFrames = 5, SampledVolumes = 3;
    private const int Refinements = 3;
    private const double SameDiameter = 0.05;                            // a change that the network does not notice

    private readonly Movie _movie;
    private readonly SegmentationSettings _settings;
    private readonly string _folder;
    private readonly FolderWorkspace _workspace;
    private readonly CellposeModel _model;
    private readonly ModelSet _others = new();
    private readonly IVolumeStore<int> _labels;
    private readonly Segmenter2D? _planes;
    private readonly bool _isShared;
    private readonly VolumeRun? _volumes;

    private MovieSegmenter(Movie movie, SegmentationSettings settings, string folder, MovieFolderUse use, FolderWorkspace workspace, CellposeModel model, string device, Reporter reporter)
    {
        (_movie, _folder, _workspace, _model, DeviceText) = (movie, folder, workspace, model, device);
        (Diameter, DiameterFrames) = FindDiameter(settings, reporter);
        _settings = settings = settings with { EstimateIfPossible = false, Options = settings.Options with { Diameter = Diameter, AutoDiameter = false, KeepMaps = false } };
        if (movie.IsVolume)
        {
            VolumeSettings volume = settings.Volume!;
            volume = volume with { Options = volume.Options with { Segmentation = settings.Options } };
            string[] devices = Devices(settings);
            CellposeModel[] along = [model, .. devices.Skip(1).Select(d => _others.Load(settings, ComputeDevice.Select(d), reporter))];
            CellposeModel[] across = volume.OrthoModel is { } ortho
                ? [.. devices.Select(d => _others.Load(settings with { Model = ortho, SizeModel = null }, ComputeDevice.Select(d), reporter))]
                : [];
            _settings = settings with { Volume = volume };
            _volumes = new VolumeRun(_settings, volume, along, across, reporter);
        }
        else
            _planes = new Segmenter2D(model, settings.Options);

        _isShared = use is MovieFolderUse.SharedAnew or MovieFolderUse.SharedResume or MovieFolderUse.Join;
        byte[] fingerprint = Fingerprint();
        GoesOn = workspace.Load(RunRecord) is { } known && known.AsSpan().SequenceEqual(fingerprint);
        if (!GoesOn)
        {
            if (use == MovieFolderUse.Join)                              // others work there: their masks are not this process's to drop
                throw new InvalidDataException($"'{folder}' holds the masks of another movie, or '{movie.Path}' was changed since the run began; begin it anew without --resume.");
            workspace.Clear();
            workspace.Save(RunRecord, fingerprint);
        }
        _labels = workspace.Open<int>(LabelsName, movie.Shape, movie.FrameCount, new VolumeShape(64, 512, 512));
    }

    /// <summary>What the network is known by.</summary>
    public ModelInfo Model => _model.Info;

    /// <summary>The device in words.</summary>
    public string DeviceText { get; }

    /// <summary>Pixels: the diameter of all frames.</summary>
    public double Diameter { get; }

    /// <summary>The frames it was estimated from; empty where it was given or is the model's own.</summary>
    public IReadOnlyList<int> DiameterFrames { get; }

    /// <summary>Whether the folder held masks of the same run.</summary>
    public bool GoesOn { get; }

    /// <summary>Loads the model, finds the diameter, and opens the folder of masks.</summary>
    /// <param name="movie">The movie; borrowed.</param>
    /// <param name="settings">How frames are segmented.</param>
    /// <param name="folder">Where masks are kept.</param>
    /// <param name="use">Whether masks that lie there are kept.</param>
    /// <param name="reporter">Told of device and model.</param>
    /// <exception cref="InvalidDataException">A process joins a run that is not that of the folder.</exception>
    /// <exception cref="CommandException">There is no such model or device, or no diameter can be estimated.</exception>
    public static MovieSegmenter Open(Movie movie, SegmentationSettings settings, string folder, MovieFolderUse use, Reporter reporter)
    {
        string[] devices = Devices(settings);
        if (devices.Length == 0 || (devices.Length > 1 && !movie.IsVolume))
            throw new CommandException(ExitCode.Usage, $"--device must be one device; got '{settings.Device}'. Several share the planes of a volume.");
        torch.Device device = ComputeDevice.Select(devices[0]);
        if (settings.Options.Threads > 0)
            torch.set_num_threads(settings.Options.Threads);
        string text = string.Join(", ", devices.Select(d => ComputeDevice.Describe(ComputeDevice.Select(d), d)));
        reporter.Info($"device: {text}");
        CellposeModel model = ModelLoading.Load(settings, device, reporter);
        FolderWorkspace? workspace = null;
        try
        {
            workspace = new FolderWorkspace(folder, isShared: use is not (MovieFolderUse.Anew or MovieFolderUse.Resume));
            if (use is MovieFolderUse.Anew or MovieFolderUse.SharedAnew)
                workspace.Clear();
            return new MovieSegmenter(movie, settings, folder, use, workspace, model, text, reporter);
        }
        catch
        {
            workspace?.Dispose();
            model.Dispose();
            throw;
        }
    }

    /// <summary>Whether a frame was segmented.</summary>
    /// <param name="frame">Counted from 0.</param>
    public bool IsDone(int frame) => _workspace.Has(RecordOf(frame));

    /// <summary>Segments a frame, unless an earlier run did, and keeps its masks.</summary>
    /// <param name="frame">Counted from 0.</param>
    /// <param name="image">float32 [C, (Z,) Y, X], the frame; borrowed.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    public FrameOutcome Segment(int frame, NdArray<float> image, IProgress<float> progress, CancellationToken cancellationToken)
    {
        string record = RecordOf(frame);
        if (_workspace.Load(record) is { } done)
            return JsonSerializer.Deserialize<FrameOutcome>(done)! with { IsResumed = !_isShared };
        var watch = Stopwatch.StartNew();
        FrameOutcome outcome;
        if (_planes is not null)
        {
            Segmentation2D result = _planes.Segment(ChannelSelector.Select(image, _settings.Chan, _settings.Chan2), progress, cancellationToken);
            _labels.Write(frame, _movie.Shape.All, result.Labels.Data);
            outcome = new FrameOutcome(result.Cells.Count, result.Filtered, result.NonFinitePixels, watch.Elapsed.TotalSeconds);
        }
        else
        {
            using VolumeReader volume = _movie.OpenFrame(frame);
            string work = string.Create(CultureInfo.InvariantCulture, $"{_folder}_t{frame:d4}");
            VolumeResult result = _volumes!.SegmentTime(
                _movie.FrameFile(frame), volume, frame, work, (found, _) => Keep(frame, found.Labels, cancellationToken), progress, cancellationToken);
            outcome = new FrameOutcome(result.Cells.Count, result.Filtered, result.NonFiniteVoxels, watch.Elapsed.TotalSeconds);
        }
        _workspace.Save(record, JsonSerializer.SerializeToUtf8Bytes(outcome));
        return outcome;
    }

    /// <summary>Reads the masks of a frame that was segmented.</summary>
    /// <param name="frame">Counted from 0.</param>
    /// <returns>int32 [(Z,) Y, X]; owned by the caller.</returns>
    public NdArray<int> ReadLabels(int frame)
    {
        var labels = _movie.IsVolume ? new NdArray<int>(_movie.Shape.Z, _movie.Shape.Y, _movie.Shape.X) : new NdArray<int>(_movie.Shape.Y, _movie.Shape.X);
        _labels.Read(frame, _movie.Shape.All, labels.Span);
        return labels;
    }

    /// <summary>Gives the room of the masks back; the folder stays.</summary>
    public void Clear() => _workspace.Clear();

    /// <summary>Removes masks and folder: the run is over.</summary>
    public void Remove() => _workspace.Remove();

    /// <summary>Frees the models and lets go of the folder, which stays.</summary>
    public void Dispose()
    {
        _workspace.Dispose();
        _others.Dispose();
        _model.Dispose();
    }

    private static string RecordOf(int frame) => string.Create(CultureInfo.InvariantCulture, $"frames/{frame}");

    private static string[] Devices(SegmentationSettings settings) => settings.Device.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private void Keep(int frame, IVolumeStore<int> labels, CancellationToken cancellationToken)
    {
        int[] plane = new int[checked(labels.Shape.Y * labels.Shape.X) * Math.Min(64, labels.Shape.Z)];
        for (int z = 0; z < labels.Shape.Z; z += 64)                     // whole chunks of the store
        {
            cancellationToken.ThrowIfCancellationRequested();
            var box = new VolumeBox(z, 0, 0, Math.Min(64, labels.Shape.Z - z), labels.Shape.Y, labels.Shape.X);
            labels.Read(0, box, plane.AsSpan(0, (int)box.Count));
            _labels.Write(frame, box, plane.AsSpan(0, (int)box.Count));
        }
    }

    // the median over frames evenly spread: one frame with few cells, or dying ones, does not decide; then that of the masks found, until
    // it stays, since a first guess that is too small finds cells in pieces
    private (double Diameter, int[] Frames) FindDiameter(SegmentationSettings settings, Reporter reporter)
    {
        SegmentationOptions options = settings.Options;
        if (options.Diameter is { } given)
            return (given, []);
        bool wanted = options.AutoDiameter || (settings.EstimateIfPossible && !(options.Compatible && _movie.IsVolume));
        if (!wanted || _model.SizeModel is null)
        {
            return options.AutoDiameter
                ? throw new CommandException(ExitCode.Usage, $"the diameter cannot be estimated: model '{_model.Info.Name}' has no size model; give the diameter.")
                : (_model.Info.DiamLabels, []);
        }
        int count = Math.Min(_movie.FrameCount, _movie.IsVolume ? SampledVolumes : SampledFrames);
        int[] frames = [.. Enumerable.Range(0, count).Select(n => (int)((2L * n + 1) * _movie.FrameCount / (2 * count)))];
        var segmenter = new Segmenter2D(_model, options with { AutoDiameter = false });
        double[] found = [.. frames.Select(t => Estimate(segmenter, settings, t)).Order()];
        double diameter = Middle(found), before = 0;
        for (int round = 0; round < Refinements && !_movie.IsVolume && Math.Abs(Math.Log(diameter / before)) > SameDiameter; round++)
        {
            before = diameter;
            var refined = new Segmenter2D(_model, options with { AutoDiameter = false, Diameter = diameter, KeepMaps = false });
            double[] measured = [.. frames.Select(t => MedianDiameter(refined.Segment(ChannelSelector.Select(_movie.ReadImage(t), settings.Chan, settings.Chan2)))).Where(d => d > 0).Order()];
            if (measured.Length > 0)
                (found, diameter) = (measured, Middle(measured));
        }
        reporter.Info(string.Create(
            CultureInfo.InvariantCulture, $"diameter: {diameter:f1} px for all frames, the median of frames {string.Join(", ", frames)} ({found[0]:f1} to {found[^1]:f1})"));
        return (diameter, frames);
    }

    private static double Middle(double[] sorted) =>
        sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;

    private static double MedianDiameter(Segmentation2D result) =>
        result.Cells.Count == 0 ? 0 : Middle([.. result.Cells.Select(c => 2 * Math.Sqrt(c.Area / Math.PI)).Order()]);

    private double Estimate(Segmenter2D segmenter, SegmentationSettings settings, int frame)
    {
        if (!_movie.IsVolume)
            return segmenter.EstimateDiameter(ChannelSelector.Select(_movie.ReadImage(frame), settings.Chan, settings.Chan2)).Diameter;
        using VolumeReader volume = _movie.OpenFrame(frame);
        using var source = new ChannelSource(volume, settings.Chan, settings.Chan2);
        SegmentationOptions options = settings.Options;
        return VolumeDiameter.Estimate(segmenter, source, options.Normalize with { ReferenceOddities = options.Compatible, Threads = options.Threads });
    }

    /// <summary>Everything that has a part in the masks, hashed.</summary>
    private byte[] Fingerprint()
    {
        SegmentationOptions s = _settings.Options with { Threads = 0, Normalize = _settings.Options.Normalize with { Threads = 0 } };
        string lowHigh = string.Join(";", (s.Normalize.LowHigh ?? []).Select(p => FormattableString.Invariant($"{p.Low:r},{p.High:r}")));
        VolumeOptions? v = _movie.IsVolume ? _settings.Volume!.Options with { Segmentation = s, BlockSize = null, MaxMemoryBytes = 4L << 30 } : null;
        var text = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
            $"1 {_movie.FrameCount} {_movie.Shape} {_movie.Channels} {_movie.Info.Axes} {_settings.Chan} {_settings.Chan2} {s} {lowHigh} {v} {_settings.Volume?.Fusion} {_settings.Volume?.OrthoModel} {_model.Info}"));
        foreach (string file in Enumerable.Range(0, _movie.FrameCount).Select(_movie.FrameFile).Distinct())
        {
            string path = InputImages.FileOf(file);
            text.Append(CultureInfo.InvariantCulture, $"\n{Path.GetFullPath(path)} {(File.Exists(path) ? new FileInfo(path).Length : 0)} {File.GetLastWriteTimeUtc(path).Ticks}");
        }
        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
