using Cellpose3D.Cli.Reporting;
using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Server;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Viewer.Window;

namespace Cellpose3D.Cli.Viewing;

/// <summary><c>view --window</c>: one 3D view or slice in a window of its own, without a browser.</summary>
internal sealed class WindowView(SceneFiles files, ViewSettings settings, CancellationToken cancellationToken)
{
    private readonly FrameStore _frames = new(files, settings.Files.MaxMemoryBytes / 2, closing: cancellationToken);
    private readonly TrackView? _tracks = settings.Tracks is { } path ? TrackView.Read(path, files, cancellationToken) : null;

    /// <summary>Shows the window until it is closed.</summary>
    /// <exception cref="CommandException">A wish that a window does not fulfil.</exception>
    public void Show(Reporter reporter)
    {
        if (settings.Look.Labels.Coloring == LabelColoring.Feature)
            throw new CommandException(ExitCode.Usage, $"--window takes --color-by id or track; got '{settings.Look.Labels.Feature}' (the browser and 'render' take columns).");
        SceneState scene = SceneStart.Of(files, FrameAt(settings.Look.Time), settings.Look);
        reporter.Info(ViewerWindow.Help);
        ViewerWindow.Run(scene with { Decorations = new Decorations(ScaleBar: true) }, new WindowOptions { Title = $"cellpose3d - {settings.Server.Title}" }, Load, cancellationToken);
    }

    private Frame FrameAt(int time) => _frames.GetAsync(time).GetAwaiter().GetResult();

    private void Load(SceneRenderer renderer, int time)
    {
        Frame frame = FrameAt(time);
        for (int channel = 0; channel < frame.Images.Count; channel++)
            renderer.SetImage(channel, frame.Images[channel]);
        renderer.SetLabels(frame.Labels);
        if (frame.Labels is { } labels)
            renderer.Colors = ColorsOf(labels, time);
    }

    private IReadOnlyDictionary<uint, Rgb> ColorsOf(LabelVolume labels, int time)
    {
        LabelLayer layer = settings.Look.Labels;
        if (layer.Coloring == LabelColoring.Track && _tracks is not null)
            return _tracks.Colors(time, labels.Ids(), layer.Seed);
        // over time a colour comes from the id alone, or it would change from frame to frame
        if (files.Frames > 1 || layer.Coloring == LabelColoring.Track)
            return labels.Ids().ToDictionary(id => id, id => LabelPalette.OfId(id, layer.Seed));
        var contacts = new LabelContacts();
        contacts.Add(labels);
        return LabelPalette.ByContact(contacts, layer.Seed);
    }
}
