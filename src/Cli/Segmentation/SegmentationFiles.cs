using Cellpose3D.Cli.Pictures;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Flows;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.IO;
using Cellpose3D.IO.Rois;
using Cellpose3D.IO.SegNpy;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>Writes what <c>segment</c> finds, under Cellpose's names, each file atomically.</summary>
internal static class SegmentationFiles
{
    /// <summary>What <c>--save</c> takes.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["masks", "output", "table", "flows", "outlines", "txt", "rois", "npy"];

    /// <summary>What is written unless <c>--save</c> says otherwise.</summary>
    public const string DefaultKinds = "masks,output,table";

    /// <summary>Reads the value of <c>--save</c>.</summary>
    /// <exception cref="CommandException">An unknown kind.</exception>
    public static IReadOnlySet<string> ParseKinds(string text) => NameList.Parse("--save", text, Kinds);

    /// <summary>Whether flows and probabilities must be kept for these results.</summary>
    public static bool NeedMaps(IReadOnlySet<string> kinds) => kinds.Overlaps(["output", "flows", "npy"]);

    /// <summary>Writes the results of one image.</summary>
    /// <param name="stem">Folder and name that the results' names begin with.</param>
    /// <param name="kinds">Which results.</param>
    /// <param name="image">The image file; borrowed.</param>
    /// <param name="planes">float32 [1 or 2, Y, X] each, as segmented; borrowed.</param>
    /// <param name="results">One for each plane.</param>
    /// <param name="settings">Channels, for the file that Cellpose's GUI opens.</param>
    /// <returns>The paths written.</returns>
    public static IReadOnlyList<string> Write(
        string stem, IReadOnlySet<string> kinds, LoadedImage image, IReadOnlyList<NdArray<float>> planes, IReadOnlyList<Segmentation2D> results, SegmentationSettings settings)
    {
        var written = new List<string>();
        (string axes, int[] shape) = ImagePlanes.LabelShape(image);
        var tiff = new TiffWriterOptions { VoxelSizeUm = image.Info.VoxelSizeUm, FrameIntervalS = image.Info.FrameIntervalS };
        NdArray<int> labels = results.Count == 1 ? results[0].Labels.Reshape(shape) : Stack(results.Select(r => r.Labels), shape);
        int middle = planes.Count / 2;                                   // a stack's pictures show its middle plane

        if (kinds.Contains("masks"))
            TiffWriter.WriteLabels(Named("_cp_masks.tif"), labels, axes, tiff);
        if (kinds.Contains("flows"))
            WriteFlows(Named("_flows.tif"), results, axes, shape, tiff);
        if (kinds.Contains("table"))
            AtomicFile.Write(Named("_cells.csv"), stream => CellTable.Write(stream, results));
        if (kinds.Contains("output"))
            WriteBytes(Named("_cp_output.png"), RunPicture.Draw(planes[middle], results[middle].Labels, results[middle].Flows!, results[middle].CellProb!));
        if (kinds.Contains("outlines"))
            WriteBytes(Named("_outlines.png"), RunPicture.DrawOutlines(planes[middle], results[middle].Labels));
        if (kinds.Contains("txt"))
            WritePerPlane(results, "_cp_outlines.txt", (path, plane) => WriteOutlines(path, plane.Labels));
        if (kinds.Contains("rois"))
            WritePerPlane(results, "_rois.zip", (path, plane) => AtomicFile.Write(path, s => RoiZip.Write(s, Outlines.Trace(plane.Labels))));
        if (kinds.Contains("npy"))
            WritePerPlane(results, "_seg.npy", (path, plane) => AtomicFile.Write(path, s => SegNpyFile.Write(s, Seg(image, plane, settings))));
        return written;

        string Named(string suffix)
        {
            written.Add(stem + suffix);
            return stem + suffix;
        }

        // these formats hold one plane: a stack gets one file a plane
        void WritePerPlane(IReadOnlyList<Segmentation2D> all, string suffix, Action<string, Segmentation2D> write)
        {
            for (int n = 0; n < all.Count; n++)
                write(Named(all.Count == 1 ? suffix : FormattableString.Invariant($"_{n:d4}{suffix}")), all[n]);
        }
    }

    private static NdArray<T> Stack<T>(IEnumerable<NdArray<T>> planes, int[] shape)
        where T : unmanaged
    {
        var stack = new NdArray<T>(shape);
        int at = 0;
        foreach (NdArray<T> plane in planes)
        {
            plane.Span.CopyTo(stack.Span[at..]);
            at += plane.Length;
        }
        return stack;
    }

    // [.., C = flow y, flow x, probability logit, Y, X]: the reference's own file holds colours only, from which nothing can be computed
    private static void WriteFlows(string path, IReadOnlyList<Segmentation2D> results, string axes, int[] shape, TiffWriterOptions options)
    {
        // without resampling the maps have the network's scale
        (int height, int width) = (results[0].CellProb!.Shape[0], results[0].CellProb!.Shape[1]);
        string withChannels = string.Concat("TCZYX".Where(a => a == 'C' || axes.Contains(a)));
        int[] lengths = [.. withChannels.Select(a => a switch { 'C' => 3, 'Y' => height, 'X' => width, _ => shape[axes.IndexOf(a, StringComparison.Ordinal)] })];
        using var writer = new TiffWriter(path, PixelType.Float32, withChannels, lengths, options);
        int depth = withChannels.Contains('Z') ? lengths[withChannels.IndexOf('Z', StringComparison.Ordinal)] : 1;
        for (int t = 0; t < results.Count / depth; t++)
        {
            for (int c = 0; c < 3; c++)
            {
                for (int z = 0; z < depth; z++)
                {
                    Segmentation2D plane = results[t * depth + z];
                    writer.WritePlane<float>(c < 2 ? plane.Flows!.Plane(c) : plane.CellProb!.Span);
                }
            }
        }
        writer.Complete();
    }

    private static SegNpyContent Seg(LoadedImage image, Segmentation2D plane, SegmentationSettings settings)
    {
        NdArray<float> cellProb = plane.CellProb!;
        return new SegNpyContent
        {
            Masks = plane.Labels,
            FileName = image.Info.Path,
            Channels = [settings.Chan, settings.Chan2],
            Diameter = plane.Diameter,
            Flows = new SegNpyFlows(
                FlowColors.Paint(plane.Flows!),
                new NdArray<byte>(Array.ConvertAll(cellProb.Data, logit => (byte)(255 / (1 + Math.Exp(-logit)))), cellProb.Shape),
                null,
                new NdArray<float>([.. plane.Flows!.Data, .. cellProb.Data], 3, cellProb.Shape[0], cellProb.Shape[1])),
        };
    }

    private static void WriteOutlines(string path, NdArray<int> labels) =>
        AtomicFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, leaveOpen: true);
            OutlinesText.Write(text, Outlines.Trace(labels));
        });

    private static void WriteBytes(string path, byte[] bytes) => AtomicFile.Write(path, stream => stream.Write(bytes));
}
