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

    /// <summary>Reads every strip or tile of a page and spreads its samples over [samples, Y, X].</summary>
    public static void Read<TOut, TConversion>(TiffFile file, TiffPage p, long page, Span<TOut> planes)
        where TConversion : struct, ISampleConversion<TOut>
    {
        RequirePresent(file, p, page);
        int planeSize = p.Height * p.Width, groups = p.IsPlanar ? p.Samples : 1, samples = p.SamplesPerChunkPixel;
        string place = $"plane {page} of '{file.Path}'";
        bool isPacked = p.Bits is not (8 or 16 or 32 or 64);
        byte[] wide = isPacked ? new byte[p.ChunkWidth * samples * p.StoredType.Bytes()] : [];
        for (int group = 0; group < groups; group++)
        {
            for (int j = 0; j < p.Down; j++)
            {
                int firstRow = j * p.ChunkHeight, rows = Math.Min(p.ChunkHeight, p.Height - firstRow);
                int storedRows = p.IsTiled ? p.ChunkHeight : rows;
                for (int i = 0; i < p.Across; i++)
                {
                    int firstColumn = i * p.ChunkWidth, columns = Math.Min(p.ChunkWidth, p.Width - firstColumn);
                    int chunk = (((group * p.Down) + j) * p.Across) + i;
                    int band = IsPlain(p) ? (int)Math.Clamp(BandBytes / p.RowBytes, 1, rows) : rows;
                    for (int row = 0; row < rows; row += band)
                    {
                        int n = Math.Min(band, rows - row);
                        byte[] bytes = Fetch(file, p, chunk, row, IsPlain(p) ? n : storedRows, page);
                        for (int r = 0; r < n; r++)
                        {
                            ReadOnlySpan<byte> stored = bytes.AsSpan(r * (int)p.RowBytes, (int)p.RowBytes);
                            if (isPacked)
                            {
                                SampleRow.Unpack(stored, p.Bits, wide);
                                stored = wide;
                            }
                            int at = (group * planeSize) + ((firstRow + row + r) * p.Width) + firstColumn;
                            SampleRow.Spread<TOut, TConversion>(p.StoredType, stored[..(columns * samples * p.StoredType.Bytes())], samples, planes, at, planeSize, place);
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
