using System.Globalization;
using Cellpose3D.Cli.Pictures;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.IO;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>Writes what <c>segment</c> finds in a volume, under Cellpose's names, plane by plane.</summary>
internal sealed class VolumeFiles : IDisposable
{
    private const string TableEnding = "_cells.csv", FlowsEnding = "_flows.tif", OutlinesEnding = "_outlines.png", OutputEnding = "_cp_output.png";

    // what each time point has a file of its own for
    private static readonly (string Kind, string Ending)[] Endings = [("flows", FlowsEnding), ("outlines", OutlinesEnding), ("output", OutputEnding)];

    private readonly string _stem, _masks;
    private readonly IReadOnlySet<string> _kinds;
    private readonly VolumeDescription _description;
    private readonly VolumeWriteOptions _options;
    private IVolumeOutput<int>? _movie;                                  // labels of several time points, once the first is there

    /// <summary>Prepares to write.</summary>
    /// <param name="stem">Folder and name that the results' names begin with.</param>
    /// <param name="settings">Which results.</param>
    /// <param name="volume">The labels' format.</param>
    /// <param name="description">The volume file.</param>
    public VolumeFiles(string stem, SegmentationSettings settings, VolumeSettings volume, VolumeDescription description)
    {
        (_stem, _kinds, _description) = (stem, settings.Save, description);
        _masks = $"{stem}_cp_masks.{volume.MaskFormat}";
        _options = new VolumeWriteOptions
        {
            VoxelSizeUm = description.Image.VoxelSizeUm,
            FrameIntervalS = description.Image.FrameIntervalS,
            Times = description.Times,
        };
    }

    /// <summary>Refuses results that are files of one plane.</summary>
    /// <exception cref="CommandException">One is asked for.</exception>
    public static void RequireVolumeKinds(IReadOnlySet<string> kinds)
    {
        foreach (string kind in (string[])["txt", "rois", "npy"])
        {
            if (kinds.Contains(kind))
                throw new CommandException(ExitCode.Usage, $"--save {kind} holds planes, not volumes; leave it out or segment plane by plane without --do-3d and --stitch-threshold.");
        }
    }

    /// <summary>Whether the labels of several time points go into one file.</summary>
    public bool IsMovie => _description.Times > 1;

    /// <summary>Writes the volumes of a file's only, or of one, time point.</summary>
    public void Write(VolumeSegmentation result, IVolumeSource source, int time, CancellationToken cancellationToken)
    {
        if (IsMovie)
            WriteMovie(result.Labels, time, cancellationToken);
        else if (_kinds.Contains("masks"))
            VolumeFile.WriteLabels(_masks, result.Labels, _options, null, cancellationToken);
        WriteOwn(result, source, time, cancellationToken);
    }

    /// <summary>Adds the labels of one time point to those of all.</summary>
    public void WriteMovie(IVolumeStore<int> labels, int time, CancellationToken cancellationToken)
    {
        if (!_kinds.Contains("masks"))
            return;
        _movie ??= VolumeFile.CreateLabels(_masks, _description.Shape, _options);
        int[] plane = new int[checked(labels.Shape.Y * labels.Shape.X)];
        for (int z = 0; z < labels.Shape.Z; z++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            labels.Read(0, PlaneOf(labels.Shape, z), plane);
            _movie.Write(time, PlaneOf(labels.Shape, z), plane);
        }
    }

    /// <summary>Writes what each time point has a file of its own for: flows and pictures.</summary>
    public void WriteOwn(VolumeSegmentation result, IVolumeSource source, int time, CancellationToken cancellationToken)
    {
        if (_kinds.Contains("flows"))
            WriteFlows(result.Flows ?? throw new CommandException(ExitCode.Usage, "--save flows needs --do-3d: stitched planes have no flows in 3D."), Own(time, FlowsEnding));
        if (_kinds.Contains("outlines"))
            WriteBytes(Own(time, OutlinesEnding), DrawOutlines(result, source, cancellationToken));
        if (_kinds.Contains("output"))
        {
            PlaneSource<float>[] channels = [.. Enumerable.Range(0, source.Channels).Select(c => Planes(source, c, cancellationToken))];
            var size = new VoxelSize(result.Plan.Scale.Anisotropy, 1, 1);        // as it was taken, be it by an option
            WriteBytes(Own(time, OutputEnding), VolumePicture.Png(channels, Planes(result.Labels), size, cancellationToken));
        }
    }

    /// <summary>Removes what a process that was killed while it wrote has left; no other may be writing these files now.</summary>
    public void RemoveLeftovers(int time)
    {
        foreach ((_, string ending) in Endings)
            AtomicFile.RemoveLeftovers(Own(time, ending));
        AtomicFile.RemoveLeftovers(_stem + TableEnding);
        if (_movie is null)                                              // a movie's own are being written now
            AtomicFile.RemoveLeftovers(_masks);
    }

    /// <summary>Writes what is about all time points.</summary>
    /// <returns>The paths written.</returns>
    public IReadOnlyList<string> Complete(IReadOnlyList<VolumeResult> results, CancellationToken cancellationToken)
    {
        _movie?.Complete(null, cancellationToken);
        if (_kinds.Contains("table"))
            AtomicFile.Write(_stem + TableEnding, stream => CellTable.WriteVolumes(stream, results, _description.Image.VoxelSizeUm));
        return [.. _kinds.Contains("masks") ? [_masks] : Array.Empty<string>(), .. Enumerable.Range(0, results.Count).SelectMany(OwnFiles),
            .. _kinds.Contains("table") ? [_stem + TableEnding] : Array.Empty<string>()];
    }

    /// <summary>Drops labels that were not completed.</summary>
    public void Dispose() => _movie?.Dispose();

    private IEnumerable<string> OwnFiles(int time) =>
        Endings.Where(f => _kinds.Contains(f.Kind)).Select(f => Own(time, f.Ending));

    private string Own(int time, string ending) =>
        IsMovie ? string.Create(CultureInfo.InvariantCulture, $"{_stem}_t{time:d4}{ending}") : _stem + ending;

    // flow along Z, Y, X, probability logit, each a channel; at the network's size without resampling
    private void WriteFlows(IVolumeStore<float> flows, string path)
    {
        VolumeShape shape = flows.Shape, image = _description.Shape;
        VoxelSize um = _description.Image.VoxelSizeUm;
        var size = new VoxelSize(um.Z * image.Z / shape.Z, um.Y * image.Y / shape.Y, um.X * image.X / shape.X);
        using var writer = new TiffWriter(
            path, PixelType.Float32, "CZYX", [flows.Components, shape.Z, shape.Y, shape.X], new TiffWriterOptions { VoxelSizeUm = size });
        float[] plane = new float[checked(shape.Y * shape.X)];
        for (int c = 0; c < flows.Components; c++)
        {
            for (int z = 0; z < shape.Z; z++)
            {
                flows.Read(c, new VolumeBox(z, 0, 0, 1, shape.Y, shape.X), plane);
                writer.WritePlane<float>(plane);
            }
        }
        writer.Complete();
    }

    // the middle plane, as of any stack
    private static byte[] DrawOutlines(VolumeSegmentation result, IVolumeSource source, CancellationToken cancellationToken)
    {
        VolumeShape shape = source.Shape;
        var image = new NdArray<float>(source.Channels, shape.Y, shape.X);
        for (int c = 0; c < source.Channels; c++)
            Planes(source, c, cancellationToken).Read(shape.Z / 2, image.Plane(c));
        var labels = new NdArray<int>(shape.Y, shape.X);
        Planes(result.Labels).Read(shape.Z / 2, labels.Span);
        return RunPicture.DrawOutlines(image, labels);
    }

    private static PlaneSource<float> Planes(IVolumeSource source, int channel, CancellationToken cancellationToken) =>
        new(true, source.Shape.Z, source.Shape.Y, source.Shape.X, (z, plane) => source.Read(channel, PlaneOf(source.Shape, z), plane, cancellationToken));

    private static PlaneSource<int> Planes(IVolumeStore<int> labels) =>
        new(true, labels.Shape.Z, labels.Shape.Y, labels.Shape.X, (z, plane) => labels.Read(0, PlaneOf(labels.Shape, z), plane));

    private static VolumeBox PlaneOf(VolumeShape shape, int z) => new(z, 0, 0, 1, shape.Y, shape.X);

    private static void WriteBytes(string path, byte[] bytes) => AtomicFile.Write(path, stream => stream.Write(bytes));
}
