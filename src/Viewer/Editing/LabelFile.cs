using System.Collections.Immutable;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.SegNpy;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Labels of a file, all of them in memory, and what else the file says.</summary>
/// <param name="Frames">uint32 [T][Z, Y, X].</param>
/// <param name="Axes">Letters of T, Z, Y and X that the file has.</param>
/// <param name="SpacingUm">Size of a voxel, as far as the file says.</param>
/// <param name="FrameIntervalS">Seconds between time points; null when unknown.</param>
internal sealed record LabelFile(ImmutableArray<LabelVolume> Frames, string Axes, VoxelSize SpacingUm, double? FrameIntervalS)
{
    /// <summary>Reads labels.</summary>
    /// <param name="path">As <see cref="PlaneFiles.OpenLabels"/> takes it.</param>
    /// <param name="axes">Letters that replace the file's axes; null keeps them.</param>
    /// <param name="cancellationToken">Checked between planes.</param>
    public static LabelFile Read(string path, string? axes, CancellationToken cancellationToken)
    {
        using PlaneFile<int> file = PlaneFiles.OpenLabels(path, axes, cancellationToken);
        LabelVolume[] frames = new LabelVolume[file.Frames];
        for (int t = 0; t < frames.Length; t++)
            frames[t] = PlaneThinning.Labels(file.Planes(t, 0), new VolumeShape(1, 1, 1), cancellationToken);
        string letters = (file.HasTime ? "T" : "") + (file.IsVolume ? "Z" : "") + "YX";
        double? interval = IsSegNpy(path) || !file.HasTime ? null : ImageReader.Inspect(path, axes).FrameIntervalS;
        return new LabelFile([.. frames], letters, file.SpacingUm, interval);
    }

    /// <summary>Labels without any cell.</summary>
    /// <param name="shape">Lengths of the axes of each time point.</param>
    /// <param name="times">Time points.</param>
    /// <param name="spacingUm">Size of a voxel, as far as it is known.</param>
    /// <param name="frameIntervalS">Seconds between time points; null when unknown.</param>
    public static LabelFile Empty(VolumeShape shape, int times, VoxelSize spacingUm, double? frameIntervalS) => new(
        [.. Enumerable.Range(0, times).Select(_ => new LabelVolume(new uint[shape.Count], shape))],
        (times > 1 ? "T" : "") + (shape.Z > 1 ? "Z" : "") + "YX", spacingUm, frameIntervalS);

    /// <summary>Writes the labels; the file appears whole or not at all.</summary>
    /// <param name="path">.tif, .ome.tif, .h5, .zarr or <c>_seg.npy</c>; a <c>_seg.npy</c> that is there keeps what else it holds.</param>
    /// <param name="source">The file the labels were read from.</param>
    /// <exception cref="ArgumentException">A format that is not written, or that does not hold these labels.</exception>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public void Write(string path, string source)
    {
        if (IsSegNpy(path))
        {
            WriteSegNpy(path, source);
            return;
        }
        VolumeFormat format = VolumeFile.FormatOf(path);
        if (format is VolumeFormat.Tiff or VolumeFormat.OmeTiff)
        {
            WriteTiff(path, isOme: format == VolumeFormat.OmeTiff);
            return;
        }
        RequireLabelsAlone(path);
        using var labels = new MemoryVolumeStore<int>(Frames[0].Shape, Frames.Length);
        int[] voxels = new int[Frames[0].Voxels.Length];
        for (int t = 0; t < Frames.Length; t++)
        {
            Buffer.BlockCopy(Frames[t].Voxels, 0, voxels, 0, checked(4 * voxels.Length));
            labels.Write(t, labels.Shape.All, voxels);
        }
        VolumeFile.WriteLabels(path, labels, new VolumeWriteOptions
        {
            VoxelSizeUm = SpacingUm,
            FrameIntervalS = FrameIntervalS,
            Times = Frames.Length,
            ZarrVersion = File.Exists(Path.Combine(path, "zarr.json")) ? OmeZarrVersion.V05 : OmeZarrVersion.V04,
        });
    }

    private static bool IsSegNpy(string path) => path.EndsWith("_seg.npy", StringComparison.Ordinal);

    // a store or HDF5 file is replaced whole: an image in it would be lost
    private static void RequireLabelsAlone(string path)
    {
        if (!Path.Exists(path) || !VolumeFile.IsContainer(path))
            return;
        using VolumeReader there = VolumeFile.Open(path, new VolumeOpenOptions { AsLabels = true });
        if (!there.Description.IsLabels || there.Description.Dataset.Contains('/', StringComparison.Ordinal) || there.Description.Datasets.Count > 1)
            throw new ArgumentException($"'{path}' holds more than labels, which saving would remove; name the labels inside a store, or save to a .tif.", nameof(path));
    }

    private void WriteTiff(string path, bool isOme)
    {
        VolumeShape shape = Frames[0].Shape;
        int[] lengths = [.. Axes.Select(a => a switch { 'T' => Frames.Length, 'Z' => shape.Z, 'Y' => shape.Y, _ => shape.X })];
        uint largest = Frames.Max(f => f.Voxels.Max());
        using var writer = new TiffWriter(path, largest > ushort.MaxValue ? PixelType.UInt32 : PixelType.UInt16, Axes, lengths,
            new TiffWriterOptions { VoxelSizeUm = SpacingUm, FrameIntervalS = FrameIntervalS, OmeXml = isOme });
        int plane = shape.Y * shape.X;
        ushort[] narrow = new ushort[plane];
        foreach (LabelVolume frame in Frames)
        {
            for (int z = 0; z < shape.Z; z++)
            {
                ReadOnlySpan<uint> wide = frame.Voxels.AsSpan(z * plane, plane);
                if (largest > ushort.MaxValue)
                {
                    writer.WritePlane(wide);
                    continue;
                }
                for (int i = 0; i < plane; i++)
                    narrow[i] = (ushort)wide[i];
                writer.WritePlane<ushort>(narrow);
            }
        }
        writer.Complete();
    }

    private void WriteSegNpy(string path, string source)
    {
        if (Frames.Length > 1)
            throw new ArgumentException($"'{path}' would hold one time point; these labels have {Frames.Length}: save to a .tif.", nameof(path));
        VolumeShape shape = Frames[0].Shape;
        int[] masks = new int[Frames[0].Voxels.Length];
        Buffer.BlockCopy(Frames[0].Voxels, 0, masks, 0, checked(4 * masks.Length));
        var labels = Axes.Contains('Z') ? new NdArray<int>(masks, shape.Z, shape.Y, shape.X) : new NdArray<int>(masks, shape.Y, shape.X);
        SegNpyContent content = IsSegNpy(source) ? SegNpyFile.Read(source) : new SegNpyContent { Masks = labels };
        int largest = masks.Max();
        AtomicFile.Write(path, stream => SegNpyFile.Write(stream, content with
        {
            Masks = labels,
            Outlines = null,                                             // made anew from the masks
            // cells made here were made by a person
            IsManual = content.IsManual is { } manual ? [.. Enumerable.Range(0, largest).Select(n => n >= manual.Count || manual[n])] : null,
            Colors = content.Colors?.Shape[0] == largest ? content.Colors : null,
            Flows = content.Flows is { } flows && flows.CellProbImage.Shape.SequenceEqual(labels.Shape) ? flows : null,
        }));
    }
}
