using Cellpose3D.Core2D;
using Cellpose3D.IO.Movies;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO.Ctc;

/// <summary>A tracked movie that is scored: a folder of the Cell Tracking Challenge, or a stack whose labels are track numbers.</summary>
/// <remarks>
/// Of a stack, every unbroken run of a label is a row; who its parent is says a table beside it, named as the stack but <c>.txt</c>, or
/// <c>man_track.txt</c> or <c>res_track.txt</c>. A label that comes back after a gap goes on as a new row with the old one as parent, as in
/// the challenge. Frames are read once, in order.
/// </remarks>
public sealed class ScoredMovie : IDisposable
{
    private const int FirstSpare = 1 << 30;                              // numbers of runs behind gaps; no file has that many tracks

    private readonly CtcFolder? _folder;
    private readonly Movie? _stack;
    private readonly Dictionary<int, int> _parents = [];                 // by label, from the table
    private readonly Dictionary<int, (int Id, int Last)> _runs = [];     // the run that each label is in
    private readonly Dictionary<int, TrackRow> _rows = [];
    private int _spare = FirstSpare;

    private ScoredMovie(string path, CtcFolder? folder, Movie? stack)
    {
        (Path, _folder, _stack) = (path, folder, stack);
    }

    /// <summary>The folder or stack.</summary>
    public string Path { get; }

    /// <summary>Number of frames.</summary>
    public int FrameCount => _folder?.FrameCount ?? _stack!.FrameCount;

    /// <summary>Reference masks for SEG; empty for a result and a stack.</summary>
    public IReadOnlyList<CtcSegmentation> Segmentations => _folder?.Segmentations ?? [];

    /// <summary>The table that says who comes from whom; null where a stack has none.</summary>
    public string? Table { get; private init; }

    /// <summary>The tracks; of a stack, once all frames were read.</summary>
    public IReadOnlyList<TrackRow> Rows => _folder is not null ? _folder.Rows : [.. _rows.Values.OrderBy(r => r.Label)];

    /// <summary>Opens a movie.</summary>
    /// <param name="path">A folder, or a label stack of any format.</param>
    /// <param name="axes">Letters that replace a stack's axes; null keeps them.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or no movie.</exception>
    public static ScoredMovie Open(string path, string? axes = null)
    {
        if (Directory.Exists(path) && !Volumes.VolumeFile.IsContainer(path))
            return Of(CtcFolder.Open(path));
        Movie stack = Movie.Open(path, axes, asLabels: true);
        try
        {
            string full = System.IO.Path.GetFullPath(path), folder = System.IO.Path.GetDirectoryName(full)!;
            string? table = ((string[])[System.IO.Path.ChangeExtension(full, ".txt"), System.IO.Path.Combine(folder, "man_track.txt"), System.IO.Path.Combine(folder, "res_track.txt")])
                .FirstOrDefault(File.Exists);
            var movie = new ScoredMovie(path, null, stack) { Table = table };
            foreach (TrackRow row in table is null ? [] : CtcTrackFile.Read(table))
                movie._parents[row.Label] = row.Parent;
            return movie;
        }
        catch
        {
            stack.Dispose();
            throw;
        }
    }

    /// <summary>Takes a folder that was opened.</summary>
    /// <param name="folder">The folder.</param>
    public static ScoredMovie Of(CtcFolder folder) => new(folder.Path, folder, null) { Table = folder.Path };

    /// <summary>What messages call a frame.</summary>
    /// <param name="frame">Counted from 0.</param>
    public string FrameName(int frame) => _folder is not null ? $"'{_folder.FrameFile(frame)}'" : _stack!.FrameName(frame);

    /// <summary>Reads the next frame.</summary>
    /// <param name="frame">Counted from 0; frames of a stack come in order.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    /// <returns>int32 <c>[(Z,) Y, X]</c>, numbers of <see cref="Rows"/>, 0 = background; owned by the caller.</returns>
    /// <exception cref="InvalidDataException">The frame is damaged, or has a mask without a row.</exception>
    public NdArray<int> ReadFrame(int frame, CancellationToken cancellationToken = default)
    {
        if (_folder is not null)
            return _folder.ReadFrame(frame);
        NdArray<int> labels = _stack!.ReadLabels(frame, cancellationToken);
        int label = 0, id = 0;
        foreach (ref int voxel in labels.Span)
        {
            if (voxel == 0)
                continue;
            if (voxel != label)
                (label, id) = (voxel, Run(voxel, frame));
            voxel = id;
        }
        return labels;
    }

    /// <summary>Closes the stack.</summary>
    public void Dispose() => _stack?.Dispose();

    private int Run(int label, int frame)
    {
        if (_runs.TryGetValue(label, out (int Id, int Last) run) && run.Last >= frame - 1)
        {
            _runs[label] = (run.Id, frame);
            _rows[run.Id] = _rows[run.Id] with { End = frame };
            return run.Id;
        }
        bool isFirst = !_runs.ContainsKey(label);
        int id = isFirst ? label : _spare++, parent = 0;
        if (!isFirst)
            parent = run.Id;
        else if (Table is not null)
        {
            if (!_parents.TryGetValue(label, out int mother))
                throw new InvalidDataException($"'{Table}': {FrameName(frame)} has a mask {label} without a row.");
            if (mother > 0 && !_runs.ContainsKey(mother))
                throw new InvalidDataException($"'{Table}': track {label} begins in frame {frame}; its parent {mother} must be there before, and is not.");
            parent = mother > 0 ? _runs[mother].Id : 0;
        }
        _runs[label] = (id, frame);
        _rows[id] = new TrackRow(id, frame, frame, parent);
        return id;
    }
}
