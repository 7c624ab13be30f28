using System.Buffers;

namespace Cellpose3D.IO.Tiff;

/// <summary>Fetches the strips or tiles of one page and spreads their samples.</summary>
internal static class TiffSamples
{
    private const int BandBytes = 4 << 20;      // plain strips are read in bands, so that a plane in one strip needs no copy of itself
    private const int SparseTileBytes = 64 << 20;

    /// <summary>Throws where strips or tiles lie outside the file, or hold too few bytes for what the header claims.</summary>
    public static void RequirePresent(TiffFile file, TiffPage p, long page)
    {
        int chunks = p.Across * p.Down * (p.IsPlanar ? p.Samples : 1);
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            int rows = p.IsTiled ? p.ChunkHeight : Math.Min(p.ChunkHeight, p.Height - (chunk % p.Down * p.ChunkHeight));
            long needed = p.RowBytes * rows;
            ulong stored = p.ByteCounts[chunk];
            if (IsSparse(p, chunk) && needed <= SparseTileBytes)            // a tile never written counts as zeros
                continue;
            if ((UInt128)(ulong)needed > ((UInt128)stored * (ulong)TiffCompression.LargestRatio(p.Compression)) + 64)
            {
                throw new InvalidDataException($"{Place(p, chunk, page)} of '{file.Path}' must give {needed} bytes; {stored} are stored, "
                    + $"too few for compression {TiffCompression.Name(p.Compression)}.");
            }
            long most = IsPlain(p) ? p.RowBytes : Math.Max(needed, (long)Math.Min(stored, long.MaxValue));
            if (most > Array.MaxLength)
                throw new NotSupportedException($"{Place(p, chunk, page)} of '{file.Path}' needs {most} bytes at once; at most {Array.MaxLength} are read.");
            file.Require(p.Offsets[chunk], IsPlain(p) ? (ulong)needed : stored, Place(p, chunk, page));
        }
    }

    /// <summary>Reads a whole page and spreads its samples over [samples, Y, X].</summary>
    public static void Read<TOut, TConversion>(TiffFile file, TiffPage p, long page, Span<TOut> planes)
        where TConversion : struct, ISampleConversion<TOut> =>
        Read<TOut, TConversion>(file, p, page, new PlaneWindow(0, 0, p.Height, p.Width), planes);

    /// <summary>Reads the strips or tiles that a window touches and spreads its samples over [samples, window rows, window columns].</summary>
    public static void Read<TOut, TConversion>(TiffFile file, TiffPage p, long page, PlaneWindow window, Span<TOut> planes)
        where TConversion : struct, ISampleConversion<TOut>
    {
        RequirePresent(file, p, page);
        if (window.Height == 0 || window.Width == 0)
            return;
        int planeSize = window.Height * window.Width, groups = p.IsPlanar ? p.Samples : 1, samples = p.SamplesPerChunkPixel;
        int pixelBytes = samples * p.StoredType.Bytes();
        string place = $"plane {page} of '{file.Path}'";
        bool isPacked = p.Bits is not (8 or 16 or 32 or 64);
        byte[] wide = isPacked ? new byte[p.ChunkWidth * pixelBytes] : [];
        for (int group = 0; group < groups; group++)
        {
            for (int j = window.Y / p.ChunkHeight; j <= (window.EndY - 1) / p.ChunkHeight; j++)
            {
                int firstRow = j * p.ChunkHeight, storedRows = p.IsTiled ? p.ChunkHeight : Math.Min(p.ChunkHeight, p.Height - firstRow);
                int fromRow = Math.Max(window.Y - firstRow, 0), toRow = (int)Math.Min((long)window.EndY - firstRow, p.ChunkHeight);
                for (int i = window.X / p.ChunkWidth; i <= (window.EndX - 1) / p.ChunkWidth; i++)
                {
                    int firstColumn = i * p.ChunkWidth;
                    int fromColumn = Math.Max(window.X - firstColumn, 0), columns = (int)Math.Min((long)window.EndX - firstColumn, p.ChunkWidth) - fromColumn;
                    int chunk = (((group * p.Down) + j) * p.Across) + i;
                    int band = IsPlain(p) ? (int)Math.Clamp(BandBytes / p.RowBytes, 1, toRow - fromRow) : storedRows;
                    for (int row = IsPlain(p) ? fromRow : 0; row < toRow; row += band)
                    {
                        int n = IsPlain(p) ? Math.Min(band, toRow - row) : storedRows;
                        byte[] bytes = Fetch(file, p, chunk, row, n, page);
                        for (int r = Math.Max(row, fromRow); r < Math.Min(row + n, toRow); r++)
                        {
                            ReadOnlySpan<byte> stored = bytes.AsSpan((r - row) * (int)p.RowBytes, (int)p.RowBytes);
                            if (isPacked)
                            {
                                SampleRow.Unpack(stored, p.Bits, wide);
                                stored = wide;
                            }
                            int at = (group * planeSize) + ((firstRow + r - window.Y) * window.Width) + (firstColumn + fromColumn - window.X);
                            SampleRow.Spread<TOut, TConversion>(p.StoredType, stored.Slice(fromColumn * pixelBytes, columns * pixelBytes), samples, planes, at, planeSize, place);
                        }
                        ArrayPool<byte>.Shared.Return(bytes);
                    }
                }
            }
        }
    }

    /// <summary>Rows of one strip or tile, decoded, in native byte order; rented from the pool.</summary>
    private static byte[] Fetch(TiffFile file, TiffPage p, int chunk, int row, int rows, long page)
    {
        string place = Place(p, chunk, page);
        int needed = (int)(p.RowBytes * rows);
        ulong offset = p.Offsets[chunk] + (ulong)(p.RowBytes * row), stored = p.ByteCounts[chunk];
        byte[] bytes = ArrayPool<byte>.Shared.Rent(needed);
        if (IsSparse(p, chunk))
        {
            bytes.AsSpan(0, needed).Clear();
        }
        else if (IsPlain(p))
        {
            file.Read(offset, bytes.AsSpan(0, needed), place);
            if (file.IsBigEndian == BitConverter.IsLittleEndian && p.Bits is 16 or 32 or 64)
                SampleRow.SwapBytes(bytes.AsSpan(0, needed), p.Bits / 8);
        }
        else
        {
            byte[] compressed = ArrayPool<byte>.Shared.Rent((int)stored);
            file.Read(offset, compressed.AsSpan(0, (int)stored), place);
            if (p.Compression is TiffCompression.Deflate or TiffCompression.OldDeflate)
                DeflateCodec.Decode(p, file.IsBigEndian, compressed, (int)stored, bytes.AsSpan(0, needed), $"{place} of '{file.Path}'");
            else
                LibTiffCodec.Decode(p, file.IsBigEndian, rows, compressed.AsSpan(0, (int)stored), bytes, needed, $"{place} of '{file.Path}'");
            ArrayPool<byte>.Shared.Return(compressed);
        }
        return bytes;
    }

    private static string Place(TiffPage p, int chunk, long page) => $"{(p.IsTiled ? "tile" : "strip")} {chunk} of plane {page}";

    private static bool IsPlain(TiffPage p) => p.Compression == TiffCompression.None && p.FillOrder == 1;

    private static bool IsSparse(TiffPage p, int chunk) => p.IsTiled && p.Offsets[chunk] == 0 && p.ByteCounts[chunk] == 0;
}
