using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Viewing;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Segmenting;
using Cellpose3D.Viewer.Server;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>view</c>: image, labels and tracks in the browser.</summary>
internal static class ViewCommand
{
    public static Command Create()
    {
        var command = new Command("view", "Look at image, labels and tracks in the browser: slices, 3D, table, lineages; find cells, and correct the labels.");
        ViewArguments.AddTo(command);
        return command.WithAction("cellpose3d view stack.tif stack_cp_masks.tif", Run);
    }

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        ViewSettings settings = ViewArguments.Parse(parse);
        if (settings.Window)
            return ShowWindow(settings, reporter, cancellationToken);
        (SceneFiles files, settings) = Open(settings, reporter, cancellationToken);
        ViewSession session;
        try
        {
            Check(files, settings, reporter);
            if (settings.Compare is { } other)
                files.Compare(other, cancellationToken);
            TrackView? tracks = settings.Tracks is { } path ? TrackView.Read(path, files, cancellationToken) : null;
            EditDesk? desk = OpenDesk(files, settings, tracks?.Book, reporter, cancellationToken);
            ISegmenter? segmenter = settings.Image is { } image
                ? new PageSegmenter(image, settings.Files.ImageAxes, settings.Files.VoxelUm, settings.Device, settings.Files.MaxMemoryBytes / 2, reporter) : null;
            session = ViewSession.OpenAsync(files, settings.Look, OpenGl(settings, reporter), tracks, desk, settings.Files.MaxMemoryBytes / 2, segmenter).GetAwaiter().GetResult();
        }
        catch
        {
            files.Dispose();
            throw;
        }
        Serve(session, settings, reporter, cancellationToken).GetAwaiter().GetResult();
        return ExitCode.Ok;
    }

    private static ExitCode ShowWindow(ViewSettings settings, Reporter reporter, CancellationToken cancellationToken)
    {
        // all that a window shows lies in textures
        SceneFileOptions options = settings.Files with { LongestSide = new SceneFileOptions().LongestSide };
        using SceneFiles files = SceneFiles.Open(settings.Image, settings.Labels, options, cancellationToken);
        Check(files, settings, reporter);
        new WindowView(files, settings, cancellationToken).Show(reporter);
        return ExitCode.Ok;
    }

    private static void Check(SceneFiles files, ViewSettings settings, Reporter reporter)
    {
        if (settings.Look.Time >= files.Frames)
            throw new CommandException(ExitCode.Usage, string.Create(CultureInfo.InvariantCulture, $"--time must be 1 to {files.Frames}; got {settings.Look.Time + 1}."));
        if (!files.HasVoxelSize)
            reporter.Warn($"'{settings.Image ?? settings.Labels}' does not say how large its voxels are: cubes of 1 um are shown; give --voxel-size z,y,x.");
        foreach (string line in files.Reductions)
            reporter.Warn(line + ".");
        if (files.Channels > FrameStore.MostChannels)
            reporter.Warn(string.Create(CultureInfo.InvariantCulture, $"the first {FrameStore.MostChannels} of {files.Channels} channels are shown."));
    }

    // without labels, those that an earlier 'view' saved or 'segment' wrote
    private static (SceneFiles Files, ViewSettings Settings) Open(ViewSettings settings, Reporter reporter, CancellationToken cancellationToken)
    {
        if (settings is { Image: { } image, Labels: null } && Path.Exists(NewLabels.PathFor(image)))
        {
            string labels = NewLabels.PathFor(image);
            try
            {
                SceneFiles files = SceneFiles.Open(image, labels, settings.Files, cancellationToken);
                reporter.Info($"labels: '{labels}', which lie beside the image.");
                return (files, settings with { Labels = labels });
            }
            catch (InvalidDataException e)
            {
                reporter.Warn($"{e.Message} Labels can be made once '{labels}' is out of the way.");
                settings = settings with { ReadOnly = true };
            }
        }
        return (SceneFiles.Open(settings.Image, settings.Labels, settings.Files, cancellationToken), settings);
    }

    // edited labels are all in memory, at full resolution
    private static EditDesk? OpenDesk(SceneFiles files, ViewSettings settings, TrackBook? tracks, Reporter reporter, CancellationToken cancellationToken)
    {
        if (settings.ReadOnly)
            return null;
        long bytes = 4 * files.Grid.Shape.Count * files.Frames;
        if (files.Reductions.Count > 0 || bytes > settings.Files.MaxMemoryBytes / 2)
        {
            string what = settings.Labels is null ? "no labels can be made" : "the labels can only be looked at";
            reporter.Warn(string.Create(CultureInfo.InvariantCulture, $"{what}: editing needs all of them in memory, {bytes / 1e9:f1} GB; give a larger --max-memory."));
            return null;
        }
        EditSession edits = settings.Labels is { } labels
            ? EditSession.Open(labels, settings.Files.LabelAxes, settings.Files.VoxelUm, tracks, cancellationToken)
            : NewLabels.Begin(settings.Image!, settings.Files.ImageAxes, files);
        if (edits.Recovered > 0)
            reporter.Warn(string.Create(CultureInfo.InvariantCulture, $"{edits.Recovered} changes of '{edits.Path}' had not been saved and were recovered."));
        return new EditDesk(edits);
    }

    // slices, table and editing work without OpenGL
    private static GlThread? OpenGl(ViewSettings settings, Reporter reporter)
    {
        try
        {
            return GlThread.OpenHeadless(settings.Gl);
        }
        catch (GlContextException e)
        {
            reporter.Warn($"no 3D view: {e.Message}");
            return null;
        }
    }

    private static async Task Serve(ViewSession session, ViewSettings settings, Reporter reporter, CancellationToken cancellationToken)
    {
        ViewServer server = await ViewServer.StartAsync(session, settings.Server, cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            string? tunnel = settings.Remote ? string.Create(CultureInfo.InvariantCulture, $"ssh -L {server.Port}:127.0.0.1:{server.Port} {Environment.UserName}@{Environment.MachineName}") : null;
            reporter.Result(server.Address);
            reporter.ResultJson(new JsonObject { ["url"] = server.Address, ["port"] = server.Port, ["tunnel"] = tunnel });
            if (tunnel is not null)
                reporter.Info($"on your own machine run: {tunnel}\nand open the address above there.");
            using BrowserLauncher? browser = settings.OpensBrowser && !settings.Remote && BrowserLauncher.HasDisplay ? BrowserLauncher.Open(server.Address) : null;
            reporter.Info("Ctrl+C ends it.");
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                reporter.Info("closed.");
            }
        }
    }
}
