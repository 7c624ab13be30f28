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
    private readonly string _stem, _masks;
    private readonly IReadOnlySet<string> _kinds;
    private readonly VolumeDescription _description;
    private readonly VolumeWriteOptions _options;
    private readonly IVolumeOutput<int>? _movie;                         // labels of several time points
    private readonly List<string> _written = [];

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
        if (description.Times > 1 && _kinds.Contains("masks"))
            _movie = VolumeFile.CreateLabels(_masks, description.Shape, _options);
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

    /// <summary>Writes the volumes of one time point.</summary>
    public void Write(VolumeSegmentation result, IVolumeSource source, int time, CancellationToken cancellationToken)
    {
        IVolumeStore<int> labels = result.Labels;
        if (_movie is not null)
            Copy(labels, time, cancellationToken);
        else if (_kinds.Contains("masks"))
            VolumeFile.WriteLabels(Named(_masks), labels, _options, null, cancellationToken);
        string suffix = _description.Times == 1 ? "" : FormattableString.Invariant($"_t{time:d4}");
        if (_kinds.Contains("flows"))
            WriteFlows(result.Flows ?? throw new CommandException(ExitCode.Usage, "--save flows needs --do-3d: stitched planes have no flows in 3D."), Named($"{_stem}{suffix}_flows.tif"));
        if (_kinds.Contains("output") || _kinds.Contains("outlines"))
            WritePictures(result, source, suffix, cancellationToken);
    }

    /// <summary>Writes what is about all time points.</summary>
    /// <returns>The paths written.</returns>
    public IReadOnlyList<string> Complete(IReadOnlyList<VolumeResult> results, CancellationToken cancellationToken)
    {
        if (_movie is not null)
        {
            _movie.Complete(null, cancellationToken);
            Named(_masks);
        }
        if (_kinds.Contains("table"))
            AtomicFile.Write(Named(_stem + "_cells.csv"), stream => CellTable.WriteVolumes(stream, results, _description.Image.VoxelSizeUm));
        return _written;
    }

    /// <summary>Drops labels that were not completed.</summary>
    public void Dispose() => _movie?.Dispose();

    private string Named(string path)
    {
        _written.Add(path);
        return path;
    }

    private void Copy(IVolumeStore<int> labels, int time, CancellationToken cancellationToken)
    {
        int[] plane = new int[checked(labels.Shape.Y * labels.Shape.X)];
        for (int z = 0; z < labels.Shape.Z; z++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var box = new VolumeBox(z, 0, 0, 1, labels.Shape.Y, labels.Shape.X);
            labels.Read(0, box, plane);
            _movie!.Write(time, box, plane);
        }
    }

    // flow along Z, Y, X, probability logit, each a channel
    private void WriteFlows(IVolumeStore<float> flows, string path)
    {
        VolumeShape shape = flows.Shape;
        using var writer = new TiffWriter(
            path, PixelType.Float32, "CZYX", [flows.Components, shape.Z, shape.Y, shape.X], new TiffWriterOptions { VoxelSizeUm = _description.Image.VoxelSizeUm });
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

    private void WritePictures(VolumeSegmentation result, IVolumeSource source, string suffix, CancellationToken cancellationToken)
    {
        VolumeShape shape = source.Shape;
        if (_kinds.Contains("output"))
        {
            PlaneSource<float>[] channels = [.. Enumerable.Range(0, source.Channels).Select(c =>
                Planes<float>(shape, (box, plane) => source.Read(c, box, plane, cancellationToken)))];
            PlaneSource<int> labels = Planes<int>(shape, (box, plane) => result.Labels.Read(0, box, plane));
            double anisotropy = result.Plan.Scale.Anisotropy;            // as it was taken, be it by an option
            WriteBytes(Named($"{_stem}{suffix}_cp_output.png"), VolumePicture.Png(channels, labels, new VoxelSize(anisotropy, 1, 1), cancellationToken));
        }
        if (_kinds.Contains("outlines"))
            WriteBytes(Named($"{_stem}{suffix}_outlines.png"), DrawMiddle(result, source, cancellationToken));
    }

    // the outlines of the middle plane, as of any stack
    private static byte[] DrawMiddle(VolumeSegmentation result, IVolumeSource source, CancellationToken cancellationToken)
    {
        VolumeShape shape = source.Shape;
        var box = new VolumeBox(shape.Z / 2, 0, 0, 1, shape.Y, shape.X);
        var image = new NdArray<float>(source.Channels, shape.Y, shape.X);
        for (int c = 0; c < source.Channels; c++)
            source.Read(c, box, image.Plane(c), cancellationToken);
        var labels = new NdArray<int>(shape.Y, shape.X);
        result.Labels.Read(0, box, labels.Span);
        return RunPicture.DrawOutlines(image, labels);
    }

    private static PlaneSource<T> Planes<T>(VolumeShape shape, ReadPlane<T> read)
        where T : unmanaged =>
        new(isVolume: true, shape.Z, shape.Y, shape.X, (z, plane) => read(new VolumeBox(z, 0, 0, 1, shape.Y, shape.X), plane));

    private static void WriteBytes(string path, byte[] bytes) => AtomicFile.Write(path, stream => stream.Write(bytes));

    private delegate void ReadPlane<T>(VolumeBox box, Span<T> plane)
        where T : unmanaged;
}
