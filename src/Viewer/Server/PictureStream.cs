using System.Diagnostics;
using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Server;

/// <summary>The 3D pictures of one page: always of the newest scene, small while the camera moves, full when it rests.</summary>
/// <remarks>
/// One picture is on the way at a time: the page says when it is shown. What changed in between is in the next one, so no stale
/// camera is ever drawn, and a slow line gets fewer pictures instead of late ones.
/// </remarks>
internal sealed class PictureStream(ViewSession session, PictureMaker maker, TimeSpan rest, Func<Picture, long, Task> send, Action<string> failed) : IDisposable
{
    // a stroke changes the labels many times a second; the 3D view follows when the hand rests
    private static readonly TimeSpan EditRest = TimeSpan.FromMilliseconds(350);

    // of a page that does not say what it has shown, for example in a hidden tab
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _changed = new(0, 1), _shown = new(0, 1);
    private volatile (int Width, int Height)[] _size = [(0, 0)];
    private long _number, _cameraMoved, _edited;

    /// <summary>Pictures sent.</summary>
    public long Number => Interlocked.Read(ref _number);

    /// <summary>The size of the full picture; 0 before the page named one.</summary>
    public (int Width, int Height) Size
    {
        get => _size[0];
        set
        {
            _size = [value];
            Wake();
        }
    }

    /// <summary>Says that the scene changed.</summary>
    /// <param name="command">By what; null for data or colours.</param>
    public void Changed(SceneCommand? command)
    {
        if (command is SceneCommand.SetCamera or SceneCommand.Orbit or SceneCommand.Pan or SceneCommand.Zoom or SceneCommand.SetClip or SceneCommand.SetSlices)
            Interlocked.Exchange(ref _cameraMoved, Stopwatch.GetTimestamp());
        Wake();
    }

    /// <summary>Says that labels were edited.</summary>
    public void Edited()
    {
        Interlocked.Exchange(ref _edited, Stopwatch.GetTimestamp());
        Wake();
    }

    /// <summary>Says that a picture is on the screen.</summary>
    public void Shown()
    {
        if (_shown.CurrentCount == 0)
            _shown.Release();
    }

    /// <summary>Draws and sends until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Key? drawn = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            SceneState scene = session.Scene;
            var now = Key.Of(session, scene, Size);
            TimeSpan cameraRests = Left(rest, ref _cameraMoved), handRests = Left(EditRest, ref _edited);
            bool moves = cameraRests > TimeSpan.Zero;
            bool isDrawn = drawn == now with { Full = true } || (moves && drawn == now with { Full = false });
            bool waits = handRests > TimeSpan.Zero && drawn == now with { Full = true, Labels = drawn?.Labels ?? 0, Colors = drawn?.Colors ?? now.Colors };
            if (now.Width < 1 || isDrawn || waits)
            {
                await _changed.WaitAsync(now.Width < 1 ? Timeout.InfiniteTimeSpan : waits ? handRests : moves ? cameraRests : Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
                continue;
            }
            now = now with { Full = !moves };
            await DrawAsync(scene, now, cancellationToken).ConfigureAwait(false);
            drawn = now;
        }
    }

    public void Dispose()
    {
        _changed.Dispose();
        _shown.Dispose();
    }

    private async Task DrawAsync(SceneState scene, Key key, CancellationToken cancellationToken)
    {
        int part = key.Full ? 1 : 2;
        try
        {
            Frame frame = await session.Frames.GetAsync(scene.Time).ConfigureAwait(false);
            Picture picture = await maker.DrawAsync(scene, frame, key.Labels, key.Colors, Math.Max(1, key.Width / part), Math.Max(1, key.Height / part), key.Full).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            while (_shown.CurrentCount > 0)
                await _shown.WaitAsync(cancellationToken).ConfigureAwait(false);
            await send(picture, Interlocked.Increment(ref _number)).ConfigureAwait(false);
            await _shown.WaitAsync(LongestWait, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or Contexts.GlContextException)
        {
            failed(e.Message);
        }
    }

    // what is left of a rest since something happened; nothing where it never did
    private static TimeSpan Left(TimeSpan rest, ref long happened)
    {
        long then = Interlocked.Read(ref happened);
        TimeSpan left = then == 0 ? TimeSpan.Zero : rest - Stopwatch.GetElapsedTime(then);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Wake()
    {
        try
        {
            _changed.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // it is awake already, and looks at the newest scene; or the page has just gone
        }
    }

    // what decides the picture; scenes share what did not change, so parts are compared as they are
    private sealed record Key(int Width, int Height, bool Full, SceneState Scene, int Labels, CellColors Colors, TrackView? Tracks)
    {
        public static Key Of(ViewSession session, SceneState scene, (int Width, int Height) size) =>
            new(size.Width, size.Height, false, scene with { Cursor = default, View = default }, session.LabelVersion, session.Colors, session.Tracks);
    }
}
