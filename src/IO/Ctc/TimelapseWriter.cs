using System.Globalization;
using System.Text;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Tracking.Synthesis;

namespace Cellpose3D.IO.Ctc;

/// <summary>Writes a synthetic movie in the layout of the Cell Tracking Challenge: <c>01</c>, <c>01_GT/SEG</c>, <c>01_GT/TRA</c>, and a table of events.</summary>
/// <remarks>Frames are made and written one at a time; images carry voxel size and frame interval as OME-XML.</remarks>
public static class TimelapseWriter
{
    /// <summary>Makes the movie's frames and writes them.</summary>
    /// <param name="folder">Where the folders appear; it is made where it is missing.</param>
    /// <param name="sequence">Number of the movie, 1 to 99: the folders' first two digits.</param>
    /// <param name="movie">The movie, none of whose frames were taken.</param>
    /// <param name="defects">Also writes masks with mistakes, to <c>01_ERR_SEG</c>; null for none.</param>
    /// <param name="stack">Also writes all images to one file, <c>01.ome.tif</c>, and the true masks to <c>01_masks.ome.tif</c>.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1], after every frame.</param>
    /// <param name="cancellationToken">Checked before every frame.</param>
    /// <exception cref="NotSupportedException">The movie has more than 65,535 tracks.</exception>
    public static void Write(
        string folder, int sequence, SyntheticMovie movie, MaskDefects? defects = null, bool stack = false,
        IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        string name = sequence.ToString("D2", CultureInfo.InvariantCulture), truth = Path.Combine(folder, name + "_GT"), wrong = Path.Combine(folder, name + "_ERR_SEG");
        string images = Path.Combine(folder, name), segmentation = Path.Combine(truth, "SEG"), tracking = Path.Combine(truth, "TRA");
        foreach (string part in (string[])[images, segmentation, tracking])
            Directory.CreateDirectory(part);
        if (defects is not null)
            Directory.CreateDirectory(wrong);
        TimelapseOptions options = movie.Options;
        var tiff = new TiffWriterOptions { VoxelSizeUm = movie.SpacingUm, FrameIntervalS = movie.FrameIntervalS, OmeXml = true };
        int[] shape = options.Depth == 1 ? [options.Frames, options.Height, options.Width] : [options.Frames, options.Depth, options.Height, options.Width];
        string axes = options.Depth == 1 ? "TYX" : "TZYX";
        using TiffWriter? imageStack = stack ? new TiffWriter(Path.Combine(folder, name + ".ome.tif"), PixelType.UInt16, axes, shape, tiff) : null;
        using TiffWriter? maskStack = stack ? new TiffWriter(Path.Combine(folder, name + "_masks.ome.tif"), PixelType.UInt16, axes, shape, tiff) : null;
        MaskDegrader? degrader = defects is null ? null : new MaskDegrader(defects, options.Seed);
        var mapping = new StringBuilder("frame,label,sources\n");
        string digits = $"D{Math.Max(3, (options.Frames - 1).ToString(CultureInfo.InvariantCulture).Length)}";
        foreach (SyntheticFrame frame in movie.Frames())
        {
            cancellationToken.ThrowIfCancellationRequested();
            string number = frame.Index.ToString(digits, CultureInfo.InvariantCulture) + ".tif";
            CtcWriter.RequireFits(movie.Rows);
            if (frame.Image is not null)
            {
                using var image = new TiffWriter(Path.Combine(images, "t" + number), PixelType.UInt16, axes, [1, .. shape[1..]], tiff);
                WritePlanes(image, frame.Image.Data, v => (ushort)v, options);
                image.Complete();
                if (imageStack is not null)
                    WritePlanes(imageStack, frame.Image.Data, v => (ushort)v, options);
            }
            if (maskStack is not null)
                WritePlanes(maskStack, frame.Labels.Data, v => (ushort)v, options);
            TiffWriter.WriteLabels(Path.Combine(segmentation, "man_seg" + number), frame.Labels, options: new TiffWriterOptions { VoxelSizeUm = movie.SpacingUm }, cancellationToken: cancellationToken);
            TiffWriter.WriteLabels(Path.Combine(tracking, "man_track" + number), frame.Labels, options: new TiffWriterOptions { VoxelSizeUm = movie.SpacingUm }, cancellationToken: cancellationToken);
            if (degrader is not null)
            {
                DegradedFrame degraded = degrader.Degrade(frame.Labels, frame.Index);
                TiffWriter.WriteLabels(Path.Combine(wrong, "mask" + number), degraded.Labels, cancellationToken: cancellationToken);
                foreach (DegradedMask mask in degraded.Masks)
                    mapping.Append(CultureInfo.InvariantCulture, $"{frame.Index},{mask.Label},{string.Join(' ', mask.Sources)}\n");
            }
            progress?.Report((frame.Index + 1f) / options.Frames);
        }
        if (options.Images)
            imageStack?.Complete();
        maskStack?.Complete();
        if (degrader is not null)
            WriteText(Path.Combine(wrong, "masks.csv"), mapping.ToString());
        WriteText(Path.Combine(truth, "events.csv"), Events(movie));
        CtcTrackFile.Write(Path.Combine(tracking, "man_track.txt"), movie.Rows);
    }

    private static string Events(SyntheticMovie movie)
    {
        var text = new StringBuilder("frame,event,track,others\n");
        foreach (LineageEvent e in movie.Events)
            text.Append(CultureInfo.InvariantCulture, $"{e.Frame},{e.Kind.ToString().ToLowerInvariant()},{e.Track},{string.Join(' ', e.Others)}\n");
        return text.ToString();
    }

    private static void WriteText(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.ASCII.GetBytes(text)));

    private static void WritePlanes<T>(TiffWriter writer, T[] values, Func<T, ushort> convert, TimelapseOptions options)
    {
        int size = options.Height * options.Width;
        ushort[] plane = new ushort[size];
        for (int z = 0; z < options.Depth; z++)
        {
            for (int n = 0; n < size; n++)
                plane[n] = convert(values[z * size + n]);
            writer.WritePlane<ushort>(plane);
        }
    }
}
