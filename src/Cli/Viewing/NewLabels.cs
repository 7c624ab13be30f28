using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Cli.Viewing;

/// <summary>The labels of an image that was opened without any.</summary>
internal static class NewLabels
{
    /// <summary>Where they are saved: beside the image, where <c>segment</c> writes its masks.</summary>
    /// <param name="image">Path of the image, perhaps with that of an array in it.</param>
    public static string PathFor(string image)
    {
        string file = InputImages.FileOf(image);
        string ending = Directory.Exists(file) ? ".ome.zarr" : ".tif";
        return Path.Combine(Path.GetDirectoryName(file) ?? "", InputImages.Stem(image) + "_cp_masks" + ending);
    }

    /// <summary>Begins with labels without any cell.</summary>
    /// <param name="image">Path of the image.</param>
    /// <param name="axes">Letters that replace the image's axes; null keeps them.</param>
    /// <param name="files">The opened image.</param>
    public static EditSession Begin(string image, string? axes, SceneFiles files)
    {
        PointUm voxel = files.Grid.VoxelUm;
        VoxelSize spacing = files.HasVoxelSize ? new VoxelSize(files.Grid.Shape.Z > 1 ? voxel.Z : null, voxel.Y, voxel.X) : default;
        double? interval = files.Frames > 1 ? IntervalOf(image, axes) : null;
        return EditSession.Begin(PathFor(image), files.Grid.Shape, files.Frames, spacing, interval);
    }

    private static double? IntervalOf(string image, string? axes)
    {
        if (!VolumeFile.IsContainer(image))
            return ImageReader.Inspect(image, axes).FrameIntervalS;
        using VolumeReader volume = VolumeFile.Open(image, new VolumeOpenOptions { Axes = axes });
        return volume.Description.Image.FrameIntervalS;
    }
}
