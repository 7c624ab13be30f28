using Cellpose3D.Core2D;
using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Server;
using Cellpose3D.Viewer.Tests.Segmenting;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Server;

/// <summary>A small scene in files, opened and served as the verb <c>view</c> does.</summary>
public sealed class ServedScene : IAsyncDisposable
{
    private readonly string _folder;

    private ServedScene(string folder, ViewServer server, ViewSession session, LabelVolume labels)
    {
        (_folder, Server, Session, Labels) = (folder, server, session, labels);
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}"), Timeout = TimeSpan.FromMinutes(2) };
    }

    public ViewServer Server { get; }

    public ViewSession Session { get; }

    /// <summary>What the label file held at first.</summary>
    public LabelVolume Labels { get; }

    public HttpClient Client { get; }

    public string LabelFile => Path.Combine(_folder, "labels.tif");

    public string TrackFile => Path.Combine(_folder, "tracks.txt");

    public string Token => Server.Address[(Server.Address.IndexOf("token=", StringComparison.Ordinal) + 6)..];

    /// <summary>Serves balls of known places: 1 at z 6, y 16, x 16 and 70000 at z 6, y 16, x 44, each of radius 6 voxels; 3 at z 6, y 46, x 30.</summary>
    /// <param name="withGl">Whether 3D pictures are drawn; the test skips where there is no OpenGL.</param>
    /// <param name="frames">Time points; the balls go one voxel to the right in each.</param>
    /// <param name="options">How it is served.</param>
    public static async Task<ServedScene> StartAsync(bool withGl = false, int frames = 1, ViewOptions? options = null)
    {
        string folder = Directory.CreateTempSubdirectory("cellpose3d-test-").FullName;
        LabelVolume[] labels = [.. Enumerable.Range(0, frames).Select(t => Phantoms.Labels(12, 64, 60, (z, y, x) => Ball(z, y, x - t)))];
        Write(folder, labels);
        return await OpenAsync(folder, labels[0], withGl, options).ConfigureAwait(false);
    }

    /// <summary>Serves one volume of labels, and an image that is made of it.</summary>
    internal static async Task<ServedScene> StartAsync(LabelVolume labels, bool withGl = false)
    {
        string folder = Directory.CreateTempSubdirectory("cellpose3d-test-").FullName;
        Write(folder, [labels]);
        return await OpenAsync(folder, labels, withGl, null).ConfigureAwait(false);
    }

    /// <summary>Serves the image of <see cref="PhantomSegmenter"/> without any labels.</summary>
    /// <param name="segmenter">Finds cells in it.</param>
    /// <param name="isEdited">Whether labels can be made.</param>
    internal static Task<ServedScene> StartUnlabelledAsync(PhantomSegmenter segmenter, bool isEdited = true)
    {
        string folder = Directory.CreateTempSubdirectory("cellpose3d-test-").FullName;
        TiffWriter.WriteFloats(Path.Combine(folder, "image.tif"), PhantomSegmenter.Image(), "YX", new TiffWriterOptions { VoxelSizeUm = new VoxelSize(null, 0.5, 0.5) });
        LabelVolume none = Phantoms.Labels(1, PhantomSegmenter.Height, PhantomSegmenter.Width, (_, _, _) => 0);
        return OpenAsync(folder, none, false, new ViewOptions { Title = "discs.tif" }, segmenter, isEdited);
    }

    /// <summary>Closes everything and serves the same files anew, as another start of the program would.</summary>
    public async Task<ServedScene> RestartAsync(bool withGl = false)
    {
        Client.Dispose();
        await Server.DisposeAsync().ConfigureAwait(false);
        return await OpenAsync(_folder, Labels, withGl, null).ConfigureAwait(false);
    }

    /// <summary>The id of a voxel of the first time point.</summary>
    public static uint Ball(int z, int y, int x)
    {
        return Near(16, 16) ? 1u : Near(16, 44) ? 70_000u : Near(46, 30) ? 3u : 0u;

        // planes are twice as far apart as rows
        bool Near(int cy, int cx) => 4 * (z - 6) * (z - 6) + (y - cy) * (y - cy) + (x - cx) * (x - cx) <= 36;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync().ConfigureAwait(false);
        Directory.Delete(_folder, recursive: true);
    }

    private static void Write(string folder, LabelVolume[] frames)
    {
        VolumeShape shape = frames[0].Shape;
        int[] ids = [.. frames.SelectMany(f => f.Voxels).Select(v => (int)v)];
        float[] image = [.. ids.Select((id, n) => id == 0 ? 100 + n % 7 : 1000 + id % 100)];
        int[] axes = frames.Length == 1 ? [shape.Z, shape.Y, shape.X] : [frames.Length, shape.Z, shape.Y, shape.X];
        string letters = frames.Length == 1 ? "ZYX" : "TZYX";
        var options = new TiffWriterOptions { VoxelSizeUm = new VoxelSize(2, 1, 1) };
        TiffWriter.WriteLabels(Path.Combine(folder, "labels.tif"), new NdArray<int>(ids, axes), letters, options);
        TiffWriter.WriteFloats(Path.Combine(folder, "image.tif"), new NdArray<float>(image, axes), letters, options);
        CtcTrackFile.Write(Path.Combine(folder, "tracks.txt"), [new TrackRow(1, 0, frames.Length - 1, 0), new TrackRow(3, 0, frames.Length - 1, 0), new TrackRow(70_000, 0, frames.Length - 1, 0)]);
    }

    private static async Task<ServedScene> OpenAsync(string folder, LabelVolume labels, bool withGl, ViewOptions? options, PhantomSegmenter? segmenter = null, bool isEdited = true)
    {
        string path = Path.Combine(folder, "labels.tif");
        bool isThere = File.Exists(path);
        SceneFiles files = SceneFiles.Open(Path.Combine(folder, "image.tif"), isThere ? path : null, new SceneFileOptions { LongestSide = 1 << 24 });
        TrackView? tracks = files.Frames > 1 ? TrackView.Read(Path.Combine(folder, "tracks.txt"), files) : null;
        EditDesk? desk = !isEdited ? null : new EditDesk(isThere ? EditSession.Open(path, tracks: tracks?.Book) : EditSession.Begin(path, files.Grid.Shape, files.Frames, new VoxelSize(null, 0.5, 0.5)));
        var look = new ViewLook { Labels = new LabelLayer { Coloring = tracks is null ? LabelColoring.Id : LabelColoring.Track }, LongestSmooth = 0 };   // one scene, one picture, however busy the machine
        ViewSession session = await ViewSession.OpenAsync(files, look, withGl ? OpenGl() : null, tracks, desk, segmenter: segmenter).ConfigureAwait(false);
        // else a picture could come once more, in its colours, at any time
        while (withGl && isThere && session.Colors.Version == 0)
            await Task.Delay(10).ConfigureAwait(false);
        ViewServer server = await ViewServer.StartAsync(session, options ?? new ViewOptions { Title = "balls.tif" }).ConfigureAwait(false);
        return new ServedScene(folder, server, session, labels);
    }

    private static GlThread? OpenGl()
    {
        try
        {
            return GlThread.OpenHeadless();
        }
        catch (GlContextException e)
        {
            Assert.Skip(e.Message);
            return null;
        }
    }
}
