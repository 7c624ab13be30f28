using System.Globalization;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Viewer.Server;

/// <summary>Makes the scene that a view begins with.</summary>
public static class SceneStart
{
    private static readonly string[] Luts = ["green", "magenta", "cyan", "yellow", "red", "blue", "gray", "hot"];

    /// <summary>Makes it.</summary>
    /// <param name="files">The files.</param>
    /// <param name="frame">The time point shown first; its intensities give the contrast.</param>
    /// <param name="look">What is wished.</param>
    /// <exception cref="ArgumentException">A wish does not fit the files.</exception>
    public static SceneState Of(SceneFiles files, Frame frame, ViewLook look)
    {
        if (look.Luts.Count > 0 && look.Luts.Count != frame.Images.Count)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"a colour map must be named for each of {frame.Images.Count} channels; got {look.Luts.Count}."), nameof(look));
        VolumeGrid grid = files.Grid;
        Camera camera = Camera.For(grid, grid.Shape.Z == 1 ? CameraPreset.Front : CameraPreset.Corner, 1.3);
        return new SceneState
        {
            Grid = grid,
            Frames = files.Frames,
            Time = frame.Time,
            Cursor = new PointUm((grid.Shape.Z - 1) / 2, (grid.Shape.Y - 1) / 2, (grid.Shape.X - 1) / 2),
            Camera = camera,
            Images = [.. frame.Images.Select((image, c) => Layer(files, image, c, frame.Images.Count, look))],
            Labels = frame.Labels is not null ? look.Labels : null,
        };
    }

    /// <summary>The looks of channels that were added to a scene.</summary>
    internal static IEnumerable<ImageLayer> Added(SceneFiles files, Frame frame, int from) =>
        Enumerable.Range(from, frame.Images.Count - from).Select(c => Layer(files, frame.Images[c], c, Math.Max(2, frame.Images.Count), new ViewLook()));

    private static ImageLayer Layer(SceneFiles files, IntensityVolume image, int channel, int channels, ViewLook look)
    {
        (double low, double high) = look.Contrast ?? image.Percentiles(look.Percentiles.Low, look.Percentiles.High);
        var layer = new ImageLayer
        {
            Name = channel < files.ChannelNames.Count ? files.ChannelNames[channel] : channels == 1 ? "image" : string.Create(CultureInfo.InvariantCulture, $"channel {channel + 1}"),
            Lut = look.Luts.Count > 0 ? look.Luts[channel] : channels == 1 ? "gray" : Luts[channel % Luts.Length],
            Low = low,
            High = high,
            Mode = look.Mode ?? (files.HasLabels ? ProjectionMode.None : ProjectionMode.Mip),
        };
        layer.Validate();
        return layer;
    }
}
