using System.Globalization;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Volumes;

/// <summary>Opened image and labels of one scene: the same voxels, perhaps read at a coarser resolution.</summary>
public sealed class SceneFiles : IDisposable
{
    private readonly ViewedFile<float>? _image;
    private readonly ViewedFile<int>? _labels;
    private readonly SceneFileOptions _options;
    private volatile ViewedFile<float>[] _added = [];
    private volatile ViewedFile<int>? _compared;

    private SceneFiles(ViewedFile<float>? image, ViewedFile<int>? labels, VolumeGrid grid, bool hasVoxelSize, SceneFileOptions options)
    {
        (_image, _labels, Grid, HasVoxelSize, _options) = (image, labels, grid, hasVoxelSize, options);
        Frames = Math.Max(image?.Frames ?? 1, labels?.Frames ?? 1);
    }

    /// <summary>Voxels and micrometres of the finest resolution.</summary>
    public VolumeGrid Grid { get; }

    /// <summary>Whether a file or the caller said how large voxels are.</summary>
    public bool HasVoxelSize { get; }

    /// <summary>Time points.</summary>
    public int Frames { get; }

    /// <summary>Channels of the image; 0 without one.</summary>
    public int Channels => (_image?.Channels ?? 0) + _added.Sum(a => a.Channels);

    /// <summary>Whether there are labels.</summary>
    public bool HasLabels => _labels is not null;

    /// <summary>Names of the channels, as far as the file has them; images that were added have their file's.</summary>
    public IReadOnlyList<string> ChannelNames => _added.Length == 0 ? _image?.ChannelNames ?? [] :
    [
        .. Enumerable.Range(0, _image?.Channels ?? 0).Select(c => _image!.ChannelNames.ElementAtOrDefault(c) ?? string.Create(CultureInfo.InvariantCulture, $"channel {c + 1}")),
        .. _added.SelectMany(a => Enumerable.Range(0, a.Channels).Select(c => Path.GetFileName(a.Path) + (a.Channels > 1 ? string.Create(CultureInfo.InvariantCulture, $" {c + 1}") : ""))),
    ];

    /// <summary>The file of labels that those shown are compared with; null for none.</summary>
    public string? Compared => _compared?.Path;

    /// <summary>Lengths of the axes of the labels that are compared with, as they are read, and voxels of the finest resolution for one of theirs.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public (VolumeShape Shape, VolumeShape Stride) ComparedShape => _compared is { } file ? (VolumeFit.Thinned(file.Shape, file.Stride), file.Stride)
        : throw new InvalidOperationException("there are no labels to compare with.");

    /// <summary>What is shown more coarsely than it is stored: a line for each; empty where everything is shown in full.</summary>
    public IReadOnlyList<string> Reductions => [.. new[] { Reduction("image", _image?.Path, _image?.Level, _image?.Stride), Reduction("labels", _labels?.Path, _labels?.Level, _labels?.Stride) }.OfType<string>()];

    /// <summary>Opens files; nothing but headers is read where a format allows that.</summary>
    /// <param name="image">The image; null for none.</param>
    /// <param name="labels">The labels; null for none.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Checked while a file that cannot be read in parts is read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A damaged file, or image and labels of different sizes.</exception>
    /// <exception cref="NotSupportedException">A valid file of a kind that is not read.</exception>
    public static SceneFiles Open(string? image, string? labels, SceneFileOptions options, CancellationToken cancellationToken = default)
    {
        ViewedFile<float>? i = null;
        ViewedFile<int>? l = null;
        try
        {
            if (image is not null)
                i = new ViewedFile<float>(image, options.ImageAxes, cancellationToken);
            if (labels is not null)
                l = new ViewedFile<int>(labels, options.LabelAxes, cancellationToken);
            if (i is not null && l is not null && (i.Shape != l.Shape || (i.Frames != l.Frames && i.Frames != 1 && l.Frames != 1)))
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                    $"'{image}' is T {i.Frames}, Z Y X {i.Shape}; '{labels}' is T {l.Frames}, Z Y X {l.Shape}. Give the image of these labels, or --axes and --label-axes."));
            }
            VolumeShape shape = i?.Shape ?? l?.Shape ?? throw new ArgumentException("an image or labels must be given.", nameof(image));
            VoxelSize size = options.VoxelUm ?? (i?.SpacingUm.X is not null ? i.SpacingUm : l?.SpacingUm ?? default);
            VolumeGrid grid = VolumeGrid.Of(shape, size);
            // labels: host, texture, smooth field twice; a channel: host and texture, and floats of the one being read
            long bytes = (l is null ? 0 : 12) + (i is null ? 0 : 4L * i.Channels + 4);
            i?.Fit(grid.VoxelUm, options.LongestSide, options.MaxMemoryBytes / bytes);
            l?.Fit(grid.VoxelUm, options.LongestSide, options.MaxMemoryBytes / bytes);
            return new SceneFiles(i, l, grid, size.X is not null && (shape.Z == 1 || size.Z is not null), options);
        }
        catch
        {
            i?.Dispose();
            l?.Dispose();
            throw;
        }
    }

    /// <summary>Adds an image of the same voxels; its channels come after those there are.</summary>
    /// <param name="path">The image.</param>
    /// <param name="cancellationToken">Checked while a file that cannot be read in parts is read.</param>
    /// <exception cref="InvalidDataException">A damaged file, or one of another size.</exception>
    /// <exception cref="NotSupportedException">A valid file of a kind that is not read, or one that does not fit the memory as the others do.</exception>
    public void AddImage(string path, CancellationToken cancellationToken = default)
    {
        var added = new ViewedFile<float>(path, null, cancellationToken);
        try
        {
            RequireFits(path, added.Shape, added.Frames);
            long bytes = (_labels is null ? 0 : 12) + 4L * (Channels + added.Channels) + 4;
            added.Fit(Grid.VoxelUm, _options.LongestSide, _options.MaxMemoryBytes / bytes);
            if (_image is not null && added.Stride != _image.Stride)
                throw new NotSupportedException($"'{path}' needs more memory than is left; start with a larger --max-memory.");
        }
        catch
        {
            added.Dispose();
            throw;
        }
        _added = [.. _added, added];
    }

    /// <summary>Opens labels to compare those shown with, in place of others that were.</summary>
    /// <param name="path">Labels of the same voxels.</param>
    /// <param name="cancellationToken">Checked while a file that cannot be read in parts is read.</param>
    /// <exception cref="InvalidDataException">A damaged file, or one of another size.</exception>
    /// <exception cref="NotSupportedException">A valid file of a kind that is not read.</exception>
    public void Compare(string path, CancellationToken cancellationToken = default)
    {
        var compared = new ViewedFile<int>(path, null, cancellationToken);
        try
        {
            RequireFits(path, compared.Shape, compared.Frames);
            compared.Fit(Grid.VoxelUm, _options.LongestSide, _options.MaxMemoryBytes / 4 / 4);
        }
        catch
        {
            compared.Dispose();
            throw;
        }
        (_compared, ViewedFile<int>? before) = (compared, _compared);
        before?.Dispose();
    }

    /// <summary>Reads one time point of the labels that are compared with.</summary>
    /// <param name="time">From 0; ignored where there is one only.</param>
    /// <param name="cancellationToken">Checked between planes.</param>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public LabelVolume ReadCompared(int time, CancellationToken cancellationToken = default)
    {
        ViewedFile<int> file = _compared ?? throw new InvalidOperationException("there are no labels to compare with.");
        (PlaneSource<int> planes, VolumeShape rest) = file.Planes(time, 0);
        LabelVolume volume = PlaneThinning.Labels(planes, rest, cancellationToken);
        return new LabelVolume(volume.Voxels, volume.Shape, file.Stride);
    }

    /// <summary>Reads the labels of one time point.</summary>
    /// <param name="time">From 0; ignored where there is one only.</param>
    /// <param name="cancellationToken">Checked between planes.</param>
    /// <exception cref="InvalidOperationException">There are no labels.</exception>
    public LabelVolume ReadLabels(int time, CancellationToken cancellationToken = default)
    {
        (PlaneSource<int> planes, VolumeShape rest) = (_labels ?? throw new InvalidOperationException("there are no labels to read.")).Planes(time, 0);
        LabelVolume volume = PlaneThinning.Labels(planes, rest, cancellationToken);
        return new LabelVolume(volume.Voxels, volume.Shape, _labels.Stride);
    }

    /// <summary>Reads one channel of one time point.</summary>
    /// <param name="time">From 0; ignored where there is one only.</param>
    /// <param name="channel">From 0.</param>
    /// <param name="cancellationToken">Checked between planes.</param>
    /// <exception cref="InvalidOperationException">There is no image.</exception>
    public IntensityVolume ReadImage(int time, int channel, CancellationToken cancellationToken = default)
    {
        ViewedFile<float>? file = _image;
        ViewedFile<float>[] added = _added;
        for (int n = 0; channel >= (file?.Channels ?? 0) && n < added.Length; n++)
        {
            channel -= file?.Channels ?? 0;
            file = added[n];
        }
        (PlaneSource<float> planes, VolumeShape rest) = (file ?? throw new InvalidOperationException("there is no image to read.")).Planes(time, channel);
        return PlaneThinning.Intensities(planes, rest, cancellationToken).WithStride(file.Stride);
    }

    /// <summary>The labels of one time point in full, to be measured.</summary>
    /// <param name="time">From 0.</param>
    /// <exception cref="InvalidOperationException">There are no labels.</exception>
    public PlaneSource<int> LabelPlanes(int time) => (_labels ?? throw new InvalidOperationException("there are no labels to read.")).Planes(time, 0).Planes;

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _image?.Dispose();
        _labels?.Dispose();
        _compared?.Dispose();
        foreach (ViewedFile<float> added in _added)
            added.Dispose();
    }

    private void RequireFits(string path, VolumeShape shape, int frames)
    {
        if (shape != Grid.Shape || (frames != Frames && frames != 1))
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"'{Path.GetFileName(path)}' is T {frames}, Z Y X {shape}; what is shown is T {Frames}, Z Y X {Grid.Shape}. Start the program with it to see it."));
        }
    }

    private static string? Reduction(string what, string? path, int? level, VolumeShape? stride) => stride is { Count: > 1 } s
        ? string.Create(CultureInfo.InvariantCulture, $"{what} '{path}' shown at 1 voxel for {s} (z x y x x){(level > 0 ? $", resolution {level} of the file" : "")}: more memory (--max-memory) or a larger texture would show more")
        : null;
}
