using System.Text.Json.Nodes;
using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Segmenting;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Server;

/// <summary>One scene that any number of pages look at and change together.</summary>
/// <remarks>
/// Whoever sends a command last wins; every page hears of all of them in one order, the order in which they were applied. Members may be
/// called from several threads at once. What takes long - reading, colouring, measuring, drawing - happens elsewhere, so a command is
/// applied in microseconds.
/// </remarks>
public sealed class ViewSession : IAsyncDisposable
{
    // words by which the name of a file tells that it holds labels
    private static readonly string[] LabelNames = ["mask", "label", "_seg", "segmentation"];
    private static readonly TimeSpan TrackRest = TimeSpan.FromMilliseconds(150);

    private readonly Lock _gate = new();
    private readonly List<ISessionListener> _listeners = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly List<(int Version, EditedBox Box)> _changes = [];
    private readonly LabelPainter _painter;
    private readonly SemaphoreSlim _adding = new(1, 1);
    private Frame _first;
    private (int Version, int Time, Task<LabelVolume> Labels)? _compared;
    private int _comparisons;
    private readonly HashSet<int> _retracked = [];                          // time points whose tracks are to be found again
    private Task _tracking = Task.CompletedTask;
    private ISessionListener? _lastEditor;
    private int _clients;

    /// <summary>Begins with a scene.</summary>
    private ViewSession(SceneFiles files, FrameStore frames, Frame first, SceneState scene, ViewLook look, GlThread? gl, TrackView? tracks, EditDesk? desk, ISegmenter? segmenter)
    {
        (Files, Frames, _first, Scene, Tracks, Desk) = (files, frames, first, scene, tracks, desk);
        Numbers = new CellNumbers(files, Frames);
        Pictures = gl is null ? null : new PictureMaker(gl, scene.Grid, ChangesSince, s => Tracks?.Tails(s) ?? [], look.LongestSmooth);
        if (segmenter is not null)
            Segmentation = new SegmentationDesk(segmenter, desk is null ? "these labels can only be looked at." : null, PutAsync, FindAsync, message => Tell(l => l.OnSegmentation((JsonObject)message.DeepClone())));
        _painter = new LabelPainter(files, Frames, Numbers, () => Tracks, _closing.Token);
        Repaint();
        if (desk is { HasRecovered: true })
            Retrack(Enumerable.Range(0, files.Frames));
    }

    /// <summary>Reads the first time point and begins with it.</summary>
    /// <param name="files">The files; the session closes them.</param>
    /// <param name="look">What to begin with.</param>
    /// <param name="gl">Draws 3D; null where there is no OpenGL. The session ends it.</param>
    /// <param name="tracks">The tracks; null for none.</param>
    /// <param name="desk">Edits the labels; null where they are only looked at. The session closes it.</param>
    /// <param name="heldBytes">Memory for time points.</param>
    /// <param name="segmenter">Finds cells; null where none can be found. The session disposes it.</param>
    /// <exception cref="ArgumentException">A wish does not fit the files.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static async Task<ViewSession> OpenAsync(SceneFiles files, ViewLook look, GlThread? gl, TrackView? tracks = null, EditDesk? desk = null, long heldBytes = 2L << 30, ISegmenter? segmenter = null)
    {
        var frames = new FrameStore(files, heldBytes, desk?.Frames);
        Frame first = await frames.GetAsync(look.Time).ConfigureAwait(false);
        return new ViewSession(files, frames, first, SceneStart.Of(files, first, look) with { TailLength = tracks is null ? 0 : look.Tails }, look, gl, tracks, desk, segmenter);
    }

    /// <summary>The opened files.</summary>
    public SceneFiles Files { get; }

    /// <summary>Time points in memory.</summary>
    public FrameStore Frames { get; }

    /// <summary>Numbers of the cells.</summary>
    public CellNumbers Numbers { get; }

    /// <summary>The tracks; null for none.</summary>
    public TrackView? Tracks { get; private set; }

    /// <summary>Edits the labels; null where they are only looked at.</summary>
    public EditDesk? Desk { get; }

    /// <summary>Finds cells; null where none can be found.</summary>
    public SegmentationDesk? Segmentation { get; }

    /// <summary>Draws 3D; null where there is no OpenGL.</summary>
    internal PictureMaker? Pictures { get; }

    /// <summary>The scene now.</summary>
    public SceneState Scene { get; private set; }

    /// <summary>The scene, of whose last change all listeners have heard.</summary>
    internal SceneState HeardScene
    {
        get
        {
            lock (_gate)
                return Scene;
        }
    }

    /// <summary>Rises whenever labels of the time points change.</summary>
    public int LabelVersion { get; private set; }

    /// <summary>Colours of the cells, as far as they are known by now.</summary>
    public CellColors Colors { get; private set; } = CellColors.None;

    /// <summary>Applies a command.</summary>
    /// <param name="command">What to change.</param>
    /// <param name="from">Who sent it; null for nobody.</param>
    /// <exception cref="ArgumentException">The command does not fit the scene, which stays as it is.</exception>
    public void Apply(SceneCommand command, ISessionListener? from = null)
    {
        bool repaint;
        lock (_gate)
        {
            SceneState before = Scene;
            Scene = SceneReducer.Apply(before, command);
            repaint = LabelPainter.Differs(before, Scene);
            SceneCommand outcome = Outcome(command, Scene);
            Tell(l => l.OnCommand(outcome, l == from));                      // inside, so that all hear of it in this order
        }
        if (repaint)
            Repaint();
    }

    /// <summary>Tells somebody the scene that is.</summary>
    internal void Show(ISessionListener listener)
    {
        lock (_gate)
            listener.OnScene(Scene);
    }

    /// <summary>Edits the labels and tells every page what changed.</summary>
    /// <param name="command">What to change; it goes on with a gesture only where nobody else edited in between.</param>
    /// <param name="from">Who asked for it.</param>
    /// <param name="serial">Number of the asking, for the answer.</param>
    /// <exception cref="ArgumentException">There is nothing to edit.</exception>
    internal void Edit(EditCommand command, ISessionListener from, long serial) =>
        Edit(edits => edits.Apply(_lastEditor == from ? command : command with { Continues = false }), from, serial);

    /// <summary>Edits the labels, takes an edit back or saves, and tells every page what changed.</summary>
    /// <param name="work">What to do; the works of all pages are done in the order in which they come.</param>
    /// <param name="from">Who asked for it.</param>
    /// <param name="serial">Number of the asking, for the answer.</param>
    /// <param name="saves">Whether it saves.</param>
    /// <exception cref="ArgumentException">There is nothing to edit.</exception>
    internal void Edit(Func<EditSession, EditResult> work, ISessionListener from, long serial, bool saves = false)
    {
        EditDesk desk = Desk ?? throw new ArgumentException("these labels can only be looked at.");
        desk.Enqueue(work, result =>
        {
            _lastEditor = from;
            TellEdited(desk, result, from, serial, saves);
        }, reason => from.OnRefused(new JsonObject
        {
            ["type"] = "refused", ["serial"] = serial, ["message"] = reason, ["version"] = LabelVersion, ["state"] = desk.Describe(),
        }));
    }

    /// <summary>Shows another file besides: labels, which its name says they are, are compared with those shown; images become channels.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What was done with it, in one line.</returns>
    /// <exception cref="InvalidDataException">It is damaged or of another size.</exception>
    /// <exception cref="NotSupportedException">It is of a kind that is not read.</exception>
    public async Task<string> AddAsync(string path)
    {
        string name = Path.GetFileName(path);
        await _adding.WaitAsync().ConfigureAwait(false);
        try
        {
            if (Files.HasLabels && LabelNames.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)))
            {
                await Task.Run(() => Files.Compare(path, _closing.Token)).ConfigureAwait(false);
                lock (_gate)
                    (_comparisons, _compared) = (_comparisons + 1, null);
                Tell(l => l.OnCompared(DescribeCompared()));
                return $"the outlines of '{name}' are shown over those of the labels.";
            }
            await Task.Run(() => Files.AddImage(path, _closing.Token)).ConfigureAwait(false);
            Frames.Forget();
            Frame frame = await Frames.GetAsync(Scene.Time).ConfigureAwait(false);
            lock (_gate)
            {
                _first = frame;
                Scene = Scene with { Images = [.. Scene.Images, .. SceneStart.Added(Files, frame, Scene.Images.Length)] };
            }
            Tell(l => l.OnChannels());
            return $"'{name}' is shown as another channel.";
        }
        finally
        {
            _adding.Release();
        }
    }

    /// <summary>One time point of the labels that those shown are compared with.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    internal Task<LabelVolume> ComparedAsync(int time)
    {
        lock (_gate)
        {
            if (_compared is not { } held || held.Version != _comparisons || held.Time != time || held.Labels.IsFaulted)
                _compared = held = (_comparisons, time, Task.Run(() => Files.ReadCompared(time, _closing.Token)));
            return held.Labels;
        }
    }

    // cells of the network, after what was asked of the labels before
    private Task<PlacedCells> PutAsync(IReadOnlyList<FoundCells> found, bool keepsOthers, PlacedCells? last, bool continues)
    {
        var done = new TaskCompletionSource<PlacedCells>(TaskCreationOptions.RunContinuationsAsynchronously);
        PlacedCells? placed = null;
        EditDesk desk = Desk!;
        desk.Enqueue(edits =>
        {
            (EditResult result, placed) = edits.Put(found, keepsOthers, last, continues);
            return result;
        }, result =>
        {
            TellEdited(desk, result, null, 0, false);
            done.SetResult(placed!);
        }, reason =>
        {
            // of several time points some may be done: whatever is there now, pages fetch it
            TellEdited(desk, new EditResult([.. found.Select(f => new EditedBox(f.Time, f.Box))], [], [], 0), null, 0, false);
            done.SetException(new SegmentationException(reason));
        });
        return done.Task;
    }

    // cells as they are once what was asked of the labels before is done
    private Task<ChosenCells?> FindAsync(int time, IReadOnlySet<uint> ids, int? plane)
    {
        var done = new TaskCompletionSource<ChosenCells?>(TaskCreationOptions.RunContinuationsAsynchronously);
        ChosenCells? chosen = null;
        Desk!.Enqueue(edits =>
        {
            chosen = ChosenCells.Find(edits.Editor, time, ids, plane);
            return EditResult.None;
        }, _ => done.SetResult(chosen), reason => done.SetException(new SegmentationException(reason)));
        return done.Task;
    }

    /// <summary>What was changed in labels after one of their versions.</summary>
    internal IReadOnlyList<EditedBox> ChangesSince(int version)
    {
        lock (_gate)
        {
            int first = _changes.FindLastIndex(c => c.Version <= version) + 1;
            return [.. _changes.Skip(first).Select(c => c.Box)];
        }
    }

    /// <summary>Adds somebody who hears of changes.</summary>
    /// <param name="listener">Hears of all that happens after the greeting.</param>
    /// <param name="greet">Called before anything else is heard, with a number of their own and the scene that the first change is made to.</param>
    public void Join(ISessionListener listener, Action<int, SceneState> greet)
    {
        lock (_gate)
        {
            greet(++_clients, Scene);
            _listeners.Add(listener);
        }
    }

    /// <summary>Removes somebody.</summary>
    public void Leave(ISessionListener listener)
    {
        lock (_gate)
            _listeners.Remove(listener);
    }

    /// <summary>Tells everybody, one thing after the other.</summary>
    internal void Tell(Action<ISessionListener> tell)
    {
        lock (_gate)
        {
            foreach (ISessionListener listener in _listeners.ToArray())      // one that cannot be told may leave
                tell(listener);
        }
    }

    /// <summary>What a page must know once: shapes, what was thinned, where 3D comes from.</summary>
    public JsonObject Describe() => new()
    {
        ["tile"] = SliceTiles.Side,
        ["frames"] = Files.Frames,
        ["image_shape"] = Json(_first.Images.Count > 0 ? _first.Images[0].Shape : null),
        ["image_stride"] = Json(_first.Images.Count > 0 ? _first.Images[0].Stride : null),
        ["label_shape"] = Json(_first.Labels?.Shape),
        ["label_stride"] = Json(_first.Labels?.Stride),
        ["has_voxel_size"] = Files.HasVoxelSize,
        ["reductions"] = new JsonArray([.. Files.Reductions.Select(r => (JsonNode)r)]),
        ["renderer"] = Pictures?.Renderer,
        ["luts"] = Luts(),
        ["has_tracks"] = Tracks is not null,
        ["label_version"] = LabelVersion,
        ["editing"] = Desk?.Describe(),
        ["compared"] = DescribeCompared(),
        ["segmentation"] = Segmentation?.DescribeAll(),
    };

    private JsonObject? DescribeCompared() => Files.Compared is not { } path ? null : new JsonObject
    {
        ["name"] = Path.GetFileName(path), ["version"] = _comparisons, ["shape"] = Json(Files.ComparedShape.Shape), ["stride"] = Json(Files.ComparedShape.Stride),
    };

    /// <summary>Ends all work and closes files and context.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        if (Segmentation is not null)
            await Segmentation.DisposeAsync().ConfigureAwait(false);
        await _painter.DisposeAsync().ConfigureAwait(false);
        Task tracking;
        lock (_gate)
            tracking = _tracking;
        await tracking.ConfigureAwait(false);
        if (Desk is not null)
            await Desk.DisposeAsync().ConfigureAwait(false);
        Pictures?.Dispose();
        Files.Dispose();
        _adding.Dispose();
        _closing.Dispose();
    }

    // what two scenes that differed before would make different things of, is told as what it made of this one
    private static SceneCommand Outcome(SceneCommand command, SceneState scene) => command switch
    {
        SceneCommand.Orbit or SceneCommand.Pan or SceneCommand.Zoom => new SceneCommand.SetCamera(scene.Camera),
        SceneCommand.SetCursor c when c.Cursor != scene.Cursor => new SceneCommand.SetCursor(scene.Cursor),
        SceneCommand.SetClip => new SceneCommand.SetClip(scene.Clip, scene.ClipPlanes),
        _ => command,
    };

    private void TellEdited(EditDesk desk, EditResult result, ISessionListener? from, long serial, bool saved)
    {
        JsonObject state = desk.Describe();
        foreach (int time in result.Boxes.Select(b => b.Time).Distinct())
            Numbers.Forget(time);
        var boxes = new JsonArray([.. result.Boxes.Select(b => (JsonNode)new JsonObject { ["time"] = b.Time, ["box"] = Json(b.Box) })]);
        lock (_gate)
        {
            if (!result.Boxes.IsEmpty)
                LabelVersion++;
            _changes.AddRange(result.Boxes.Select(b => (LabelVersion, b)));
            Tell(listener => listener.OnEdited(new JsonObject
            {
                ["type"] = "edited", ["serial"] = listener == from ? serial : null, ["version"] = LabelVersion, ["boxes"] = boxes.DeepClone(),
                ["new_ids"] = new JsonArray([.. result.NewIds.Select(id => (JsonNode)id)]), ["state"] = state.DeepClone(), ["saved"] = saved ? (string?)state["path"] : null,
            }));
        }
        if (result.Ids.Any(id => !Colors.Colors.ContainsKey(id)))
            Repaint();
        if (result.ChangesParents || !result.Boxes.IsEmpty)
            Retrack(result.Boxes.Select(b => b.Time));
    }

    // tracks follow their labels, once a hand rests
    private void Retrack(IEnumerable<int> times)
    {
        if (Tracks?.Book is null || Desk is null)
            return;
        lock (_gate)
        {
            bool works = !_tracking.IsCompleted;
            _retracked.UnionWith(times);
            _retracked.Add(-1);                                              // also where mothers alone changed
            if (!works)
                _tracking = Task.Run(RetrackAsync, CancellationToken.None);
        }
    }

    private async Task RetrackAsync()
    {
        while (true)
        {
            await Task.Delay(TrackRest, _closing.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
            HashSet<int> times;
            lock (_gate)
            {
                times = [.. _retracked];
                _retracked.Clear();
            }
            if (_closing.IsCancellationRequested)
                return;
            await Desk!.ReadAsync(frames => Tracks = Tracks!.After(frames, times)).ConfigureAwait(false);
            Tell(l => l.OnTracks());
            if (Scene.Labels?.Coloring == LabelColoring.Track)
                Repaint();
            lock (_gate)
            {
                if (_retracked.Count > 0)
                    continue;
                _tracking = Task.CompletedTask;
                return;
            }
        }
    }

    private static JsonObject Json(VolumeBox box) => new() { ["z"] = box.Z, ["y"] = box.Y, ["x"] = box.X, ["depth"] = box.Depth, ["height"] = box.Height, ["width"] = box.Width };

    private static JsonArray? Json(VolumeShape? shape) => shape is { } s ? new JsonArray(s.Z, s.Y, s.X) : null;

    // every colour map as 256 colours #rrggbb, so that pages and pictures show the same
    private static JsonObject Luts()
    {
        var luts = new JsonObject();
        foreach (string name in ColorMap.Names)
            luts[name] = new JsonArray([.. ColorMap.Table(name).Select(c => (JsonNode)c.ToString())]);
        return luts;
    }

    private void Repaint() => _painter.Request(() => Scene, colors =>
    {
        Colors = colors;
        Tell(l => l.OnColors(colors));
    }, error => Tell(l => l.OnError(error)));
}
