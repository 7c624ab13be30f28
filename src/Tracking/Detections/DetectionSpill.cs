using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cellpose3D.Tracking.Detections;

/// <summary>Cells of frames long past, in a temporary file: cell number n lies at n times the size of one.</summary>
/// <remarks>
/// The file loses its name as soon as it is open, so that nothing is left behind however the process ends; the system gives its room back
/// with the handle. Reads may come from any thread.
/// </remarks>
internal sealed class DetectionSpill
{
    private static readonly int Bytes = Unsafe.SizeOf<Detection>();

    private SafeFileHandle? _file;
    private bool _isClosed;                                              // after a failure: cells stay in memory then

    /// <summary>Writes cells.</summary>
    /// <param name="first">Number of the first.</param>
    /// <param name="cells">Borrowed.</param>
    /// <returns>Whether they can be read back; false where the temporary folder is full or cannot be written to.</returns>
    public bool TryWrite(int first, ReadOnlySpan<Detection> cells)
    {
        if (_isClosed)
            return false;
        try
        {
            _file ??= Open();
            RandomAccess.Write(_file, MemoryMarshal.AsBytes(cells), (long)first * Bytes);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _isClosed = true;
            return false;
        }
    }

    /// <summary>Reads cells that were written.</summary>
    /// <param name="first">Number of the first.</param>
    /// <param name="cells">Overwritten.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Read(int first, Span<Detection> cells)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(cells);
        for (int done = 0; done < bytes.Length;)
        {
            int got = RandomAccess.Read(_file!, bytes[done..], (long)first * Bytes + done);
            if (got == 0)
                throw new IOException("the temporary file of cells ends early; free space in the temporary folder (TMPDIR) and run again.");
            done += got;
        }
    }

    private static SafeFileHandle Open()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.RandomAccess);
        File.Delete(path);
        return file;
    }
}
