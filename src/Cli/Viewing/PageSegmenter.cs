using System.Globalization;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.IO;
using Cellpose3D.IO.Volumes;
using Cellpose3D.IO.Weights;
using Cellpose3D.Viewer.Segmenting;
using Cellpose3D.Volume;
using Cellpose3D.Volume.Preprocessing;
using Cellpose3D.Volume.Sources;
using TorchSharp;

namespace Cellpose3D.Cli.Viewing;

/// <summary>Finds cells for the pages of <c>view</c>, as <c>segment</c> finds them: the same steps with the same settings.</summary>
internal sealed class PageSegmenter : ISegmenter
{
    private readonly string _image, _device;
    private readonly string? _axes;
    private readonly VoxelSize? _voxelUm;
    private readonly long _memoryBytes;
    private readonly Reporter _reporter;
    private readonly Dictionary<(string Path, DateTime Changed), CellposeModel> _models = [];

    /// <summary>Prepares to work on an image; nothing is loaded before it is needed.</summary>
    /// <param name="image">Its path.</param>
    /// <param name="axes">Letters that replace its axes; null keeps them.</param>
    /// <param name="voxelUm">Size of a voxel, where the user gave one.</param>
    /// <param name="device">auto, cpu, cuda or cuda:N.</param>
    /// <param name="memoryBytes">Memory for flows and what they are made of.</param>
    /// <param name="reporter">Told of the models.</param>
    public PageSegmenter(string image, string? axes, VoxelSize? voxelUm, string device, long memoryBytes, Reporter reporter)
    {
        (_image, _axes, _voxelUm, _device, _memoryBytes, _reporter) = (image, axes, voxelUm, device, memoryBytes, reporter);
        ImageInfo info = Inspect();
        int channels = info.Length('C');
        Channels = [.. Enumerable.Range(0, channels).Select(c => c < info.ChannelNames.Count ? info.ChannelNames[c] : string.Create(CultureInfo.InvariantCulture, $"channel {c + 1}"))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Models =>
        [.. ModelLoading.Registry().List().Where(m => !TemporalModelFile.IsOne(m.WeightPaths[0])).Select(m => m.Name).OrderBy(name => name != SegmentationSettings.DefaultModel)];

    /// <inheritdoc/>
    public IReadOnlyList<string> Channels { get; }

    /// <inheritdoc/>
    public double EstimateDiameter(SegmentationRequest request, IProgress<SegmentationProgress> progress, CancellationToken cancellationToken) => InOneLine(() =>
    {
        CellposeModel model = ModelOf(request);
        if (model.SizeModel is null)
            throw new SegmentationException($"the diameter cannot be estimated: model '{model.Info.Name}' has no size model; give the diameter.");
        SegmentationSettings settings = SettingsOf(request with { Diameter = null });
        if (request.IsVolume)
        {
            using VolumeReader file = OpenVolume(request.Time);
            using var source = new ChannelSource(file, request.Chan, request.Chan2);
            progress.Report(new SegmentationProgress(0, "size model"));
            return Volumes(settings, model).OptionsOf(source, cancellationToken).Segmentation.Diameter!.Value;
        }
        var part = new StepProgress(progress, _ => "size model");
        return new Segmenter2D(model, settings.Options).EstimateDiameter(ReadPlane(request, request.Time, cancellationToken), part, cancellationToken).Diameter;
    });

    /// <inheritdoc/>
    public INetworkOutput RunNetwork(SegmentationRequest request, IProgress<SegmentationProgress> progress, CancellationToken cancellationToken) => InOneLine<INetworkOutput>(() =>
    {
        progress.Report(new SegmentationProgress(0, "loading the model"));
        CellposeModel model = ModelOf(request);
        return request.IsVolume ? RunVolumes(request, model, progress, cancellationToken) : RunPlanes(request, model, progress, cancellationToken);
    });

    /// <summary>Frees the models.</summary>
    public void Dispose()
    {
        foreach (CellposeModel model in _models.Values)
            model.Dispose();
    }

    /// <summary>Does something, and says in one line why it was not done, as the command line would.</summary>
    /// <exception cref="SegmentationException">It failed.</exception>
    public static T InOneLine<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is not SegmentationException)
        {
            if (Failures.CodeOf(e) == ExitCode.Interrupted)
                throw new OperationCanceledException(e.Message, e);
            throw new SegmentationException(Failures.LineOf(e), e);
        }
    }

    private PlanesOutput RunPlanes(SegmentationRequest request, CellposeModel model, IProgress<SegmentationProgress> progress, CancellationToken cancellationToken)
    {
        SegmentationSettings settings = SettingsOf(request);
        SegmentationOptions options = settings.Options with { AutoDiameter = request.Diameter is null && model.SizeModel is not null, KeepMaps = false };
        var segmenter = new Segmenter2D(model, options);
        int[] times = TimesOf(request);
        var maps = new List<(int Time, NetworkMaps Maps)>();
        for (int n = 0; n < times.Length; n++)
        {
            NdArray<float> plane = ReadPlane(request, times[n], cancellationToken);
            if (request.Box is { } box)
            {
                segmenter = new Segmenter2D(model, options with { Normalize = AsOf(plane, options.Normalize) });
                plane = Part(plane.Reshape(plane.Shape[0], 1, plane.Shape[1], plane.Shape[2]), box with { Z = 0 }).Reshape(plane.Shape[0], box.Height, box.Width);
            }
            RequireMemory(3L * sizeof(float) * plane.Shape[1] * plane.Shape[2] * times.Length);
            var part = new StepProgress(progress, _ => "network", (float)n / times.Length, (n + 1f) / times.Length);
            maps.Add((times[n], segmenter.RunNetwork(plane, part, cancellationToken)));
        }
        return new PlanesOutput(model, options, request, maps);
    }

    private VolumesOutput RunVolumes(SegmentationRequest request, CellposeModel model, IProgress<SegmentationProgress> progress, CancellationToken cancellationToken)
    {
        SegmentationSettings settings = SettingsOf(request);
        int[] times = TimesOf(request);
        var flows = new List<(int Time, VolumeFlows Flows)>();
        VolumeOptions options = settings.Volume!.Options;
        for (int n = 0; n < times.Length; n++)
        {
            using VolumeReader file = OpenVolume(times[n]);
            VolumeRun.RequireStack(_image, file.Description);
            using var whole = new ChannelSource(file, request.Chan, request.Chan2);
            (IVolumeSource source, settings) = PartOf(whole, request, settings, cancellationToken);
            progress.Report(new SegmentationProgress((float)n / times.Length, "size model"));
            options = Volumes(settings, model).OptionsOf(source, cancellationToken);
            var segmenter = new VolumeSegmenter(model, options);
            VolumePlan plan = segmenter.Plan(source);
            RequireMemory(plan.WorkspaceBytes + 4L * sizeof(float) * plan.Flows.Count * (times.Length - 1));
            var part = new StepProgress(progress, share => PassOf(plan, share), (float)n / times.Length, (n + 1f) / times.Length);
            flows.Add((times[n], segmenter.RunNetwork(source, new MemoryWorkspace(), part, cancellationToken)));
        }
        return new VolumesOutput(model, options, request, flows);
    }

    // what the network is to see, with the intensities it would have in the whole
    private (IVolumeSource Source, SegmentationSettings Settings) PartOf(
        ChannelSource whole, SegmentationRequest request, SegmentationSettings settings, CancellationToken cancellationToken)
    {
        if (request.Box is not { } box)
            return (whole, settings);
        RequireMemory(sizeof(float) * whole.Shape.Count * whole.Channels);
        var voxels = new NdArray<float>(whole.Channels, whole.Shape.Z, whole.Shape.Y, whole.Shape.X);
        for (int c = 0; c < whole.Channels; c++)
            whole.Read(c, whole.Shape.All, voxels.Plane(c), cancellationToken);
        SegmentationOptions options = settings.Options with { Normalize = AsOf(voxels, settings.Options.Normalize) };
        VolumeSettings volume = settings.Volume! with { Options = settings.Volume.Options with { Segmentation = options } };
        return (new MemoryVolumeSource(Part(voxels, box), whole.SpacingUm), settings with { Options = options, Volume = volume });
    }

    // a part is not normalised by itself: a box around one bright cell has other percentiles than the image
    private static NormalizeOptions AsOf(NdArray<float> whole, NormalizeOptions options) => options with { LowHigh = Normalizer.Percentiles(whole, options) };

    // [C, Z, Y, X]
    private static NdArray<float> Part(NdArray<float> whole, VolumeBox box)
    {
        using var source = new MemoryVolumeSource(whole);
        var part = new NdArray<float>(whole.Shape[0], box.Depth, box.Height, box.Width);
        for (int c = 0; c < whole.Shape[0]; c++)
            source.Read(c, box, part.Plane(c));
        return part;
    }

    // the passes of the network, which are all but the last
    private static string PassOf(VolumePlan plan, float share)
    {
        IReadOnlyList<VolumePass> passes = [.. plan.Passes.SkipLast(1)];
        float all = passes.Sum(p => p.Share), done = 0;
        return passes.FirstOrDefault(p => (done += p.Share / all) >= share)?.Name ?? passes[^1].Name;
    }

    private VolumeRun Volumes(SegmentationSettings settings, CellposeModel model) => new(settings, settings.Volume!, [model], [], _reporter);

    private SegmentationSettings SettingsOf(SegmentationRequest request)
    {
        var options = new SegmentationOptions { Diameter = request.Diameter };
        var volume = new VolumeOptions { Segmentation = options, Anisotropy = _voxelUm?.Anisotropy, MaxMemoryBytes = Math.Max(_memoryBytes, VolumeOptions.LeastMemoryBytes) };
        return new SegmentationSettings
        {
            Images = [_image],
            Model = request.Model,
            EstimateIfPossible = request.Diameter is null,
            Chan = request.Chan,
            Chan2 = request.Chan2,
            Axes = _axes,
            Device = _device,
            Save = new HashSet<string>(),
            Options = options,
            Volume = request.IsVolume ? new VolumeSettings { Options = volume, Fusion = "sum", MaskFormat = "tif" } : null,
        };
    }

    // loaded once, and again where the file was changed, as by training
    private CellposeModel ModelOf(SegmentationRequest request)
    {
        string path = ModelLoading.Registry().Resolve(request.Model).WeightPaths[0];
        (string, DateTime) key = (path, File.GetLastWriteTimeUtc(path));
        if (!_models.TryGetValue(key, out CellposeModel? model))
        {
            torch.Device device = ComputeDevice.Select(_device);
            _models[key] = model = ModelLoading.Load(SettingsOf(request with { Diameter = null }), device, _reporter);
        }
        return model;
    }

    private NdArray<float> ReadPlane(SegmentationRequest request, int time, CancellationToken cancellationToken)
    {
        using PlaneFile<float> file = PlaneFiles.OpenImage(_image, _axes, cancellationToken);
        PlaneSource<float> first = file.Planes(time, 0);
        if (request.Plane >= first.Depth)
            throw new ArgumentException($"plane must be 0 to {first.Depth - 1}; got {request.Plane}.", nameof(request));
        var plane = new NdArray<float>(file.Channels, first.Height, first.Width);
        for (int c = 0; c < file.Channels; c++)
            file.Planes(time, c).Read(request.Plane, plane.Plane(c));
        return ChannelSelector.Select(plane, request.Chan, request.Chan2);
    }

    private VolumeReader OpenVolume(int time) => VolumeFile.Open(_image, new VolumeOpenOptions { Axes = _axes, Time = time });

    private int[] TimesOf(SegmentationRequest request) => request.AllTimes ? [.. Enumerable.Range(0, Inspect().Length('T'))] : [request.Time];

    private ImageInfo Inspect()
    {
        if (!VolumeFile.IsContainer(_image))
            return ImageReader.Inspect(_image, _axes);
        using VolumeReader volume = VolumeFile.Open(_image, new VolumeOpenOptions { Axes = _axes });
        return volume.Description.Image;
    }

    private void RequireMemory(long bytes)
    {
        if (bytes > _memoryBytes)
        {
            throw new SegmentationException(string.Create(CultureInfo.InvariantCulture,
                $"flows and what they are made of take {bytes / 1e9:f1} GB here, more than half of --max-memory: give more, or segment in files by 'cellpose3d segment' and view the masks."));
        }
    }
}
