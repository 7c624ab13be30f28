using System.Text;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.IO.Weights;
using Cellpose3D.IO.Weights.Pickle;

namespace Cellpose3D.IO.SegNpy;

/// <summary>Writes and reads <c>_seg.npy</c>: a pickled dict that the Cellpose GUI opens and Python loads with <c>numpy.load(..., allow_pickle=True).item()</c>.</summary>
/// <remarks>
/// Keys and layout: reference/SEGMENTATION.md, 1d. A 2D image's pictures carry a leading axis of one plane, as the GUI shows
/// them plane by plane. Masks are uint16 up to 65,534 labels, else uint32, as the GUI does.
/// </remarks>
public static class SegNpyFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="stream">Receives the file; borrowed.</param>
    /// <param name="content">What to write; borrowed.</param>
    /// <exception cref="ArgumentException">Shapes disagree, or a label is negative.</exception>
    public static void Write(Stream stream, SegNpyContent content)
    {
        int largest = Validate(content);
        NdArray<int> outlines = content.Outlines ?? MakeOutlines(content.Masks);

        const string header = "{'descr': '|O', 'fortran_order': False, 'shape': (), }";
        const int length = 118;                                          // header ends at byte 128, a multiple of 64
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, length, 0]);
        stream.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
        var pickle = new PickleWriter(stream);
        pickle.Start();
        pickle.Wrapped(() => pickle.Dict(() =>
        {
            pickle.Text("outlines");
            Labels(pickle, outlines, largest);
            pickle.Text("masks");
            Labels(pickle, content.Masks, largest);
            pickle.Text("chan_choose");
            pickle.List(() =>
            {
                foreach (int channel in content.Channels)
                    pickle.Integer(channel);
            });
            pickle.Text("ismanual");
            bool[] manual = content.IsManual is null ? new bool[largest] : [.. content.IsManual];
            pickle.Array([manual.Length], new NdArray<bool>(manual, manual.Length), "b1", static m => m);
            pickle.Text("filename");
            pickle.Text(content.FileName);
            if (content.Colors is { } colors)
            {
                pickle.Text("colors");
                pickle.Array(colors.Shape, colors, "u1", static c => c);
            }
            if (content.Flows is { } flows)
            {
                pickle.Text("flows");
                pickle.List(() => Flows(pickle, flows));
            }
            pickle.Text("diameter");
            pickle.Number(content.Diameter);
        }));
        pickle.Stop();
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">A <c>_seg.npy</c> file.</param>
    /// <returns>What it holds; masks without leading axes of one plane; what is missing or of an older layout is null. Owned.</returns>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Damaged, without masks, or it asks to run something.</exception>
    public static SegNpyContent Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="stream">Seekable, at the first byte; borrowed.</param>
    /// <param name="name">Used in messages.</param>
    /// <returns>What it holds; owned.</returns>
    /// <exception cref="InvalidDataException">Damaged, without masks, or it asks to run something.</exception>
    public static SegNpyContent Read(Stream stream, string name)
    {
        if (PickledNpy.Read(stream, name) is not PickleDict dict)
            throw new InvalidDataException($"'{name}' is no _seg.npy file: a dict is needed.");
        if (dict.Find("masks") is not NumpyArray { Shape.Length: >= 2 } stored)
            throw new InvalidDataException($"'{name}' is no _seg.npy file: it has no array 'masks' of 2 or more axes.");
        NdArray<int> masks = ReadLabels(stored, $"'masks' of '{name}'");

        NdArray<int>? outlines = dict.Find("outlines") is NumpyArray { Shape.Length: >= 2 } o ? ReadLabels(o, $"'outlines' of '{name}'") : null;
        return new SegNpyContent
        {
            Masks = masks,
            Outlines = outlines is not null && outlines.Shape.SequenceEqual(masks.Shape) ? outlines : null,
            FileName = dict.Find("filename") as string ?? "",
            Diameter = Number(dict.Find("diameter")) ?? Number(dict.Find("est_diam")) ?? double.NaN,
            Channels = dict.Find("chan_choose") is List<object?> { Count: > 0 } channels && channels.All(c => c is long and >= 0 and < 1 << 16)
                ? [.. channels.Select(c => (int)(long)c!)] : [0, 0],
            IsManual = dict.Find("ismanual") is NumpyArray { Dtype.Code: "b1" } m ? [.. m.ToNdArray<byte>($"'ismanual' of '{name}'").Data.Select(b => b != 0)] : null,
            Colors = dict.Find("colors") is NumpyArray { Shape: [_, 3] } c ? c.ToNdArray<byte>($"'colors' of '{name}'") : null,
            Flows = ReadFlows(dict.Find("flows") as List<object?>, masks, name),
        };
    }

    private static int Validate(SegNpyContent content)
    {
        NdArray<int> masks = content.Masks;
        if (masks.Rank is not (2 or 3))
            throw new ArgumentException($"masks must be [Y, X] or [Z, Y, X]; got {masks}.", nameof(content));
        int largest = 0;
        foreach (int label in masks.Span)
        {
            if (label < 0)
                throw new ArgumentException($"labels must be 0 or more; got {label}.", nameof(content));
            largest = Math.Max(largest, label);
        }
        Shaped(content.Outlines?.Shape, masks.Shape, "outlines");
        Shaped(content.Flows?.Rgb.Shape, [.. masks.Shape, 3], "the flows' colours");
        Shaped(content.Flows?.CellProbImage.Shape, masks.Shape, "the probability's picture");
        Shaped(content.Flows?.ZImage?.Shape, masks.Shape, "the z flow's picture");
        if (content.Flows is { FlowsAndCellProb: var flows } && (flows.Rank != masks.Rank + 1 || flows.Shape[0] != flows.Rank))
            throw new ArgumentException($"flows and probability must be [{masks.Rank + 1}, {(masks.Rank == 3 ? "Z, " : "")}Y, X]; got {flows}.", nameof(content));
        return largest;

        static void Shaped(int[]? shape, int[] expected, string what)
        {
            if (shape is not null && !shape.SequenceEqual(expected))
                throw new ArgumentException($"{what} must be [{string.Join(", ", expected)}] to match the masks; got [{string.Join(", ", shape)}].", nameof(content));
        }
    }

    private static NdArray<int> MakeOutlines(NdArray<int> masks)
    {
        bool[] outline = Outlines.Mask(masks).Data;
        var labels = new NdArray<int>(masks.Shape);
        for (int i = 0; i < outline.Length; i++)
            labels.Data[i] = outline[i] ? masks.Data[i] : 0;
        return labels;
    }

    private static void Labels(PickleWriter pickle, NdArray<int> labels, int largest)
    {
        if (largest < ushort.MaxValue)
            pickle.Array(labels.Shape, labels, "u2", static l => (ushort)l);
        else
            pickle.Array(labels.Shape, labels, "u4", static l => (uint)l);
    }

    private static void Flows(PickleWriter pickle, SegNpyFlows flows)
    {
        int[] plane = flows.CellProbImage.Shape.Length == 2 ? [1] : [];
        int[] image = [.. plane, .. flows.CellProbImage.Shape];
        pickle.Array([.. plane, .. flows.Rgb.Shape], flows.Rgb, "u1", static v => v);
        pickle.Array(image, flows.CellProbImage, "u1", static v => v);
        pickle.Array(image, flows.ZImage ?? new NdArray<byte>(flows.CellProbImage.Shape), "u1", static v => v);
        pickle.List(() => { });                                          // where each pixel ended: not kept
        pickle.Array(flows.FlowsAndCellProb.Shape, flows.FlowsAndCellProb, "f4", static v => v);
    }

    private static NdArray<int> ReadLabels(NumpyArray stored, string what)
    {
        NdArray<int> labels = Squeeze(stored.ToNdArray<int>(what), 2);
        int smallest = labels.Length == 0 ? 0 : labels.Data.Min();
        if (smallest < -1 || labels.Rank > 3)
            throw new InvalidDataException($"{what} must be [Y, X] or [Z, Y, X] of labels 0 to {int.MaxValue}; got {labels} with {smallest}.");
        for (int i = 0; smallest < 0 && i < labels.Length; i++)
            labels.Data[i]++;                                            // the oldest files have -1 for background
        return labels;
    }

    private static SegNpyFlows? ReadFlows(List<object?>? flows, NdArray<int> masks, string name)
    {
        if (flows is not [NumpyArray rgb, NumpyArray prob, NumpyArray z, _, NumpyArray values, ..] || rgb.Dtype.Code != "u1" || prob.Dtype.Code != "u1")
            return null;
        NdArray<float> numbers = values.ToNdArray<float>($"'flows' of '{name}'");
        NdArray<byte> colours = Squeeze(rgb.ToNdArray<byte>($"'flows' of '{name}'"), 3), grey = Squeeze(prob.ToNdArray<byte>($"'flows' of '{name}'"), 2);
        NdArray<byte> depth = Squeeze(z.ToNdArray<byte>($"'flows' of '{name}'"), 2);
        bool fits = colours.Shape.SequenceEqual([.. masks.Shape, 3]) && grey.Shape.SequenceEqual(masks.Shape)
            && numbers.Rank == masks.Rank + 1 && numbers.Shape[0] == numbers.Rank;
        return fits ? new SegNpyFlows(colours, grey, depth.Shape.SequenceEqual(masks.Shape) ? depth : null, numbers) : null;
    }

    private static NdArray<T> Squeeze<T>(NdArray<T> array, int rank)
        where T : unmanaged
    {
        int extra = 0;
        while (array.Rank - extra > rank && array.Shape[extra] == 1)
            extra++;
        return array.Reshape(array.Shape[extra..]);
    }

    private static double? Number(object? value) => value switch
    {
        double number => number,
        long number => number,
        NumpyArray { Dtype.Size: > 0 } array when array.Count == 1 => array.ToNdArray<double>("diameter").Data[0],
        _ => null,
    };
}
