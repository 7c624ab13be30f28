namespace Cellpose3D.IO.Volumes;

/// <summary>An array of any number of axes in a file, read part by part; safe for several threads.</summary>
internal interface IVoxelArray
{
    /// <summary>File and place in it, for messages.</summary>
    public string Place { get; }

    /// <summary>Lengths of the axes, slowest first.</summary>
    public int[] Shape { get; }

    /// <summary>Lengths of the pieces it lies in.</summary>
    public int[] Chunk { get; }

    public PixelType Type { get; }

    /// <summary>Name of the compression, "none" for plain samples.</summary>
    public string Compression { get; }

    /// <summary>How many chunks are stored, of how many; null where every chunk must be.</summary>
    public (long Stored, long All)? CountChunks() => null;

    /// <summary>Reads a part.</summary>
    /// <param name="start">First index along each axis.</param>
    /// <param name="count">Length along each axis, at least 1; inside the array.</param>
    /// <param name="samples">Receives the samples, C order, native byte order.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <exception cref="InvalidDataException">A piece is damaged.</exception>
    public void Read(int[] start, int[] count, Span<byte> samples, CancellationToken cancellationToken);
}
