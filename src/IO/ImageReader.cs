using Cellpose3D.IO.Numpy;
using Cellpose3D.IO.Png;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;

namespace Cellpose3D.IO;

/// <summary>Reads images of every format: TIFF and BigTIFF, PNG, JPEG, <c>.npy</c> and <c>.npz</c>, HDF5 and OME-Zarr.</summary>
/// <remarks>
/// The format is told by the first bytes, not by the name. Axes come from metadata (OME-XML, ImageJ, tifffile); pages
/// without any are Z. An array of NumPy has none: two axes are YX; a last axis of at most 4 beside longer ones is C, so
/// is the axis before YX of four, or the first of three; otherwise three axes are ZYX, four TZYX, five TZCYX. Rotation
/// notes (EXIF) of JPEG and PNG are ignored, as the reference ignores them, so that labels lie on stored pixels.
/// </remarks>
public static class ImageReader
{
    private static readonly string[] ImageNames = ["img", "image", "arr_0"];

    /// <summary>Reads headers only.</summary>
    /// <param name="path">The file.</param>
    /// <param name="axes">Letters that replace the file's axes, slowest first (for example ZCYX, CYX or YXC; S is read as C); null keeps them.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Not an image that is read, or a damaged one.</exception>
    /// <exception cref="NotSupportedException">A valid file of a kind that is not read.</exception>
    /// <exception cref="ArgumentException">The axes have other letters, or another number, than the file.</exception>
    public static ImageInfo Inspect(string path, string? axes = null)
    {
        using IImageFile file = Open(path, axes, ImageNames, mayHaveChannels: true);
        return file.Info;
    }

    /// <summary>Reads an image whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="axes">Letters that replace the file's axes, slowest first (for example ZCYX, CYX or YXC; S is read as C); null keeps them.</param>
    /// <param name="cancellationToken">Checked before every plane of a TIFF.</param>
    /// <returns>float32 [T, C, Z, Y, X] minus absent axes, RGB(A) as C; owned by the caller.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Not an image that is read, or a damaged one.</exception>
    /// <exception cref="NotSupportedException">A valid file of a kind that is not read, or more than 2^31 values.</exception>
    /// <exception cref="ArgumentException">The axes have other letters, or another number, than the file.</exception>
    public static LoadedImage Read(string path, string? axes = null, CancellationToken cancellationToken = default)
    {
        using IImageFile file = Open(path, axes, ImageNames, mayHaveChannels: true);
        return new LoadedImage(file.ReadPixels(cancellationToken), file.Info.CanonicalAxes, file.Info);
    }

    /// <summary>Opens a file by its first bytes; without channels, guesses never find C.</summary>
    internal static IImageFile Open(string path, string? axes, IReadOnlyList<string> arrayNames, bool mayHaveChannels)
    {
        if (VolumeFile.IsContainer(path))
            return new VolumeImage(VolumeFile.Open(path, new VolumeOpenOptions { Axes = axes, AsLabels = !mayHaveChannels }));
        ReadOnlySpan<byte> start = FirstBytes(path);
        return start switch
        {
            [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..] => new TiffReader(path, axes, mayHaveChannels),
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [0xFF, 0xD8, 0xFF, ..] => new RasterImage(path, axes),
            [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => new NumpyImage(path, axes, isArchive: false, arrayNames, mayHaveChannels),
            [(byte)'P', (byte)'K', 3 or 5, ..] => new NumpyImage(path, axes, isArchive: true, arrayNames, mayHaveChannels),
            [] => throw new InvalidDataException($"'{path}' is empty (0 bytes)."),
            _ => throw new InvalidDataException($"'{path}' is not TIFF, PNG, JPEG, .npy, .npz, HDF5 or OME-Zarr: its first bytes are {Convert.ToHexString(start)}."),
        };
    }

    private static byte[] FirstBytes(string path)
    {
        if (Directory.Exists(path))
            throw new InvalidDataException($"'{path}' is a folder; name an image file.");
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist.", path);
        using FileStream stream = File.OpenRead(path);
        byte[] start = new byte[8];
        return start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }
}
