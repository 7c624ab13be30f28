using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Tracking.Detections;
using TorchSharp;
using static TorchSharp.torch;

namespace Cellpose3D.Tracking.TemporalFlow.Learned;

/// <summary>Runs encoder and stem once over a frame: over its plane, or over planes of a volume along all three axes.</summary>
/// <param name="model">Borrowed.</param>
/// <param name="spacing">Size of a voxel.</param>
internal sealed class FrameEncoder(TemporalModel model, SpacingUm spacing)
{
    private const double PlanesPerDiameter = 3;
    private const double LargestScale = 3;                               // beyond which an enlarged pixel spans nodes

    private double _diameterUm;

    /// <summary>Micrometres of a mean diameter: those of the first frame with cells, as scale must not jump between frames.</summary>
    public double DiameterUm => _diameterUm > 0 ? _diameterUm : model.Diameter * spacing.X;

    /// <summary>Encodes a frame.</summary>
    /// <param name="frame">Borrowed.</param>
    /// <param name="cancellationToken">Checked before every plane.</param>
    /// <returns>Owned by the caller.</returns>
    public FrameFeatures Encode(FlowFrame frame, CancellationToken cancellationToken)
    {
        if (_diameterUm == 0)
            _diameterUm = frame.MedianDiameter;
        NdArray<float>? image = frame.Image is null ? null : Normalize(frame.Image);
        using IDisposable noGrad = no_grad();
        if (frame.Labels.Rank == 2)
            return new FrameFeatures([(0, [EncodePlane(frame, 0, frame.Labels, frame.Image, image, Scale(spacing.Y), Scale(spacing.X), null)])]);

        var byAxis = new List<(int, IReadOnlyList<PlaneFeatures>)>();
        double[] edges = [spacing.Z, spacing.Y, spacing.X];
        for (int axis = 0; axis < 3; axis++)
        {
            (int rowAxis, int columnAxis) = Axes(axis);
            int stride = Stride(edges[axis]);
            var planes = new List<PlaneFeatures>();
            for (int at = Math.Min(stride / 2, frame.Labels.Shape[axis] - 1); at < frame.Labels.Shape[axis]; at += stride)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (double, double)[] centres = [.. frame.Cells.Select(c => Centre(c, edges, rowAxis, columnAxis))];
                planes.Add(EncodePlane(
                    frame, at, Cut(frame.Labels, axis, at), frame.Image is null ? null : Cut(frame.Image, axis, at), image is null ? null : Cut(image, axis, at),
                    Scale(edges[rowAxis]), Scale(edges[columnAxis]), centres));
            }
            byAxis.Add((axis, planes));
        }
        return new FrameFeatures(byAxis);
    }

    /// <summary>Voxels between two encoded planes along an axis.</summary>
    /// <param name="edge">Edge of a voxel along it, in micrometres.</param>
    public int Stride(double edge) => Math.Max(1, (int)Math.Round(DiameterUm / PlanesPerDiameter / edge));

    /// <summary>The axes of the rows and columns of a plane that cuts an axis.</summary>
    public static (int Row, int Column) Axes(int cut) => cut switch { 0 => (1, 2), 1 => (0, 2), _ => (0, 1) };

    private double Scale(double edge) => Math.Min(LargestScale, model.Diameter * edge / DiameterUm);

    private static NdArray<float> Normalize(NdArray<float> image) =>
        Normalizer.Normalize(image.Reshape(1, image.Length / Math.Max(1, image.Shape[^1]), image.Shape[^1]), new NormalizeOptions { Threads = 1 }).Reshape(image.Shape);

    private PlaneFeatures EncodePlane(
        FlowFrame frame, int index, NdArray<int> labels, NdArray<float>? raw, NdArray<float>? normal, double scaleY, double scaleX, (double, double)[]? centres)
    {
        CellPlane cells = CellPlane.Lay(labels, frame.IndexOf, frame.Cells.Count, raw, scaleY, scaleX, model.Diameter, centres);
        using DisposeScope scope = NewDisposeScope();
        NdArray<float> prepared = normal is null
            ? new NdArray<float>(1, cells.Height * CellPlane.Step, cells.Width * CellPlane.Step)
            : TemporalModel.Prepare(normal, scaleY, scaleX);
        Tensor masks = tensor(cells.Masks, device: model.Device).view(1, CellPlane.MaskChannels, cells.Height, cells.Width);
        Tensor stem = model.Head.Stem(model.Encode(prepared), masks);
        Tensor embedding = model.Head.Embed(stem, [cells]);
        return new PlaneFeatures(index, cells, stem.DetachFromDisposeScope(), embedding.DetachFromDisposeScope());
    }

    // pixel places along rows and columns of a plane
    private static (double Y, double X) Centre(Detection cell, double[] edges, int rowAxis, int columnAxis)
    {
        double[] place = [cell.Centroid.Z, cell.Centroid.Y, cell.Centroid.X];
        return (place[rowAxis] / edges[rowAxis], place[columnAxis] / edges[columnAxis]);
    }

    private static NdArray<T> Cut<T>(NdArray<T> volume, int axis, int at)
        where T : unmanaged
    {
        int depth = volume.Shape[0], height = volume.Shape[1], width = volume.Shape[2];
        if (axis == 0)
            return new NdArray<T>(volume.Plane(at).ToArray(), height, width);
        if (axis == 1)
        {
            var rows = new NdArray<T>(depth, width);
            for (int z = 0; z < depth; z++)
                volume.Data.AsSpan((z * height + at) * width, width).CopyTo(rows.Data.AsSpan(z * width));
            return rows;
        }
        var columns = new NdArray<T>(depth, height);
        for (int i = 0; i < columns.Length; i++)
            columns.Data[i] = volume.Data[i * width + at];
        return columns;
    }
}
