using System.Runtime.InteropServices;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Server;

/// <summary>Cuts tiles out of volumes: labels by the middle voxel, intensities by the mean, in little-endian order.</summary>
public static class SliceTiles
{
    /// <summary>Pixels along each side of a tile; those at the right and lower border have fewer.</summary>
    public const int Side = 512;

    /// <summary>A tile of labels.</summary>
    /// <param name="volume">The labels; borrowed.</param>
    /// <param name="at">Which tile.</param>
    /// <returns>uint32 [height, width]; owned by the caller.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such tile.</exception>
    public static byte[] Labels(LabelVolume volume, TileAddress at)
    {
        var cut = Cut.Of(volume.Shape, at);
        uint[] tile = new uint[cut.Height * cut.Width];
        for (int y = 0, n = 0; y < cut.Height; y++)
        {
            long row = cut.Start + Math.Min((cut.Top + y) * cut.Step + cut.Step / 2, cut.LastDown) * cut.Down;
            for (int x = 0; x < cut.Width; x++)
                tile[n++] = volume.Voxels[row + Math.Min((cut.Left + x) * cut.Step + cut.Step / 2, cut.LastRight) * cut.Right];
        }
        return MemoryMarshal.AsBytes(tile.AsSpan()).ToArray();
    }

    /// <summary>A tile of one channel.</summary>
    /// <param name="volume">The channel; borrowed.</param>
    /// <param name="at">Which tile.</param>
    /// <returns>uint16 [height, width], 0 to 65535 from the channel's lowest to its highest intensity; owned by the caller.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such tile.</exception>
    public static byte[] Intensities(IntensityVolume volume, TileAddress at)
    {
        var cut = Cut.Of(volume.Shape, at);
        ushort[] tile = new ushort[cut.Height * cut.Width];
        for (int y = 0, n = 0; y < cut.Height; y++)
        {
            for (int x = 0; x < cut.Width; x++)
                tile[n++] = cut.Step == 1 ? volume.Voxels[cut.Start + (cut.Top + y) * cut.Down + (cut.Left + x) * cut.Right] : Mean(volume.Voxels, cut, y, x);
        }
        return MemoryMarshal.AsBytes(tile.AsSpan()).ToArray();
    }

    private static ushort Mean(ushort[] voxels, Cut cut, int y, int x)
    {
        long sum = 0, top = (cut.Top + y) * cut.Step, left = (cut.Left + x) * cut.Step;
        long bottom = Math.Min(top + cut.Step - 1, cut.LastDown), right = Math.Min(left + cut.Step - 1, cut.LastRight);
        for (long j = top; j <= bottom; j++)
        {
            for (long i = left; i <= right; i++)
                sum += voxels[cut.Start + j * cut.Down + i * cut.Right];
        }
        return (ushort)(sum / ((bottom - top + 1) * (right - left + 1)));
    }

    // where a tile's pixels lie in the volume's array: pixel (y, x) begins at voxel ((Top + y) * Step, (Left + x) * Step) of the slice
    private readonly record struct Cut(long Start, long Down, long Right, long LastDown, long LastRight, long Step, long Top, long Left, int Height, int Width)
    {
        public static Cut Of(VolumeShape shape, TileAddress at)
        {
            long plane = (long)shape.Y * shape.X;
            (int depth, int height, int width, long deep, long down, long right) = at.Plane switch
            {
                ViewKind.XY => (shape.Z, shape.Y, shape.X, plane, (long)shape.X, 1L),
                ViewKind.XZ => (shape.Y, shape.Z, shape.X, shape.X, plane, 1L),
                ViewKind.ZY => (shape.X, shape.Y, shape.Z, 1L, shape.X, plane),
                _ => throw new ArgumentOutOfRangeException(nameof(at), "tiles are cut from slices, not from the 3D view."),
            };
            long step = 1L << at.Level, rows = (height + step - 1) / step, columns = (width + step - 1) / step;
            long top = (long)at.Row * Side, left = (long)at.Column * Side;
            if (at.Index >= depth || top >= rows || left >= columns)
                throw new ArgumentOutOfRangeException(nameof(at), $"there is no tile {at} of {shape}.");
            return new Cut(at.Index * deep, down, right, height - 1, width - 1, step, top, left, (int)Math.Min(Side, rows - top), (int)Math.Min(Side, columns - left));
        }
    }
}
