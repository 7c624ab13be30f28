using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume;
using Cellpose3D.Volume.Preprocessing;
using TorchSharp;

namespace Cellpose3D.Cli.Cluster;

/// <summary>A volume that several processes segment, as one of them sees it: file, model, and a segmenter with all options known.</summary>
internal sealed class SharedVolume : IDisposable
{
    private readonly ModelSet _models = new();

    /// <summary>Opens everything.</summary>
    /// <param name="settings">What the command line asked for.</param>
    /// <param name="image">The volume file.</param>
    /// <param name="deviceName">As for <c>--device</c>.</param>
    /// <param name="workers">Processes that the volume is cut for.</param>
    /// <param name="reporter">Is told the model.</param>
    /// <param name="cancellationToken">Checked while the diameter is estimated.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or holds no volume or several.</exception>
    public SharedVolume(SegmentationSettings settings, string image, string deviceName, int workers, Reporter reporter, CancellationToken cancellationToken)
    {
        torch.Device device = ComputeDevice.Select(deviceName);
        if (settings.Options.Threads > 0)
            torch.set_num_threads(settings.Options.Threads);
        Device = ComputeDevice.Describe(device, deviceName);
        VolumeSettings volume = settings.Volume! with { Options = settings.Volume.Options with { Workers = workers, Segmentation = settings.Volume.Options.Segmentation with { Threads = settings.Options.Threads } } };
        settings = settings with { Volume = volume };
        Model = _models.Load(settings, device, reporter);
        CellposeModel[] across = volume.OrthoModel is { } ortho ? [_models.Load(settings with { Model = ortho, SizeModel = null, EstimateIfPossible = false }, device, reporter)] : [];
        var run = new VolumeRun(settings, volume, [Model], across, reporter);
        File = VolumeFile.Open(image, new VolumeOpenOptions { Axes = settings.Axes });
        VolumeRun.RequireStack(image, File.Description);
        if (File.Description.Times > 1)
            throw new InvalidDataException($"'{image}' has {File.Description.Times} time points; --engine shares out one volume: give time points as files, or leave --engine out.");
        Source = new ChannelSource(File, settings.Chan, settings.Chan2);
        Options = run.OptionsOf(Source, cancellationToken);
        Segmenter = new VolumeSegmenter([Model], across, Options);
        Identity = run.IdentityOf(image, 0);
        Notes = [.. run.NotesOf(File)];
        Settings = settings;
    }

    /// <summary>The settings in force.</summary>
    public SegmentationSettings Settings { get; }

    /// <summary>The device in words.</summary>
    public string Device { get; }

    /// <summary>The model.</summary>
    public CellposeModel Model { get; }

    /// <summary>The volume file.</summary>
    public VolumeReader File { get; }

    /// <summary>The channels that are segmented.</summary>
    public ChannelSource Source { get; }

    /// <summary>The options in force, the diameter among them.</summary>
    public VolumeOptions Options { get; }

    /// <summary>Cuts the run into steps.</summary>
    public VolumeSegmenter Segmenter { get; }

    /// <summary>What the input is known by.</summary>
    public string Identity { get; }

    /// <summary>What the user should know of the file.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Lets go of file and model.</summary>
    public void Dispose()
    {
        Source.Dispose();
        File.Dispose();
        _models.Dispose();
    }
}
