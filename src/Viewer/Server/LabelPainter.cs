using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Viewer.Server;

/// <summary>Finds the cells' colours in the background; only the newest wish is worked on.</summary>
internal sealed class LabelPainter : IAsyncDisposable
{
    // voxels of a movie that are read to keep apart all cells that ever touch; beyond, a colour comes from the id alone
    private const long MostMovieVoxels = 200_000_000;

    private readonly SceneFiles _files;
    private readonly FrameStore _frames;
    private readonly CellNumbers _numbers;
    private readonly Func<TrackView?> _tracks;
    private readonly CancellationToken _closing;
    private readonly Lock _gate = new();
    private (int Seed, Dictionary<uint, Rgb> Colors)? _byContact;
    private LabelContacts? _contacts;
    private IReadOnlyDictionary<uint, Rgb>? _last;
    private Task _work = Task.CompletedTask;
    private bool _wanted;
    private int _version;

    public LabelPainter(SceneFiles files, FrameStore frames, CellNumbers numbers, Func<TrackView?> tracks, CancellationToken closing) =>
        (_files, _frames, _numbers, _tracks, _closing) = (files, frames, numbers, tracks, closing);

    /// <summary>Whether two scenes have cells of different colours.</summary>
    public static bool Differs(SceneState a, SceneState b) =>
        a.Time != b.Time || (a.Labels, b.Labels) switch
        {
            ({ } x, { } y) => (x.Coloring, x.Seed, x.Feature, x.FeatureMap, x.FeatureLow, x.FeatureHigh) != (y.Coloring, y.Seed, y.Feature, y.FeatureMap, y.FeatureLow, y.FeatureHigh),
            _ => a.Labels is null != b.Labels is null,
        };

    /// <summary>Asks for colours; while some are being found, the newest scene is looked at next.</summary>
    public void Request(Func<SceneState> scene, Action<CellColors> done, Action<string> failed)
    {
        lock (_gate)
        {
            _wanted = true;
            if (_work.IsCompleted)
                _work = Task.Run(() => RunAsync(scene, done, failed), CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task work;
        lock (_gate)
            work = _work;
        await work.ConfigureAwait(false);
    }

    private async Task RunAsync(Func<SceneState> scene, Action<CellColors> done, Action<string> failed)
    {
        while (true)
        {
            lock (_gate)
            {
                if (!_wanted || _closing.IsCancellationRequested)
                    return;
                _wanted = false;
            }
            try
            {
                CellColors? colors = await PaintAsync(scene()).ConfigureAwait(false);
                if (colors is not null && !ReferenceEquals(colors.Colors, _last))
                    done(colors);
                _last = colors?.Colors ?? _last;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or ArgumentException)
            {
                failed(e.Message);
            }
        }
    }

    private async Task<CellColors?> PaintAsync(SceneState scene)
    {
        Frame frame = await _frames.GetAsync(scene.Time).ConfigureAwait(false);
        if (scene.Labels is not { } layer || frame.Labels is not { } labels)
            return null;
        uint[] ids = labels.Ids();
        int version = ++_version;
        switch (layer.Coloring)
        {
            case LabelColoring.Track:
                return new CellColors(version, _tracks()?.Colors(scene.Time, ids, layer.Seed) ?? LabelPalette.ByTrack(ids, new Dictionary<uint, uint>(), layer.Seed));
            case LabelColoring.Feature:
                Dictionary<uint, double> values = await _numbers.ColumnAsync(scene.Time, layer.Feature ?? "area").ConfigureAwait(false);
                (Dictionary<uint, Rgb> colors, double low, double high) = LabelPalette.ByFeature(ids, values, layer.FeatureMap, layer.FeatureLow, layer.FeatureHigh);
                return new CellColors(version, colors, low, high);
            default:
                return new CellColors(version, await ByIdAsync(ids, layer.Seed).ConfigureAwait(false));
        }
    }

    private async Task<Dictionary<uint, Rgb>> ByIdAsync(uint[] ids, int seed)
    {
        // more new cells than known ones, as a segmentation finds: neighbours are kept apart anew
        if (_byContact is { } last && ids.Count(id => !last.Colors.ContainsKey(id)) > last.Colors.Count)
            (_byContact, _contacts) = (null, null);
        if (_byContact?.Seed != seed)
        {
            _contacts ??= await ContactsAsync().ConfigureAwait(false);
            _byContact = (seed, LabelPalette.ByContact(_contacts, seed));
        }
        Dictionary<uint, Rgb> known = _byContact.Value.Colors;
        uint[] drawn = [.. ids.Where(id => !known.ContainsKey(id))];
        if (drawn.Length > 0)
        {
            // drawn by hand since: the others keep their colours, and those who read the old ones are not disturbed
            known = new Dictionary<uint, Rgb>(known);
            foreach (uint id in drawn)
                known[id] = LabelPalette.OfId(id, seed);
            _byContact = (seed, known);
        }
        return known;
    }

    private async Task<LabelContacts> ContactsAsync()
    {
        var contacts = new LabelContacts();
        bool all = _files.Frames * _files.Grid.Shape.Count <= MostMovieVoxels || _files.Frames == 1;
        for (int t = 0; t < (all ? _files.Frames : 0); t++)
        {
            _closing.ThrowIfCancellationRequested();
            contacts.Add((await _frames.GetAsync(t).ConfigureAwait(false)).Labels!);
        }
        return contacts;
    }
}
