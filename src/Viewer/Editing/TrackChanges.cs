namespace Cellpose3D.Viewer.Editing;

/// <summary>Changes of tracks whose numbers are the labels: a cut gives what follows another number, a join gives two the same.</summary>
internal sealed class TrackChanges(LabelEditor editor, TrackBook book, Func<uint> newId)
{
    private readonly List<FrameDelta> _frames = [];
    private readonly List<ParentChange> _parents = [];

    /// <summary>The labels that changed.</summary>
    public IReadOnlyList<FrameDelta> Frames => _frames;

    /// <summary>The mothers that changed; not yet in the book.</summary>
    public IReadOnlyList<ParentChange> Parents => _parents;

    /// <summary>Ends a track before a time point; what follows is a track of its own, without a mother.</summary>
    /// <exception cref="ArgumentException">The track is not there, or begins there and has no mother.</exception>
    public void Cut(uint track, int time)
    {
        if (!Holds(time, track))
            throw new ArgumentException($"there is no cell {track} at time point {time}.", nameof(track));
        if (First(track) < time)
            CutAt(track, time, mother: 0);
        else if (book.ParentOf(track) > 0)
            Give(track, 0);
        else
            throw new ArgumentException($"track {track} begins at time point {time} and comes from nobody: there is nothing to cut.", nameof(track));
    }

    /// <summary>Makes a track go on as another one.</summary>
    /// <exception cref="ArgumentException">They are there at the same time, or the earlier one divided.</exception>
    public void Join(uint earlier, uint later)
    {
        int last = Last(earlier), first = First(later);
        if (last >= first)
            throw new ArgumentException($"track {earlier} must end before track {later} begins; it ends at time point {last}, and {later} begins at {first}.", nameof(later));
        if (book.DaughtersOf(earlier).FirstOrDefault(d => d != later) is > 0 and uint daughter)
            throw new ArgumentException($"track {earlier} divided into {daughter}; cut that first, or make {later} its daughter too.", nameof(earlier));
        foreach (uint daughter2 in book.DaughtersOf(later))
            Give(daughter2, earlier);
        Give(later, 0);
        Relabel(later, earlier, first);
    }

    /// <summary>Makes a track the daughter of another one; where that one lives on, it divides: what follows of it is the other daughter.</summary>
    /// <exception cref="ArgumentException">The mother does not begin before.</exception>
    public void SetMother(uint track, uint mother)
    {
        int first = First(track);
        if (mother == track || First(mother) >= first)
            throw new ArgumentException($"the mother of track {track} must be there before time point {first}; track {mother} is not.", nameof(mother));
        if (Last(mother) >= first)
            CutAt(mother, first, mother);
        Give(track, mother);
    }

    private void CutAt(uint track, int time, uint mother)
    {
        uint made = newId();
        foreach (uint daughter in book.DaughtersOf(track))
        {
            if (First(daughter) > time)
                Give(daughter, made);
        }
        Give(made, mother);
        Relabel(track, made, time);
    }

    private void Relabel(uint from, uint to, int time)
    {
        for (int t = time; t < editor.Frames.Length; t++)
        {
            if (!Holds(t, from))
                continue;
            var recorder = new EditRecorder(editor.Frames[t], t);
            CellChanges.Relabel(recorder, [from], to);
            _frames.Add(recorder.Finish());
        }
    }

    private void Give(uint track, uint mother)
    {
        if (book.ParentOf(track) != mother)
            _parents.Add(new ParentChange(track, book.ParentOf(track), mother));
    }

    private bool Holds(int time, uint track) => editor.Frames[time].Voxels.AsSpan().Contains(track);

    private int First(uint track) => Enumerable.Range(0, editor.Frames.Length).FirstOrDefault(t => track > 0 && Holds(t, track), -1) is int t and >= 0 ? t : throw Missing(track);

    private int Last(uint track) => Enumerable.Range(0, editor.Frames.Length).LastOrDefault(t => track > 0 && Holds(t, track), -1) is int t and >= 0 ? t : throw Missing(track);

    private static ArgumentException Missing(uint track) => new($"there is no track {track}.", nameof(track));
}
