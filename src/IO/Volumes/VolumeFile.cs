using Cellpose3D.Core2D;
using Cellpose3D.IO.Hdf5;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>Opens and writes volumes of every format: TIFF, HDF5 (plain, BigDataViewer, Imaris), OME-Zarr and Zarr, <c>.npy</c>.</summary>
/// <remarks>
/// Formats are told by content when read, by extension when written. An array inside a file is named behind <c>:/</c>, as in
/// <c>cells.h5:/exported_data</c>; inside a Zarr store its folder may be named as well, as in <c>cells.zarr/labels/nuclei</c>.
/// </remarks>
public static class VolumeFile
{
    private const string Inside = ":/";

    /// <summary>Opens a volume; nothing but headers is read.</summary>
    /// <param name="path">A file or folder, with <c>:/</c> and the path of an array in it where it holds several.</param>
    /// <param name="options">Array, axes, resolution and time point; null for the file's own.</param>
    /// <returns>The volume; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A damaged file, missing metadata, or several arrays of which none is meant for certain.</exception>
    /// <exception cref="NotSupportedException">A valid file of a kind that is not read.</exception>
    /// <exception cref="ArgumentException">Options that do not fit the file.</exception>
    public static VolumeReader Open(string path, VolumeOpenOptions? options = null)
    {
        options ??= new VolumeOpenOptions();
        (string file, string? dataset) = Split(path);
        if (dataset is not null)
            options = options with { Dataset = dataset };
        if (Directory.Exists(file))
        {
            return ZarrVolumes.IsZarr(file) ? ZarrVolumes.Open(file, options)
                : throw new InvalidDataException($"'{file}' is a folder without Zarr metadata; name an image file.");
        }
        if (!File.Exists(file))
            throw new FileNotFoundException($"'{file}' does not exist.", file);
        if (Hdf5File.IsHdf5(file))
            return Hdf5Volumes.Open(file, options);
        byte[] start = new byte[8];
        using (FileStream stream = File.OpenRead(file))
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        return start switch
        {
            [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..] => TiffVolume.Open(file, options),
            [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => NumpyVolume.Open(file, options),
            [] => throw new InvalidDataException($"'{file}' is empty (0 bytes)."),
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [0xFF, 0xD8, 0xFF, ..] or [(byte)'P', (byte)'K', 3 or 5, ..] =>
                throw new NotSupportedException($"'{file}' is a PNG, JPEG or .npz, which are not read in parts; volumes are TIFF, HDF5, OME-Zarr and .npy."),
            _ => throw new InvalidDataException($"'{file}' is not TIFF, HDF5, OME-Zarr or .npy: its first bytes are {Convert.ToHexString(start)}."),
        };
    }

    /// <summary>Whether a path names HDF5 or Zarr, or an array in one: formats that only this class reads.</summary>
    /// <param name="path">A path as <see cref="Open"/> takes it.</param>
    public static bool IsContainer(string path)
    {
        (string file, _) = Split(path);
        return Directory.Exists(file) ? ZarrVolumes.IsZarr(file) : Hdf5File.IsHdf5(file);
    }

    /// <summary>The format that a path's extension asks for.</summary>
    /// <param name="path">Where a volume is to be written.</param>
    /// <exception cref="ArgumentException">The extension is none that is written.</exception>
    public static VolumeFormat FormatOf(string path)
    {
        string name = Path.TrimEndingDirectorySeparator(Split(path).File);
        return Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".TIF" or ".TIFF" => Path.GetExtension(Path.GetFileNameWithoutExtension(name)).Equals(".ome", StringComparison.OrdinalIgnoreCase) ? VolumeFormat.OmeTiff : VolumeFormat.Tiff,
            ".H5" or ".HDF5" or ".HDF" => VolumeFormat.Hdf5,
            ".ZARR" => VolumeFormat.OmeZarr,
            _ when OmeZarrLabels.IsInside(name) => VolumeFormat.OmeZarr,
            _ => throw new ArgumentException($"a volume is written to .tif, .ome.tif, .h5 or .zarr; got '{path}'.", nameof(path)),
        };
    }

    /// <summary>Begins a file of labels that takes boxes in any order and can be read while it is written.</summary>
    /// <param name="path">Where it appears once complete: .tif, .ome.tif, .h5, .zarr, or <c>image.zarr/labels/name</c>.</param>
    /// <param name="shape">Lengths of the axes.</param>
    /// <param name="options">Voxel size, chunks and so on; null for the defaults.</param>
    /// <returns>The store; the caller completes and disposes it.</returns>
    /// <exception cref="ArgumentException">Options or an extension that cannot be written.</exception>
    /// <exception cref="IOException">The place cannot be written to.</exception>
    public static IVolumeOutput<int> CreateLabels(string path, VolumeShape shape, VolumeWriteOptions? options = null)
    {
        options ??= new VolumeWriteOptions();
        options.Validate();
        return FormatOf(path) == VolumeFormat.OmeZarr
            ? new OmeZarrStore<int>(Split(path).File, shape, options.Type ?? PixelType.UInt32, options, isLabels: true)
            : new ScratchOutput(path, shape, options);
    }

    /// <summary>Writes the labels of a store to a file, in bounded memory.</summary>
    /// <param name="path">As in <see cref="CreateLabels"/>.</param>
    /// <param name="labels">int32, 0 = background; borrowed.</param>
    /// <param name="options">Voxel size, chunks and so on; null for the defaults. Channels are those of the store unless said otherwise.</param>
    /// <param name="progress">Receives the fraction done, in [0, 1].</param>
    /// <param name="cancellationToken">Cancelled, nothing is left and the old file stays.</param>
    /// <exception cref="ArgumentException">Options or an extension that cannot be written, or a label that does not fit.</exception>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public static void WriteLabels(
        string path, IVolumeStore<int> labels, VolumeWriteOptions? options = null, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new VolumeWriteOptions();
        if (options.Times * options.Channels != labels.Components)
            options = options with { Times = 1, Channels = labels.Components };
        VolumeConverter.Write<int>(labels.Read, labels.Shape, labels.Chunk, path, options, isLabels: true, progress, cancellationToken);
    }

    /// <summary>Separates a file from the path of an array in it.</summary>
    internal static (string File, string? Dataset) Split(string path)
    {
        if (File.Exists(path) || Directory.Exists(path))
            return (path, null);
        int at = path.LastIndexOf(Inside, StringComparison.Ordinal);
        return at > 0 ? (path[..at], path[(at + Inside.Length)..]) : (path, null);
    }
}
