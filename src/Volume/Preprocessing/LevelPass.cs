using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>Finds the range of a volume's intensities in parts: two steps that count values of slices, in any order and by any number of processes.</summary>
internal sealed class LevelPass
{
    private const string CoarseStep = "levels", FineStep = "levels-fine", CoarsePart = "levels-of", FinePart = "levels-fine-of";
    private const int MostItems = 256;            // so that whoever adds them up reads few records

    private readonly IVolumeSource _source;
    private readonly IVolumeWorkspace _workspace;
    private readonly NormalizeOptions _options;
    private readonly VolumeBox[][] _items;
    private readonly Lazy<PercentileSearch[]> _searches;

    /// <summary>Prepares the pass.</summary>
    /// <param name="source">Borrowed.</param>
    /// <param name="options">Checked by <see cref="VolumeNormalizer.IsStreaming"/>.</param>
    /// <param name="workspace">Holds the records.</param>
    public LevelPass(IVolumeSource source, NormalizeOptions options, IVolumeWorkspace workspace)
    {
        (_source, _options, _workspace) = (source, options, workspace);
        VolumeBox[] slices = [.. VolumeSlices.Of(source, VolumePercentiles.SliceVoxels)];
        _items = [.. slices.Chunk((slices.Length + MostItems - 1) / MostItems)];
        _searches = new Lazy<PercentileSearch[]>(() => [.. Enumerable.Range(0, source.Channels).Select(c => new PercentileSearch(Sum(CoarsePart, c, PercentileSearch.Bins), options))]);
    }

    /// <summary>Number of NaN and infinite voxels; known after the first step.</summary>
    public long NonFinite => _searches.Value.Sum(s => s.NonFinite);

    /// <summary>The two steps.</summary>
    /// <param name="share">Of the run's work.</param>
    public IEnumerable<VolumeStep> Steps(float share)
    {
        yield return new VolumeStep(CoarseStep, VolumeStage.Normalize, _items.Length, _workspace)
        {
            Share = share / 2, Compute = (item, cancellation) => Count(item, CoarsePart, _ => (PercentileSearch.Bins, PercentileSearch.LeadingBin), cancellation),
        };
        yield return new VolumeStep(FineStep, VolumeStage.Normalize, _items.Length, _workspace)
        {
            Share = share / 2, Compute = (item, cancellation) => Count(item, FinePart, c => (_searches.Value[c].LastBins, _searches.Value[c].LastBin), cancellation),
        };
    }

    /// <summary>The volume in the range that the networks expect; to be called after both steps.</summary>
    /// <param name="cancellationToken">Checked between pieces.</param>
    public IVolumeSource Normalized(CancellationToken cancellationToken)
    {
        PercentileSearch[] searches = _searches.Value;
        IntensityMap[] maps = [.. searches.Select((search, c) =>
            VolumeNormalizer.MapOf(_source, c, search.Find(search.IsEmpty ? [] : Sum(FinePart, c, search.LastBins)), _options, cancellationToken))];
        return new NormalizedSource(_source, maps);
    }

    private StepResult Count(int item, string part, Func<int, (int Bins, Func<uint, int> Bin)> binsOf, CancellationToken cancellationToken)
    {
        for (int c = 0; c < _source.Channels; c++)
        {
            (int bins, Func<uint, int> bin) = binsOf(c);
            long[] counts = new long[bins];
            VolumePercentiles.Count(_source, c, _items[item], counts, bin, _options.Threads, null, cancellationToken);
            _workspace.Save(FormattableString.Invariant($"{part}/{c}/{item}"), SparseCounts.ToBytes(counts));
        }
        return new StepResult([]);
    }

    private long[] Sum(string part, int channel, int bins)
    {
        long[] sum = new long[bins];
        for (int item = 0; item < _items.Length; item++)
            SparseCounts.Add(_workspace.Load(FormattableString.Invariant($"{part}/{channel}/{item}")), sum);
        return sum;
    }
}
