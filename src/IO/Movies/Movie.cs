using Cellpose3D.Core2D;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Movies;

/// <summary>A movie of images or labels that is read frame by frame: one file with a time axis, or one file for each frame.</summary>
public sealed class Movie : IDisposable
{
    private readonly VolumeReader? _stack;
    private readonly IReadOnlyList<string> _files;
    private readonly string? _axes;
    private readonly bool _asLabels;

    private Movie(string path, VolumeReader? stack, IReadOnlyList<string> files, ImageInfo info, string? axes, bool asLabels)
    {
        (Path, _stack, _files, Info, _axes, _asLabels) = (path, stack, files, info, axes, asLabels);
        Shape = new VolumeShape(info.Length('Z'), info.Length('Y'), info.Length('X'));
        FrameCount = stack is null ? files.Count : info.Length('T');
    }

    /// <summary>The file, or the folder of the files.</summary>
    public string Path { get; }

    /// <summary>What the file says, or the first of the files.</summary>
    public ImageInfo Info { get; }

    /// <summary>Number of frames.</summary>
    public int FrameCount { get; }

    /// <summary>Lengths of the spatial axes of a frame.</summary>
    public VolumeShape Shape { get; }

    /// <summary>Whether a frame has several planes.</summary>
    public bool IsVolume => Shape.Z > 1;

    /// <summary>Number of channels.</summary>
    public int Channels => Info.Length('C');

    /// <summary>Whether pages of a file that names no axes were taken for time points.</summary>
    public bool IsTimeGuessed { get; private init; }

    /// <summary>Opens a file with a time axis; an image or volume without one is a movie of one frame.</summary>
    /// <param name="path">TIFF, HDF5, OME-Zarr or <c>.npy</c>, and for a single frame PNG, JPEG or <c>.npz</c>.</param>
    /// <param name="axes">Letters that replace the file's axes, slowest first; null keeps them. Pages of a file that names no axes are then time points.</param>
    /// <param name="asLabels">Whether labels are read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A damaged file, or a stack whose metadata say that its planes are no time points.</exception>
    /// <exception cref="NotSupportedException">A valid file of a kind that is not read.</exception>
    /// <exception cref="ArgumentException">Axes that do not fit the file.</exception>
    public static Movie Open(string path, string? axes = null, bool asLabels = false)
    {
        if (!VolumeFile.IsContainer(path) && ImageReader.Inspect(path, axes) is { Format: "PNG" or "JPEG" or "npz" })
            return OpenFiles([path], axes, asLabels);
        VolumeReader stack = VolumeFile.Open(path, new VolumeOpenOptions { Axes = axes, AsLabels = asLabels });
        ImageInfo info = stack.Description.Image;
        if (info.Length('Z') == 1 || info.Axes.Contains('T') || axes is not null)
            return new Movie(path, stack, [], info, axes, asLabels);
        stack.Dispose();
        if (!IsGuess(info))
        {
            string asTime = info.Axes.Replace('Z', 'T');
            throw new InvalidDataException(
                $"'{path}' has no time axis: its axes are {info.Axes} ({info.AxesSource}). If its planes are time points, give --axes {asTime}; if it is a volume at one time, --axes {info.Axes}.");
        }
        string letters = info.Axes.Replace('Z', 'T');
        stack = VolumeFile.Open(path, new VolumeOpenOptions { Axes = letters, AsLabels = asLabels });
        return new Movie(path, stack, [], stack.Description.Image, letters, asLabels) { IsTimeGuessed = true };
    }

    /// <summary>Takes files of one frame each, in the given order.</summary>
    /// <param name="files">At least one.</param>
    /// <param name="axes">Letters that replace each file's axes; null keeps them.</param>
    /// <param name="asLabels">Whether labels are read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A damaged file, or the first holds several time points.</exception>
    /// <exception cref="NotSupportedException">A valid file of a kind that is not read.</exception>
    public static Movie OpenFiles(IReadOnlyList<string> files, string? axes = null, bool asLabels = false)
    {
        ArgumentOutOfRangeException.ThrowIfZero(files.Count);
        ImageInfo info = ImageReader.Inspect(files[0], axes);
        RequireOneFrame(files[0], info.Length('T'));
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(files[0]))!;
        return new Movie(files.Count == 1 ? files[0] : folder, null, files, asLabels ? WithoutColours(info) : info, axes, asLabels);
    }

    /// <summary>What messages call a frame.</summary>
    /// <param name="frame">Counted from 0.</param>
    public string FrameName(int frame) => _stack is null ? $"'{_files[frame]}'" : $"frame {frame} of '{Path}'";

    /// <summary>The file of a frame.</summary>
    /// <param name="frame">Counted from 0.</param>
    public string FrameFile(int frame) => _stack is null ? _files[frame] : Path;

    /// <summary>Reads a frame's intensities.</summary>
    /// <param name="frame">Counted from 0.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <returns>float32 [C, (Z,) Y, X]; owned by the caller.</returns>
    /// <exception cref="InvalidDataException">The frame is damaged or of another size than the first.</exception>
    public NdArray<float> ReadImage(int frame, CancellationToken cancellationToken = default)
    {
        if (_stack is null)
        {
            LoadedImage image = ImageReader.Read(_files[frame], _axes, cancellationToken);
            RequireSameSize(frame, image.Info);
            return image.Pixels.Reshape([Channels, .. Lengths]);
        }
        var pixels = new NdArray<float>([Channels, .. Lengths]);
        for (int c = 0; c < Channels; c++)
            _stack.Read(frame, c, Shape.All, pixels.Plane(c), cancellationToken);
        return pixels;
    }

    /// <summary>Reads a frame's labels.</summary>
    /// <param name="frame">Counted from 0.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <returns>int32 [(Z,) Y, X], 0 = background; owned by the caller.</returns>
    /// <exception cref="InvalidDataException">The frame is damaged, of another size than the first, or a value is no label.</exception>
    public NdArray<int> ReadLabels(int frame, CancellationToken cancellationToken = default)
    {
        if (_stack is null)
        {
            NdArray<int> labels = LabelReader.Read(_files[frame], _axes, cancellationToken);
            int[] lengths = labels.Shape;
            while (lengths.Length > 2 && lengths[0] == 1)
                lengths = lengths[1..];
            if (!lengths.SequenceEqual(Lengths))
                throw Differs(frame, lengths);
            return labels.Reshape(Lengths);
        }
        var result = new NdArray<int>(Lengths);
        _stack.ReadLabels(frame, 0, Shape.All, result.Span, cancellationToken);
        return result;
    }

    /// <summary>Opens a frame as a volume of its own, which is read box by box.</summary>
    /// <param name="frame">Counted from 0.</param>
    /// <returns>The volume; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">The frame is damaged or of another size than the first.</exception>
    public VolumeReader OpenFrame(int frame)
    {
        VolumeReader reader = VolumeFile.Open(FrameFile(frame), new VolumeOpenOptions { Axes = _axes, AsLabels = _asLabels, Time = _stack is null ? 0 : frame });
        try
        {
            RequireSameSize(frame, reader.Description.Image);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stack?.Dispose();

    private int[] Lengths => IsVolume ? [Shape.Z, Shape.Y, Shape.X] : [Shape.Y, Shape.X];

    // the words that readers have for axes which no metadata name
    private static bool IsGuess(ImageInfo info) =>
        info.AxesSource.Contains("guessed", StringComparison.Ordinal) || info.AxesSource.Contains("without metadata", StringComparison.Ordinal);

    private static ImageInfo WithoutColours(ImageInfo info)
    {
        int c = info.Axes.IndexOf('C', StringComparison.Ordinal);                // a palette's colours are no axis of labels
        return c < 0 ? info : info with { Axes = info.Axes.Remove(c, 1), Shape = [.. info.Shape[..c], .. info.Shape[(c + 1)..]] };
    }

    private static void RequireOneFrame(string file, int times)
    {
        if (times > 1)
            throw new InvalidDataException($"'{file}' holds {times} time points; a movie is one such file, or files of one frame each.");
    }

    private void RequireSameSize(int frame, ImageInfo info)
    {
        if (_stack is not null)
            return;
        RequireOneFrame(_files[frame], info.Length('T'));
        if ((info.Length('Z'), info.Length('Y'), info.Length('X')) != (Shape.Z, Shape.Y, Shape.X))
            throw Differs(frame, info.Length('Z') > 1 ? [info.Length('Z'), info.Length('Y'), info.Length('X')] : [info.Length('Y'), info.Length('X')]);
        if (info.Length('C') != Channels && !_asLabels)
            throw new InvalidDataException($"{FrameName(frame)} has {info.Length('C')} channels; {FrameName(0)} has {Channels}.");
    }

    private InvalidDataException Differs(int frame, int[] lengths) =>
        new($"{FrameName(frame)} is {string.Join(" x ", lengths)}; {FrameName(0)} is {string.Join(" x ", Lengths)}. All frames must have one size.");
}
