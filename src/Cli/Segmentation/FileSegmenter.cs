using System.Diagnostics;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO;
using TorchSharp;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>Segments files, one independent of the other: planes by themselves, or stacks as volumes.</summary>
internal sealed class FileSegmenter : IDisposable
{
    private readonly ModelSet _models = new();
    private readonly Segmenter2D? _planes;

    /// <summary>Loads the models.</summary>
    /// <param name="settings">What the command line asked for.</param>
    /// <param name="reporter">Is told device and model.</param>
    /// <exception cref="CommandException">There is no such device or model.</exception>
    public FileSegmenter(SegmentationSettings settings, Reporter reporter)
    {
        string[] devices = DevicesOf(settings);
        torch.Device device = ComputeDevice.Select(devices[0]);
        if (settings.Options.Threads > 0)
            torch.set_num_threads(settings.Options.Threads);
        Device = string.Join(", ", devices.Select(d => ComputeDevice.Describe(ComputeDevice.Select(d), d)));
        reporter.Info($"device: {Device}");
        Model = _models.Load(settings, device, reporter);
        bool estimate = settings.Options.AutoDiameter || (settings.EstimateIfPossible && Model.SizeModel is not null);
        SegmentationOptions options = settings.Options with { AutoDiameter = estimate && settings.Volume is null, KeepMaps = SegmentationFiles.NeedMaps(settings.Save) };
        if (settings.Volume is { } volume)
        {
            CellposeModel[] along = [Model, .. devices.Skip(1).Select(d => _models.Load(settings, ComputeDevice.Select(d), reporter))];
            CellposeModel[] across = volume.OrthoModel is { } ortho
                ? [.. devices.Select(d => _models.Load(settings with { Model = ortho, SizeModel = null, EstimateIfPossible = false, Options = settings.Options with { AutoDiameter = false } }, ComputeDevice.Select(d), reporter))]
                : [];
            Volumes = new VolumeRun(settings, volume, along, across, reporter);
        }
        else
            _planes = new Segmenter2D(Model, options);
        Settings = settings with { Options = options };
    }

    /// <summary>The settings in force.</summary>
    public SegmentationSettings Settings { get; }

    /// <summary>The device in words.</summary>
    public string Device { get; }

    /// <summary>The model.</summary>
    public CellposeModel Model { get; }

    /// <summary>Segments stacks as volumes; null where planes are segmented by themselves.</summary>
    public VolumeRun? Volumes { get; }

    /// <summary>The devices of the settings.</summary>
    /// <exception cref="CommandException">There is none, or there are several and no volumes whose planes they could share.</exception>
    public static string[] DevicesOf(SegmentationSettings settings)
    {
        string[] devices = settings.Device.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return devices.Length == 1 || (devices.Length > 1 && settings.Volume is not null)
            ? devices
            : throw new CommandException(ExitCode.Usage, $"--device must be one device; got '{settings.Device}'. Several share the planes of a volume (--do-3d).");
    }

    /// <summary>Segments a file and writes its results.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stem">Folder and name that the results' names begin with.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public IOutcome Segment(string path, string stem, IProgress<float> progress, CancellationToken cancellationToken) =>
        Volumes is null ? SegmentImage(path, stem, progress, cancellationToken) : Volumes.Segment(path, stem, progress, cancellationToken);

    /// <summary>Whether an error is about one file, so that the others are to be segmented none the less.</summary>
    public static bool IsOfOneFile(Exception error) => Failures.CodeOf(error) is ExitCode.BadInput or ExitCode.Usage;

    /// <summary>The one line about a file that could not be segmented, its name in it.</summary>
    public static string FailureOf(string path, Exception error)
    {
        string line = Failures.LineOf(error);
        return line.Contains(Path.GetFileName(path), StringComparison.Ordinal) ? line : $"'{path}': {line}";    // options that fit other images do not fit this one
    }

    /// <summary>Frees the models.</summary>
    public void Dispose() => _models.Dispose();

    private ImageOutcome SegmentImage(string path, string stem, IProgress<float> progress, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        LoadedImage image = ImageReader.Read(path, Settings.Axes, cancellationToken);
        double readSeconds = watch.Elapsed.TotalSeconds;
        IReadOnlyList<NdArray<float>> planes = ImagePlanes.Split(image, Settings.Chan, Settings.Chan2);

        var results = new List<Segmentation2D>();
        for (int n = 0; n < planes.Count; n++)
        {
            var part = new PartialProgress(progress, (float)n / planes.Count, (n + 1f) / planes.Count);
            results.Add(_planes!.Segment(planes[n], part, cancellationToken));
        }

        double segmentSeconds = watch.Elapsed.TotalSeconds - readSeconds;
        IReadOnlyList<string> written = SegmentationFiles.Write(stem, Settings.Save, image, planes, results, Settings);
        double writeSeconds = watch.Elapsed.TotalSeconds - segmentSeconds - readSeconds;
        return new ImageOutcome(path, image.Info, results, written, readSeconds, writeSeconds);
    }
}
